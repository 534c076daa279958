"""Lists and dicts in, what a loop goes through out, and what is left when unknown code changes them."""

from __future__ import annotations

import ast

from trainlint.parse.python.launching.frame import Frame
from trainlint.parse.python.launching.texts import part
from trainlint.parse.python.launching.values import Instance, Items, Plain, Rest, Table, Value
from trainlint.parse.python.launching.wording import a_kind
from trainlint.parse.shell.state import Text


def elements_of(iterated: Value, node: ast.AST, frame: Frame) -> list[Value | Rest]:
    """What a loop over a value goes through."""
    if isinstance(iterated, Items):
        return list(iterated.elements)
    if isinstance(iterated, Table):
        keys: list[Value | Rest] = [key for key, _ in iterated.entries.values()]
        return [*keys, Rest(iterated.open)] if iterated.open is not None else keys
    if isinstance(iterated, Text) and iterated.known is not None:
        return [part(iterated, place, place + 1) for place in range(len(iterated.known))]
    if isinstance(iterated, Plain):
        kind = type(iterated.constant).__name__
        message = f"is {a_kind(kind)} that the launcher goes through"
        raise frame.run.raised(
            "TypeError", message, iterated.span, f"TypeError: '{kind}' object is not iterable"
        )
    return [Rest(frame.opaque(node).unknown)]


def merge(table: Table, other: Value, node: ast.AST, frame: Frame) -> None:
    """`table.update(other)`: what is not known may change every entry."""
    if isinstance(other, Table):
        if other.open is not None:
            forget(table, node, frame)
        table.entries.update(other.entries)
        table.open = table.open or other.open
    elif not (isinstance(other, Plain) and other.constant is None):
        forget(table, node, frame)


def forget(table: Table, node: ast.AST, frame: Frame) -> None:
    """Nothing that was known of a table's values holds any more."""
    for key, (shown, _) in table.entries.items():
        frame.run.route.step()
        table.entries[key] = (shown, frame.opaque(node))
    table.open = frame.opaque(node).unknown


def forget_all(value: Value, node: ast.AST, frame: Frame) -> None:
    """A value that code which is not followed may change."""
    frame.run.route.step()
    if isinstance(value, Items) and value.kind != "tuple":
        if not (value.elements and isinstance(value.elements[-1], Rest)):
            value.elements.append(Rest(frame.opaque(node).unknown))
        frame.run.changed.append(value)
    elif isinstance(value, Table) and value is not frame.run.environment:
        forget(value, node, frame)
        frame.run.changed.append(value)
    elif isinstance(value, Instance):
        for name in value.attributes:
            frame.run.route.step()
            value.attributes[name] = frame.opaque(node)
        frame.run.changed.append(value)
