"""Built-in functions of Python in, what they give for known arguments out."""

from __future__ import annotations

import itertools

from trainlint.parse.python.launching.arguments_of import Function, elements, first, unknown_items
from trainlint.parse.python.launching.conditions import identity, truth
from trainlint.parse.python.launching.containers import elements_of
from trainlint.parse.python.launching.texts import as_text
from trainlint.parse.python.launching.values import (
    Blueprint,
    Call,
    Code,
    Instance,
    Items,
    Library,
    Modelled,
    NotKnownError,
    Opaque,
    Plain,
    Rest,
    Table,
    Value,
    key_of,
    python_of,
    type_name,
)
from trainlint.parse.shell.state import Text

_MOST = 512
_TYPES: dict[str, tuple[str, ...]] = {
    "int": ("int", "bool"),
    "float": ("float",),
    "str": ("str",),
    "bool": ("bool",),
    "list": ("list",),
    "tuple": ("tuple",),
    "set": ("set",),
    "dict": ("dict",),
    "bytes": ("bytes",),
    "pathlib.Path": ("PosixPath",),
    "pathlib.PurePath": ("PosixPath",),
    "os.PathLike": ("PosixPath",),
    **{
        f"{package}.{name}": ("dict",)
        for package in ("typing", "collections.abc")
        for name in ("Mapping", "Dict")
    },
    **{
        f"{package}.{name}": ("list", "tuple", "str")
        for package in ("typing", "collections.abc")
        for name in ("Sequence",)
    },
    "collections.abc.Iterable": ("list", "tuple", "str", "set", "dict"),
    "typing.Iterable": ("list", "tuple", "str", "set", "dict"),
}


def _text(call: Call) -> Value | None:
    given = first(call)
    if given is None:
        return Text(("",), (call.span,))
    return None if isinstance(given, Instance | Code | Blueprint | Modelled) else as_text(given)


def _number(kind: type) -> Function:
    def convert(call: Call) -> Value | None:
        given = first(call)
        if given is None:
            return None
        try:
            return Plain(kind(python_of(given)), given.span)
        except (NotKnownError, TypeError, ValueError, OverflowError):
            return None

    return convert


def _bool(call: Call) -> Value | None:
    given = first(call)
    return Plain(truth(given, call.node, call.frame), call.span) if given is not None else None


def _sequence(kind: str) -> Function:
    return lambda call: Items(list(elements(call)), kind, call.span)


def _dict(call: Call) -> Value | None:
    made = Table({}, call.span)
    given = first(call)
    if isinstance(given, Table):
        made.entries.update(given.entries)
        made.open = given.open
    elif given is not None:
        for element in elements_of(given, call.node, call.frame):
            pair = element.known if isinstance(element, Items) else None
            if pair is None or len(pair) != 2:
                made.open = call.unknown().unknown
                continue
            try:
                made.entries[key_of(pair[0])] = (pair[0], pair[1])
            except NotKnownError:
                made.open = call.unknown().unknown
    for name, value in call.words.items():
        made.entries[name] = (Text((name,), (value.span,)), value)
    made.open = made.open or call.more
    return made


def _len(call: Call) -> Value | None:
    given = first(call)
    if isinstance(given, Items) and given.known is not None:
        return Plain(len(given.known), call.span)
    if isinstance(given, Table) and given.open is None:
        return Plain(len(given.entries), call.span)
    if isinstance(given, Text) and given.known is not None:
        return Plain(len(given.known), call.span)
    return None


def _sorted(call: Call) -> Value | None:
    given = elements(call)
    try:
        if call.words:
            raise NotKnownError
        ordered = sorted(range(len(given)), key=lambda index: python_of(given[index]))  # type: ignore[arg-type, return-value]  # the except is the check
    except (NotKnownError, TypeError):
        return unknown_items(call)
    return Items([given[index] for index in ordered], "list", call.span)


