"""A key and the names that something can be asked for in, the guard that refuses all others on record."""

from __future__ import annotations

import ast

from trainlint.chain.imports import Found
from trainlint.chain.names import every_name
from trainlint.chain.signatures.releases import Releases
from trainlint.chain.symbolic.frame import Flow, Frame
from trainlint.chain.symbolic.holdings import settings_in
from trainlint.chain.symbolic.machine import Machine
from trainlint.chain.symbolic.objects import method, outside_bases
from trainlint.facts.behaviour import Guard, GuardKind, Place, Step
from trainlint.facts.symbols import Choice, Code, Constant, External, Operation, Sequence, Symbol, Table
from trainlint.source import Span

#: Bases that make a class an enumeration.
_ENUMERATIONS = {"Enum", "IntEnum", "StrEnum"}
#: A dictionary with more entries is none that one of them is chosen from.
CANDIDATES = 24


def refuse_others(
    machine: Machine,
    key: Symbol,
    taken: tuple[Symbol, ...],
    node: ast.expr,
    frame: Frame,
    exception: str = "KeyError",
    message: Symbol | None = None,
) -> None:
    """A look-up by a value of the config stops the run where the value is none of those that are there."""
    if not settings_in(key) or not all(isinstance(name, Constant) for name in taken):
        return
    span = frame.span_of(node)
    test = Operation("in", (key, Sequence(taken)), span)
    statement = ast.unparse(node)
    machine.record(Guard(frame.place, GuardKind.LOOKUP, test, message, exception, statement, span))
    frame.left.append((Place(frame.place, Step.BRANCH, span, test, truth=False), Flow.STOP))


def looked_up(table: Table, key: Symbol, span: Span, missing: Symbol | None) -> Symbol | None:
    """One of the entries, whichever the key says; without any, `missing`.

    Where a dictionary has all its keys, one that is not there stops the run: then the last one is left.
    """
    chosen, pairs = missing, [*reversed(table.entries)]
    if pairs and not table.open and not table.written:
        chosen, pairs = pairs[0][1], pairs[1:]
    for name, entry in pairs:
        if chosen is None:
            return None
        chosen = Choice(Operation("==", (key, name), span), entry, chosen)
    return chosen


def names_of(machine: Machine, owner: External, frame: Frame) -> tuple[Symbol, ...] | None:
    """The names of a module of the project or an installed one; None where they are not all known."""
    if owner.name not in machine.named:
        machine.named[owner.name] = _names_of(machine, owner.name, frame)
    return machine.named[owner.name]


def _names_of(machine: Machine, name: str, frame: Frame) -> tuple[Symbol, ...] | None:
    resolver = machine.lookup.resolver
    reader = resolver.library.resolver(resolver.import_path)
    found = reader.find_module(name)
    if not isinstance(found, Found):
        return None
    package = frozenset((found.name.partition(".")[0],)) if not found.place.is_own else frozenset[str]()
    if Releases(machine.lookup).doubt(frame.module.path.parent, package) is not None:
        return None
    names = every_name(reader, found)
    return None if names is None else tuple(map(Constant, sorted(names, key=_public_first)))


def _public_first(name: str) -> tuple[bool, str]:
    return name.startswith("_"), name


def members(machine: Machine, code: Code) -> dict[str, Symbol] | None:
    """The members of an enumeration with their values; None for any other class."""
    node = code.node
    if not isinstance(node, ast.ClassDef):
        return None
    bases = {name.rpartition(".")[2] for name in outside_bases(machine, code.module, node)}
    if not bases & _ENUMERATIONS or method(machine, code, code.module, node, "_missing_") is not None:
        return None
    home = Frame(code.module, Place(None, Step.ENTRY, code.module.source.span(0, 0)))
    home.statement = node
    found: dict[str, Symbol] = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            with machine.trial():
                found[statement.targets[0].id] = machine.value(statement.value, home)
    return {name: value for name, value in found.items() if not name.startswith("_")}


def not_a_member(key: Symbol, name: str, node: ast.expr, frame: Frame) -> Symbol:
    """What Python says of a value that is no member's."""
    shown = Operation("formatted", (key, Constant("r"), Constant("")), frame.span_of(node))
    return Operation("format", (shown, Constant(f" is not a valid {name}")), frame.span_of(node))
