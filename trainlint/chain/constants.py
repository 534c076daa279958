"""Modules in, the places out where code gives a plain value to a name, or asks for a setting by name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from trainlint.facts.module import ModuleFacts
from trainlint.facts.uses import plain, typed
from trainlint.parse.python.places import node_span
from trainlint.record import record
from trainlint.source import Span

#: Texts up to this length stand in a program for many things.
_SHORT = 2


@record
class Request:
    """A place that asks for a setting by name.

    `is_plain` where what stands in for it is a constant or nothing, `stands_in` where it stands in for
    something else itself: `saved.get("lr", number("LR", 0.1))`.
    """

    span: Span
    is_plain: bool
    stands_in: bool


def set_to(modules: Sequence[ModuleFacts], name: str, values: Iterable[str] = ()) -> Span | None:
    """Where code gives a plain value to something of this name, before all one of some values.

    Where nothing has the name it is where one of the values stands, if it is a telling one at a single place.
    """
    wanted, listed = plain(name), frozenset(values)
    places = [
        (rank, node_span(module.source, node))
        for module in modules
        for node in module.nodes
        for named, value in _given(node)
        if plain(named) == wanted and (rank := _rank(value, name, listed))
    ]
    if places:
        return max(places, key=lambda place: place[0])[1]
    standing = [
        node_span(module.source, node)
        for module in modules
        for node in module.nodes
        if isinstance(node, ast.Constant) and typed(node.value) in listed and _is_telling(typed(node.value))
    ]
    return standing[0] if len(standing) == 1 else None


def texts_at(modules: Sequence[ModuleFacts], text: str) -> Iterator[Span]:
    """Where a text stands in the code."""
    for module in modules:
        for node in module.nodes:
            if isinstance(node, ast.Constant) and node.value == text:
                yield node_span(module.source, node)


def lists_at(modules: Sequence[ModuleFacts], items: Iterable[object]) -> Iterator[Span]:
    """Where a list, tuple or set of some texts stands in the code, in whatever order."""
    wanted = sorted(item for item in items if isinstance(item, str))
    for module in modules:
        for node in module.nodes if wanted else ():
            held = getattr(node, "elts", ())
            texts = [part.value for part in held if isinstance(part, ast.Constant)]
            plain = [text for text in texts if isinstance(text, str)]
            if len(plain) == len(texts) and sorted(plain) == wanted:
                yield node_span(module.source, node)


def _is_telling(text: str) -> bool:
    return len(text) > _SHORT and "." not in text


def _rank(value: ast.expr, name: str, listed: frozenset[str]) -> int:
    """How well a value fits: it is one of those listed, it has one in it, it is plain; 0 not at all."""
    held = [typed(node.value) for node in ast.walk(value) if isinstance(node, ast.Constant)]
    if name in held:
        return 0
    if isinstance(value, ast.Constant):
        return 3 if listed.intersection(held) else 1
    return 2 if listed.intersection(held) else 0


def used_at(modules: Sequence[ModuleFacts], name: str) -> Span | None:
    """The first place that reads something of this name: `dropout`, `args.dropout`."""
    for module in modules:
        for node in module.nodes if name in module.source.text else ():
            named = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
            if named == name and isinstance(getattr(node, "ctx", None), ast.Load):
                return node_span(module.source, node)
    return None


def taken_from(modules: Sequence[ModuleFacts], name: str) -> Span | None:
    """Where something of this name is taken out of a table: `block_size = saved["block_size"]`."""
    return next(
        (
            node_span(module.source, node)
            for module in modules
            for node in module.nodes
            for named, value in _given(node)
            if plain(named) == plain(name) and isinstance(value, ast.Subscript)
        ),
        None,
    )


def names(modules: Iterable[ModuleFacts], text: str) -> bool:
    """Whether any code states a text."""
    return any(
        isinstance(node, ast.Constant) and node.value == text
        for module in modules
        if text in module.source.text
        for node in module.nodes
    )


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The name and the value of an assignment or a keyword."""
    if isinstance(node, ast.keyword) and node.arg is not None:
        yield node.arg, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value


def asked_for(modules: Iterable[ModuleFacts], name: str) -> tuple[Request, ...]:
    """The calls that are given a name first: `os.environ.get("SEED", 1)`, and what leads to one."""
    return tuple(
        Request(
            node_span(module.source, node),
            len(node.args) < 2 or _is_plain(node.args[1]),
            any(node in around.args[1:] for around in module.nodes if isinstance(around, ast.Call)),
        )
        for module in modules
        if name in module.source.text
        for node in module.nodes
        if isinstance(node, ast.Call) and node.args
        if isinstance(node.args[0], ast.Constant) and node.args[0].value == name
    )


def _is_plain(value: ast.expr) -> bool:
    """Whether a value is written out, in each case."""
    if isinstance(value, ast.IfExp):
        return _is_plain(value.body) and _is_plain(value.orelse)
    return isinstance(value, ast.Constant)