def _reversed(call: Call) -> Value | None:
    return Items(elements(call)[::-1], "list", call.span)


def _enumerate(call: Call) -> Value | None:
    start = call.argument("start", 1)
    first = start.constant if isinstance(start, Plain) else 0 if start is None else None
    given = elements(call)
    if not isinstance(first, int) or any(isinstance(element, Rest) for element in given):
        return unknown_items(call)
    pairs = [
        Items([Plain(first + index, element.span), element], "tuple", element.span)
        for index, element in enumerate(given)
    ]
    return Items(list(pairs), "list", call.span)


def _zip(call: Call) -> Value | None:
    lists = [
        elements_of(value, call.node, call.frame) for value in call.values if not isinstance(value, Rest)
    ]
    if len(lists) != len(call.values) or any(
        isinstance(element, Rest) for found in lists for element in found
    ):
        return unknown_items(call)
    rows = [Items(list(row), "tuple", row[0].span) for row in zip(*lists, strict=False)]
    return Items(list(rows), "list", call.span)


def _product(call: Call) -> Value | None:
    lists = [
        elements_of(value, call.node, call.frame) for value in call.values if not isinstance(value, Rest)
    ]
    count = 1
    for found in lists:
        count *= len(found)
    unclear = any(isinstance(element, Rest) for found in lists for element in found)
    if unclear or call.words or len(lists) != len(call.values) or count > _MOST:
        return unknown_items(call)
    rows = [Items(list(row), "tuple", row[0].span if row else call.span) for row in itertools.product(*lists)]
    return Items(list(rows), "list", call.span)


def _chain(call: Call) -> Value | None:
    made: list[Value | Rest] = []
    for value in call.values:
        made += [value] if isinstance(value, Rest) else elements_of(value, call.node, call.frame)
    return Items(made, "list", call.span)


def _range(call: Call) -> Value | None:
    try:
        numbers = range(*(python_of(value) for value in call.values))  # type: ignore[call-overload]  # the except is the check
    except (NotKnownError, TypeError, ValueError):
        numbers = range(_MOST + 1)
    if len(numbers) > _MOST:
        return unknown_items(call)
    return Items([Plain(number, call.span) for number in numbers], "list", call.span)


def _isinstance(call: Call) -> Value | None:
    value, kinds = call.argument("", 0), call.argument("", 1)
    if value is None or kinds is None:
        return None
    wanted = kinds.elements if isinstance(kinds, Items) else [kinds]
    names = [kind.name for kind in wanted if isinstance(kind, Library)]
    if len(names) != len(wanted):
        return None
    kind = type_name(value)
    if kind is not None and all(name in _TYPES for name in names):
        return Plain(any(kind in _TYPES[name] for name in names), call.span)
    free = isinstance(value, Opaque) and value.free
    return call.frame.opaque(call.node, key=("isinstance", identity(value), tuple(names)), free=free)


def _all(wanted: bool) -> Function:
    def decide(call: Call) -> Value | None:
        for element in elements(call):
            if isinstance(element, Rest):
                return None
            if truth(element, call.node, call.frame) is wanted:
                return Plain(wanted, call.span)
        return Plain(not wanted, call.span)

    return decide


BUILTINS: dict[str, Function] = {
    "str": _text,
    "os.fspath": _text,
    "int": _number(int),
    "float": _number(float),
    "bool": _bool,
    "list": _sequence("list"),
    "tuple": _sequence("tuple"),
    "set": _sequence("set"),
    "dict": _dict,
    "collections.OrderedDict": _dict,
    "len": _len,
    "sorted": _sorted,
    "reversed": _reversed,
    "enumerate": _enumerate,
    "tqdm.tqdm": first,
    "zip": _zip,
    "itertools.product": _product,
    "itertools.chain": _chain,
    "range": _range,
    "isinstance": _isinstance,
    "any": _all(True),
    "all": _all(False),
}
