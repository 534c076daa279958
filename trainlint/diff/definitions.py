"""The modules of a side in, its functions and classes with what tells them apart out."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import field

from trainlint.facts.behaviour import Behaviour, Call, Step
from trainlint.facts.effects import Definition
from trainlint.facts.module import ModuleFacts, nodes_of
from trainlint.facts.symbols import Code
from trainlint.parse.python.places import name_span, node_span
from trainlint.record import entity
from trainlint.source import Span

#: How deep a dictionary is looked into.
_DEEPEST = 8
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Node = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(modules: Iterable[ModuleFacts], behaviours: Iterable[Behaviour]) -> tuple[Definition, ...]:
    """Every function, method and class, in the order of the text."""
    modules = tuple(modules)
    reached = _reached(behaviours)
    mentioned = {name for module in modules for name in _mentions(module)}
    return tuple(
        _definition(module, name, node, reached, mentioned)
        for module in modules
        for name, node in _defined(module.tree, "")
    )


def _definition(
    module: ModuleFacts, name: str, node: _Node, reached: Mapping[ast.AST, Span], mentioned: Set[str]
) -> Definition:
    nodes, source = nodes_of(node), module.source
    return Definition(
        name,
        module,
        node,
        node_span(source, node),
        digest(nodes),
        node in reached,
        node.name in mentioned,
        name_span(source, node),
        _returned(nodes),
        reached.get(node),
    )


def _defined(block: ast.AST, prefix: str) -> Iterator[tuple[str, _Node]]:
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


def _mentions(module: ModuleFacts) -> Iterator[str]:
    yield from (node.id for node in module.each(ast.Name))
    yield from (node.attr for node in module.each(ast.Attribute))
    yield from (node.value for node in module.each(ast.Constant) if isinstance(node.value, str))


def method_calls(modules: Iterable[ModuleFacts]) -> dict[str, tuple[Span, ...]]:
    """The places of names that are called on an object, by name."""
    found: dict[str, list[Span]] = {}
    for module in modules:
        for node in module.each(ast.Call):
            if isinstance(node.func, ast.Attribute):
                whole, name = node_span(module.source, node.func), node.func.attr
                line, end = whole.end_line, whole.end_column
                place = module.source.stretch(line, end - len(name), line, end)
                found.setdefault(name, []).append(place)
    return {name: tuple(sorted(places)) for name, places in found.items()}


def _returned(nodes: Iterable[ast.AST]) -> frozenset[tuple[str, ...]]:
    """The paths of keys in the dictionary that a function writes out and returns; none where it is open."""
    results = [part.value for part in nodes if isinstance(part, ast.Return)]
    if len(results) != 1 or not isinstance(results[0], (ast.Dict, ast.Name)):
        return frozenset()
    tables = {
        target.id: part.value
        for part in nodes
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Dict)
        for target in part.targets
        if isinstance(target, ast.Name)
    }
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


def digest(nodes: Sequence[ast.AST]) -> str:
    """The content of a definition without its own name, its docstrings, annotations and local names.

    `nodes` are the definition and all that is in it.
    """
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    content = _Content(own)
    content.add(nodes[0], skipped="name")
    text = "".join(content.texts).encode("utf-8", "surrogatepass")
    return hashlib.sha1(text, usedforsecurity=False).hexdigest()


#: Fields that do not change what code does, by kind of node; of definitions also the docstring.
_UNTOLD = {
    ast.AnnAssign: {"annotation"},
    ast.FunctionDef: {"returns", "type_comment"},
    ast.AsyncFunctionDef: {"returns", "type_comment"},
}
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """For each kind of node the fields that are told; whether a name is read or set shows where it stands."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        untold = _UNTOLD.get(kind, set()) | {"ctx"}
        self[kind] = tuple(name for name in kind._fields if name not in untold)
        return self[kind]


_FIELDS = _Fields()


@entity
class _Content:
    """Collects what code is as texts; the names in `own` are numbered in the order in which they come up."""

    own: set[str]
    texts: list[str] = field(default_factory=list)
    _numbers: dict[str, str] = field(default_factory=dict)

    def add(self, node: ast.AST, skipped: str = "") -> None:
        """A node with all that is in it."""
        self.texts.append(node.__class__.__name__)
        if isinstance(node, ast.Name):
            self.texts.append(self._called(node.id))
        elif isinstance(node, ast.arg):
            self.texts.append(self._called(node.arg))
        else:
            is_definition = isinstance(node, _DEFINITIONS)
            for name in _FIELDS[node.__class__]:
                if name != skipped:
                    value = getattr(node, name, None)
                    self._value(_told(value or []) if is_definition and name == "body" else value)
        self.texts.append(")")

    def _called(self, name: str) -> str:
        if name in self.own:
            return self._numbers.setdefault(name, f"_{len(self._numbers)}")
        return f"{name!r},"

    def _value(self, value: object) -> None:
        if isinstance(value, ast.AST):
            self.add(value)
        elif isinstance(value, list):
            self.texts.append("[")
            for part in value:
                self._value(part)
            self.texts.append("]")
        else:
            self.texts.append(f"{value!r},")


def _told(body: list[ast.stmt]) -> list[ast.stmt]:
    """What a definition does, without its docstring."""
    first = body[0] if len(body) > 1 else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if is_text else body
