"""Modules in, where they write what is asked for out: keys of dictionaries, values and names of functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.places import node_span
from trainlint.source import Span


def key_place(key: str, wanted: AbstractSet[str], modules: Iterable[ModuleFacts]) -> Span | None:
    """Where a dictionary gives a key: the one that has most of the wanted keys; None where none has it."""
    best, place = 0, None
    for module in modules:
        for node in module.each(ast.Dict):
            names = {entry.value: entry for entry in node.keys if isinstance(entry, ast.Constant)}
            shared = len(wanted & names.keys())
            if key in names and shared > best:
                best, place = shared, node_span(module.source, names[key])
    return place


def neighbours(key: str, wanted: AbstractSet[str], modules: Iterable[ModuleFacts]) -> list[str]:
    """The keys before and behind one in the dictionary that has most of the wanted keys."""
    best: list[str] = []
    for module in modules:
        for node in module.each(ast.Dict):
            names = [str(entry.value) for entry in node.keys if isinstance(entry, ast.Constant)]
            if key in names and len(wanted & {*names}) > len(wanted & {*best}):
                best = names
    index = best.index(key) if key in best else 0
    return [name for name in (*best[index - 1 : index], *best[index + 1 : index + 2]) if name != key]


def listed_at(name: str, wanted: AbstractSet[str], modules: Iterable[ModuleFacts]) -> Span | None:
    """Where a name stands in a list of names that has most of the wanted ones; None where none has it."""
    best, place = 0, None
    for module in modules:
        for node in module.nodes:
            if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
                names = {entry.value: entry for entry in node.elts if isinstance(entry, ast.Constant)}
                shared = len(wanted & names.keys())
                if name in names and shared > best:
                    best, place = shared, node_span(module.source, names[name])
    return place


def returned_at(module: ModuleFacts, function: ast.AST) -> Span | None:
    """Where a function last returns a value."""
    found = [part for part in ast.walk(function) if isinstance(part, ast.Return) and part.value is not None]
    return node_span(module.source, found[-1]) if found else None


def named_without_call(modules: Iterable[ModuleFacts], name: str) -> Iterator[Span]:
    """Where code names a function and does not call it."""
    for module in modules:
        called = {id(node.func) for node in module.each(ast.Call)}
        for node in module.nodes:
            if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                own = node.id if isinstance(node, ast.Name) else node.attr
                if own == name and id(node) not in called:
                    yield node_span(module.source, node)


def is_plain_function(node: ast.AST) -> bool:
    """Whether a definition is a function that no decorator changes."""
    return isinstance(node, ast.FunctionDef) and not node.decorator_list


def texts_in(node: ast.AST) -> Iterator[str]:
    """The texts that code puts together, with `{}` for each value."""
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            pieces = (piece.value if isinstance(piece, ast.Constant) else "{}" for piece in part.values)
            yield "".join(map(str, pieces))
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
