"""Values in, their items and what two of them have in common out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trainlint.chain.arguments.values import Constant, Items, Pairs, Value
from trainlint.source import Span

_COLLECTIONS = (list, tuple, str, dict, range, set, frozenset)


def items_of(value: Value | None) -> Sequence[Value | None] | None:
    """What iterating over a value gives, None when that is not known."""
    if isinstance(value, Items):
        return value.items
    if isinstance(value, Pairs):
        return [Constant(key, value.span) for key in value.pairs]
    if isinstance(value, Constant) and isinstance(value.value, _COLLECTIONS):
        if len(value.value) > 2000:
            return None
        return [Constant(item, value.span) for item in value.value]
    return None


def collected(items: Sequence[Value | None], span: Span, kind: type = list) -> Value:
    """A list or tuple of values: a constant when all of them are."""
    constants = [item.value for item in items if isinstance(item, Constant)]
    return Constant(kind(constants), span) if len(constants) == len(items) else Items(tuple(items))


def merged(one: Mapping[str, Value | None], other: Mapping[str, Value | None], name: str) -> Value | None:
    """What a variable holds behind two branches; one that is not set gives way."""
    if name not in one or name not in other:
        return one.get(name, other.get(name))
    first, second = one[name], other[name]
    if first == second:
        return first
    if _is_none(first) and not isinstance(second, Constant):
        return second
    return first if _is_none(second) and not isinstance(first, Constant) else None


def _is_none(value: Value | None) -> bool:
    return isinstance(value, Constant) and value.value is None
