"""The modules of a side in, its functions and classes with what tells them apart out."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from trainlint.facts.behaviour import Behaviour, Call, Step
from trainlint.facts.effects import Definition
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Code
from trainlint.parse.python.places import name_span, node_span
from trainlint.source import Span

#: How deep a dictionary is looked into.
_DEEPEST = 8
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def definitions(modules: Iterable[ModuleFacts], behaviours: Iterable[Behaviour]) -> tuple[Definition, ...]:
    """Every function, method and class, in the order of the text."""
    modules = tuple(modules)
    reached = _reached(behaviours)
    mentioned = {name for module in modules for name in _mentions(module.tree)}
    return tuple(
        Definition(
            name,
            module,
            node,
            node_span(module.source, node),
            digest(node),
            node in reached,
            node.name in mentioned,
            name_span(module.source, node),
            _returned(node),
            reached.get(node),
        )
        for module in modules
        for name, node in _defined(module.tree, "")
    )


def _defined(
    block: ast.AST, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    for node in ast.iter_child_nodes(block):
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield prefix + node.name, node
            yield from _defined(node, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
            yield from _defined(node, prefix)


def _reached(behaviours: Iterable[Behaviour]) -> dict[ast.AST, Span]:
    """The functions and classes that the program comes to, and those that it hands on, and first where."""
    found: dict[ast.AST, Span] = {}
    for behaviour in behaviours:
        for event in behaviour.events:
            if isinstance(event, Call):
                given = (event.callee, *event.positional, *(value for _, value in event.keywords))
                for symbol in given:
                    if isinstance(symbol, Code):
                        found.setdefault(symbol.node, event.span)
            around = next((place for place in event.place.outwards() if place.step is Step.CALL), None)
            if around is not None and isinstance(around.value, Code):
                found.setdefault(around.value.node, around.span)
    return found


def _mentions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def method_calls(modules: Iterable[ModuleFacts]) -> dict[str, tuple[Span, ...]]:
    """The places of names that are called on an object, by name."""
    found: dict[str, tuple[Span, ...]] = {}
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                whole, name = node_span(module.source, node.func), node.func.attr
                place = replace(whole, line=whole.end_line, column=whole.end_column - len(name))
                found[name] = (*found.get(name, ()), place)
    return {name: tuple(sorted(places)) for name, places in found.items()}


def _returned(node: ast.AST) -> frozenset[tuple[str, ...]]:
    """The paths of keys in the dictionary that a function writes out and returns; none where it is open."""
    tables = {
        target.id: part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Dict)
        for target in part.targets
        if isinstance(target, ast.Name)
    }
    results = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
    if len(results) != 1 or not isinstance(results[0], (ast.Dict, ast.Name)):
        return frozenset()
    return frozenset(_paths(results[0], tables, 0))


def _paths(value: ast.expr | None, tables: dict[str, ast.Dict], depth: int) -> Iterator[tuple[str, ...]]:
    table = tables.get(value.id) if isinstance(value, ast.Name) else value
    if not isinstance(table, ast.Dict) or depth > _DEEPEST:
        return
    for key, held in zip(table.keys, table.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield (key.value,)
            yield from ((key.value, *path) for path in _paths(held, tables, depth + 1))
        else:
            yield ("*",)


def digest(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    """The content of a definition without its own name, its docstrings, annotations and local names."""
    copied = ast.parse(ast.unparse(node)).body[0]
    _Plain(_local_names(node)).visit(copied)
    copied.name = "_"  # type: ignore[attr-defined]  # it is a definition, as `node` is
    return hashlib.sha1(ast.dump(copied).encode(), usedforsecurity=False).hexdigest()


def _local_names(node: ast.AST) -> dict[str, str]:
    """Parameters and variables, numbered in the order in which they come up."""
    names: dict[str, str] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            names.setdefault(part.arg, f"_{len(names)}")
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.setdefault(part.id, f"_{len(names)}")
    return names


class _Plain(ast.NodeTransformer):
    """Takes out what does not change what code does."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg, node.annotation = self.names.get(node.arg, node.arg), None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        node.annotation = ast.Name("_", ast.Load())
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(node.body) > 1:
            del node.body[0]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815 - the same fields

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(node.body) > 1:
            del node.body[0]
        return node
