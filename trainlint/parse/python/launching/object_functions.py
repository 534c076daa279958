"""Functions over objects and other functions in, what they give or run out."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from trainlint.parse.python.launching.arguments_of import Function, first, none
from trainlint.parse.python.launching.frame import Raised
from trainlint.parse.python.launching.members import attribute
from trainlint.parse.python.launching.values import (
    Call,
    Code,
    Instance,
    Items,
    Library,
    Modelled,
    Native,
    Plain,
    Rest,
    Table,
    Value,
)
from trainlint.parse.shell.state import Text


def _getattr(call: Call) -> Value | None:
    owner, name, default = call.argument("", 0), call.argument("", 1), call.argument("", 2)
    known = name.known if isinstance(name, Text) else None
    if owner is None or known is None or not known.isidentifier():
        return None
    if default is not None and not (isinstance(owner, Instance | Modelled)):
        return None
    if isinstance(owner, Instance) and default is not None and known not in owner.attributes:
        return None
    if isinstance(owner, Modelled) and owner.names() and known not in (*owner.names(), *owner.attributes):
        return default
    read = ast.copy_location(ast.Attribute(call.node.args[0], known, ast.Load()), call.node)
    return attribute(owner, read, call.frame)


def _hasattr(call: Call) -> Value | None:
    owner, name = call.argument("", 0), call.argument("", 1)
    known = name.known if isinstance(name, Text) else None
    if known is None:
        return None
    if isinstance(owner, Modelled) and owner.names():
        return Plain(known in owner.names() or known in owner.attributes, call.span)
    if isinstance(owner, Instance) and known in owner.attributes:
        return Plain(True, call.span)
    return None


def _setattr(call: Call) -> Value | None:
    owner, name, value = call.argument("", 0), call.argument("", 1), call.argument("", 2)
    known = name.known if isinstance(name, Text) else None
    if isinstance(owner, Instance | Modelled) and known is not None and value is not None:
        owner.attributes[known] = value
    return none(call)


def _vars(call: Call) -> Value | None:
    owner = first(call)
    if isinstance(owner, Instance):
        made = Table({}, call.span)
        for name, value in owner.attributes.items():
            made.entries[name] = (Text((name,), (value.span,)), value)
        return made
    if not isinstance(owner, Modelled) or not owner.names():
        return None
    found = Table({}, call.span)
    for name in owner.names():
        read = owner.attributes.get(name) or owner.read(name)
        if read is not None:
            owner.attributes[name] = read
            found.entries[name] = (Text((name,), (read.span,)), read)
    return found


def _print(call: Call) -> Value:
    return none(call)


def _exit(call: Call) -> Value:
    raise Raised("SystemExit")


def _copy(call: Call) -> Value | None:
    given = first(call)
    return _deep(given, 0, call) if given is not None else None


def _deep(value: Value, depth: int, call: Call) -> Value:
    call.frame.run.route.step()
    if depth > 20:
        return value
    if isinstance(value, Items):
        elements = [
            element if isinstance(element, Rest) else _deep(element, depth + 1, call)
            for element in value.elements
        ]
        return Items(elements, value.kind, value.span)
    if isinstance(value, Table):
        entries = {
            key: (shown, _deep(entry, depth + 1, call)) for key, (shown, entry) in value.entries.items()
        }
        return Table(entries, value.span, value.open, value.name)
    return value


def _partial(call: Call) -> Value | None:
    inner = call.argument("", 0)
    if inner is None:
        return None

    def later(other: Call) -> Value:
        name = inner.name if isinstance(inner, Library) else ""
        words: Mapping[str, Value] = {**call.words, **other.words}
        more = call.more or other.more
        whole = Call(
            other.node, other.frame, name, (*call.values[1:], *other.values), words, more, other.span
        )
        return other.frame.run.machine.call(inner, whole)

    return Native(later, call.span)


def _process(call: Call) -> Value | None:
    """`Process(target=f, args=(…))`: what it runs is followed at once."""
    target, given, words = call.argument("target"), call.argument("args"), call.argument("kwargs")
    if isinstance(target, Code | Native):
        values = tuple(given.elements) if isinstance(given, Items) else ()
        named = (
            {str(key): value for key, (_, value) in words.entries.items()} if isinstance(words, Table) else {}
        )
        inner = Call(call.node, call.frame, "", values, named, None, call.span)
        call.frame.run.machine.call(target, inner)
    return None


OBJECT_FUNCTIONS: dict[str, Function] = {
    "print": _print,
    "getattr": _getattr,
    "hasattr": _hasattr,
    "setattr": _setattr,
    "vars": _vars,
    "dataclasses.asdict": _vars,
    "exit": _exit,
    "quit": _exit,
    "sys.exit": _exit,
    "os._exit": _exit,
    "os.abort": _exit,
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
    "functools.partial": _partial,
    "multiprocessing.Process": _process,
    "threading.Thread": _process,
}
