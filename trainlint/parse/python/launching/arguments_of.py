"""A call in, its first argument in the form that most functions need it out."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.parse.python.launching.containers import elements_of
from trainlint.parse.python.launching.values import Call, Items, Rest, Value

#: A modelled function: None when it cannot tell its result.
Function = Callable[[Call], "Value | None"]


def none(call: Call) -> Value:
    """The value None."""
    return call.frame.none(call.node)


def first(call: Call) -> Value | None:
    """The first argument."""
    return call.argument("", 0)


def elements(call: Call) -> list[Value | Rest]:
    """The elements of the first argument."""
    given = first(call)
    return [] if given is None else elements_of(given, call.node, call.frame)


def unknown_items(call: Call, kind: str = "list") -> Items:
    """A list of which nothing is known."""
    return Items([Rest(call.unknown().unknown)], kind, call.span)
