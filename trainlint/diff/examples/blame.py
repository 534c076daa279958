"""Two values that differ and how each was made in, the expressions from which the difference comes out."""

from __future__ import annotations

import ast

from trainlint.diff.examples.traces import Function, Trace, key_of
from trainlint.parse.python.places import node_span
from trainlint.record import entity
from trainlint.source import Span

_WALKED = 200


@entity
class Known:
    """All that a value of the other side was made of."""

    keys: frozenset[int]
    traces: tuple[Trace, ...]


def known(trace: Trace) -> Known:
    """All that a value was made of."""
    traces = tuple(part for part in trace.walk() if not isinstance(part.value, Function))
    return Known(frozenset(key_of(part.value) for part in traces), traces)


def blamed(trace: Trace, other: Known) -> Span | None:
    """The innermost expression that makes something that the other side has not."""
    found, chosen = trace, False
    for _ in range(_WALKED):
        twin = None if key_of(found.value) in other.keys else _twin(found, other)
        following = _origin(found) if chosen else None
        following = following or twin or _inwards(found, other)
        if following is None:
            break
        found, chosen = following, chosen or twin is not None
    return _span(found) or next((span for part in trace.walk() if (span := _span(part))), None)


def _span(trace: Trace) -> Span | None:
    is_placed = isinstance(trace.node, (ast.expr, ast.stmt, ast.arg)) and trace.module is not None
    return node_span(trace.module.source, trace.node) if is_placed and trace.module and trace.node else None


def _inwards(trace: Trace, other: Known) -> Trace | None:
    """What a value was made of, where that is still another one than on the other side."""
    mine = key_of(trace.value)
    same = next((part for part in trace.parts if key_of(part.value) == mine), None)
    if mine in other.keys:
        # A value that the other side goes on from: it is given back here, and used there.
        return same if isinstance(trace.node, ast.Call) and len(trace.parts) == 1 else None
    if same is not None:
        return same
    if _is_target(trace):
        return trace.parts[0]
    if trace.slots:
        return next((slot for slot in trace.slots.values() if _is_new(slot, other)), None)
    parts = [part for part in trace.parts if not isinstance(part.value, Function)]
    if len(parts) > 1 and not all(_is_new(part, other) for part in parts):
        return None
    return next((part for part in parts if _is_new(part, other)), None)


def _origin(trace: Trace) -> Trace | None:
    """Where a value comes from that is used as it is, or taken out of something; whatever else is like it."""
    is_asked = isinstance(trace.node, ast.Call) and len(trace.parts) == 1
    is_read = isinstance(trace.node, ast.Name) and bool(trace.parts)
    return trace.parts[0] if is_read or is_asked or _is_target(trace) else None


def _is_target(trace: Trace) -> bool:
    """Whether a value was taken out of what is gone over."""
    is_bound = isinstance(trace.node, (ast.Name, ast.Tuple)) and isinstance(trace.node.ctx, ast.Store)
    return is_bound and len(trace.parts) == 1


def _is_new(trace: Trace, other: Known) -> bool:
    return key_of(trace.value) not in other.keys


def _twin(trace: Trace, other: Known) -> Trace | None:
    """The only part that is not what it is in the same operation of the other side."""
    kind = _operation(trace)
    if kind is None:
        return None
    mine = _parts(trace)
    for there in other.traces:
        theirs = _parts(there)
        if len(mine) != len(theirs) or mine.keys() != theirs.keys() or _operation(there) != kind:
            continue
        differing = [key for key in mine if key_of(mine[key].value) != key_of(theirs[key].value)]
        if len(differing) == 1 and len(mine) > 1:
            return mine[differing[0]]
    return None


def _parts(trace: Trace) -> dict[object, Trace]:
    return dict(trace.slots) if trace.slots else dict(enumerate(trace.parts))


def _operation(trace: Trace) -> str | None:
    """What makes a value, by its name: a method, a function, an operator."""
    node = trace.node
    if isinstance(node, ast.Call):
        called = node.func
        return called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)
    if isinstance(node, ast.BinOp):
        return type(node.op).__name__
    if isinstance(node, (ast.Dict, ast.Subscript, ast.DictComp)):
        return type(node).__name__.removesuffix("Comp")
    return None
