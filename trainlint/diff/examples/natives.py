"""Builtin functions, operators and methods of texts and containers, each bounded."""

from __future__ import annotations

import ast
import itertools
import json
import operator
import re
from collections.abc import Callable, Iterable

from trainlint.diff.examples.traces import FailsError, Stand, UnclearError

_SIZE = 5_000
#: A width in a format that asks for more than that.
_WIDE = re.compile(r"[:%][^}a-zA-Z]*\d{5}")
_BINARY: dict[type[ast.operator], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitOr: operator.or_,
}
_COMPARED: dict[type[ast.cmpop], Callable[..., object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, other: operator.contains(other, one),
    ast.NotIn: lambda one, other: not operator.contains(other, one),
}
_TYPES: dict[str, type] = {
    kind.__name__: kind for kind in (str, int, float, bool, list, tuple, dict, set, bytes)
}
_GET: Callable[..., object] = operator.getitem
_SET: Callable[..., object] = operator.setitem
#: Methods of texts, lists, dictionaries and sets that are called as they are.
_METHODS: dict[type[object], frozenset[str]] = {
    str: frozenset(
        (
            *("capitalize", "casefold", "count", "endswith", "find", "format", "index", "isdigit", "isspace"),
            *("isalpha", "isalnum", "isupper", "islower", "join", "lower", "lstrip", "partition", "title"),
            *("removeprefix", "removesuffix", "replace", "rfind", "rindex", "rpartition", "rsplit", "rstrip"),
            *("split", "splitlines", "startswith", "strip", "swapcase", "upper"),
        )
    ),
    list: frozenset(
        ("append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort")
    ),
    dict: frozenset(("copy", "get", "items", "keys", "pop", "setdefault", "update", "values")),
    set: frozenset(("add", "copy", "discard", "union", "update")),
    tuple: frozenset(("count", "index")),
}


def computed(work: Callable[[], object]) -> object:
    """What a call of something native gives; what Python raises there is the code's own failure."""
    try:
        return bounded(work())
    except (UnclearError, FailsError):
        raise
    except RecursionError:
        raise UnclearError from None
    except Exception as error:
        raise FailsError(type(error).__name__) from None


def bounded(value: object) -> object:
    """The value, unless it is too large to go on with."""
    if isinstance(value, (str, list, tuple, dict, set)) and len(value) > _SIZE:
        raise UnclearError
    if isinstance(value, int) and abs(value) > 2**63:
        raise UnclearError
    return value


def is_wide(text: object) -> bool:
    """Whether a format asks for very long texts."""
    return isinstance(text, str) and _WIDE.search(text) is not None


def binary(kind: type[ast.operator], one: object, other: object) -> object:
    """An arithmetic operator, or one that joins."""
    if kind not in _BINARY:
        raise UnclearError
    if isinstance(one, Stand) or isinstance(other, Stand):
        return Stand(f"({one!r} {kind.__name__} {other!r})")
    if kind is ast.Mult:
        sizes = [len(value) for value in (one, other) if isinstance(value, (str, list, tuple))]
        times = [value for value in (one, other) if isinstance(value, int)]
        if sizes and times and sizes[0] * times[0] > _SIZE:
            raise UnclearError
    if kind is ast.Mod and is_wide(one):
        raise UnclearError
    return computed(lambda: _BINARY[kind](one, other))


def compared(kind: type[ast.cmpop], one: object, other: object) -> object:
    """A comparison; of something of a library only whether it is None is known."""
    if kind in (ast.Is, ast.IsNot):
        same = one is other if None in (one, other) else one == other
        return same if kind is ast.Is else not same
    if isinstance(one, Stand) or isinstance(other, Stand):
        raise UnclearError
    return computed(lambda: _COMPARED[kind](one, other))


def listed(value: object) -> list[object]:
    """The items of something that can be gone over."""
    if isinstance(value, set):
        return sorted(value, key=repr)
    if isinstance(value, (str, list, tuple, dict, range)):
        return list(itertools.islice(value, _SIZE))
    if type(value) in (type({}.items()), type({}.keys()), type({}.values())):
        assert isinstance(value, Iterable)
        return list(value)
    if isinstance(value, (int, float, bool)) or value is None:
        raise FailsError("TypeError")
    raise UnclearError


def is_method(owner: object, name: str) -> bool:
    """Whether a method is called as it is."""
    return any(isinstance(owner, kind) and name in names for kind, names in _METHODS.items())


def method(owner: object, name: str, given: list[object], named: dict[str, object]) -> object:
    """A method of a text or a container."""
    stands = any(isinstance(value, Stand) for value in (*given, *named.values()))
    if isinstance(owner, str) and (stands or (name == "format" and is_wide(owner))):
        raise UnclearError
    return computed(lambda: getattr(owner, name)(*given, **named))


def set_item(owner: object, key: object, given: object) -> None:
    """`owner[key] = given`."""
    computed(lambda: _SET(owner, key, given))


def hashable(key: object) -> object:
    """A key of a dictionary."""
    computed(lambda: hash(key))
    return key


def item(owner: object, key: object) -> object:
    """`owner[key]`."""
    return computed(lambda: _GET(owner, key))


def function(name: str) -> Callable[..., object] | None:
    """A builtin function, or one of the standard library that computes."""
    return _FUNCTIONS.get(name)


def _isinstance(value: object, kinds: object) -> bool:
    names = kinds if isinstance(kinds, tuple) else (kinds,)
    types = [_TYPES.get(kind.name) if isinstance(kind, Stand) else None for kind in names]
    if isinstance(value, Stand) or None in types:
        raise UnclearError
    return any(isinstance(value, kind) for kind in types if kind is not None)


def _next(items: object, *default: object) -> object:
    found = listed(items)
    if not found and not default:
        raise FailsError("StopIteration")
    return found[0] if found else default[0]


def _range(*given: object) -> range:
    if not all(isinstance(value, int) for value in given):
        raise FailsError("TypeError")
    return range(*(int(str(value)) for value in given))


_FUNCTIONS: dict[str, Callable[..., object]] = {
    "len": len,
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "abs": abs,
    "repr": repr,
    "chr": chr,
    "ord": ord,
    "round": round,
    "min": min,
    "max": max,
    "sum": sum,
    "any": any,
    "all": all,
    "dict": dict,
    "list": lambda *given: [item for value in given for item in listed(value)],
    "tuple": lambda *given: tuple(item for value in given for item in listed(value)),
    "set": lambda *given: {item for value in given for item in listed(value)},
    "sorted": sorted,
    "reversed": lambda value: listed(value)[::-1],
    "enumerate": lambda value, start=0: list(enumerate(listed(value), start)),
    "zip": lambda *given, strict=False: list(zip(*map(listed, given), strict=strict)),
    "range": _range,
    "isinstance": _isinstance,
    "iter": listed,
    "next": _next,
    "print": lambda *given, **named: None,
    "json.dumps": json.dumps,
    "itertools.chain": lambda *given: [item for value in given for item in listed(value)],
    "itertools.chain.from_iterable": lambda value: [item for one in listed(value) for item in listed(one)],
    "copy.copy": lambda value: value.copy() if isinstance(value, (list, dict)) else value,
    "copy.deepcopy": lambda value: json.loads(json.dumps(value)),
}
