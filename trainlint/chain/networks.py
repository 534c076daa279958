"""Modules in, what their networks are built from and call out: each call by name with its keywords."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from trainlint.facts.module import ModuleFacts
from trainlint.facts.uses import typed
from trainlint.parse.python.places import node_span
from trainlint.record import record
from trainlint.source import Span

_BASES = ("Module", "PreTrainedModel")


@record
class Part:
    """A call in a network: how many arguments it has by position, and its keywords; None is no constant."""

    name: str
    places: int
    keywords: dict[str, str | None]
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


def parts(modules: Iterable[ModuleFacts]) -> dict[str, list[Part]]:
    """The calls of libraries in the networks of a program, by name, in the order of the text."""
    found: dict[str, list[Part]] = {}
    for module in modules:
        for owner in module.tree.body:
            if isinstance(owner, ast.ClassDef) and any(map(_is_network, owner.bases)):
                for part in _calls(module, owner):
                    found.setdefault(part.name, []).append(part)
    return found


def _is_network(base: ast.expr) -> bool:
    return ast.unparse(base).rpartition(".")[2].endswith(_BASES)


def _calls(module: ModuleFacts, owner: ast.ClassDef) -> Iterator[Part]:
    for node in ast.walk(owner):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            whole = any(word.arg is None for word in node.keywords)
            spread = any(isinstance(given, ast.Starred) for given in node.args)
            if not whole and not spread:
                keywords = {word.arg: _constant(word.value) for word in node.keywords if word.arg is not None}
                yield Part(node.func.attr, len(node.args), keywords, node_span(module.source, node))


def _constant(value: ast.expr) -> str | None:
    return typed(value.value) if isinstance(value, ast.Constant) else None
