"""What a script does in, every use of a path in it out, in the order of the text."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.paths.functions import ANYWHERE, FUNCTIONS, METHODS, Does, PathArgument
from trainlint.chain.paths.texts import is_path
from trainlint.facts.behaviour import Behaviour, Call, Place
from trainlint.facts.paths import PathRole
from trainlint.facts.symbols import Code, Constant, External, Instance, Made, Operation, Setting, Symbol
from trainlint.record import record
from trainlint.source import Span

_WRITING = frozenset("wax")


@record
class Use:
    """A path is read, written or asked for; `order` is its position among the events."""

    does: Does
    role: PathRole
    path: Symbol
    place: Place
    span: Span
    name: str
    order: int
    hub: bool

    __hash__ = object.__hash__
    __eq__ = object.__eq__


def uses(behaviour: Behaviour) -> tuple[Use, ...]:
    """The uses of paths in all that a script does."""
    return tuple(_uses(behaviour))


def _uses(behaviour: Behaviour) -> Iterator[Use]:
    for order, event in enumerate(behaviour.events):
        if not isinstance(event, Call) or event.inside is not None:
            continue
        found = argument_of(event)
        if found is None:
            continue
        name, entry, path = found
        does = Does.WRITE if entry.mode is not None and _writes(event, entry.mode) else entry.does
        yield Use(does, entry.role, path, event.place, event.span, name, order, entry.hub)


def argument_of(call: Call) -> tuple[str, PathArgument, Symbol] | None:
    """The path that a call is given, what it does with it, and the name that it is called by."""
    callee = call.callee
    if isinstance(callee, External):
        name, entry = callee.name, FUNCTIONS.get(callee.name)
        if entry is None:
            entry = ANYWHERE.get(name.rpartition(".")[2])
    elif isinstance(callee, Operation) and callee.name == ".":
        owner, called = callee.operands
        method = called.value if isinstance(called, Constant) else None
        if not isinstance(method, str) or isinstance(owner, (Setting, Constant)):
            return None
        if is_path(owner):
            entry = METHODS.get(method)
            return None if entry is None else (f"Path.{method}", entry, owner)
        name, entry = f"{_shown(owner)}{method}", ANYWHERE.get(method)
    else:
        return None
    path = None if entry is None else _given(call, entry)
    return None if entry is None or path is None else (name, entry, path)


def _shown(owner: Symbol) -> str:
    if isinstance(owner, (External, Made)):
        return f"{owner.name}."
    if isinstance(owner, Instance):
        return f"{owner.node.name}."
    return f"{owner.name}." if isinstance(owner, Code) else ""


def _given(call: Call, entry: PathArgument) -> Symbol | None:
    named = call.keyword(entry.keyword)
    if named is not None:
        return named
    return call.positional[entry.position] if entry.position < len(call.positional) else None


def _writes(call: Call, position: int) -> bool:
    """Whether a mode is given with which the file is made."""
    mode = call.keyword("mode")
    if mode is None and position < len(call.positional):
        mode = call.positional[position]
    return isinstance(mode, Constant) and isinstance(mode.value, str) and bool(_WRITING & set(mode.value))
