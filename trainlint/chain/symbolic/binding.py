"""A function and the arguments of a call in, the values of its parameters out."""

from __future__ import annotations

import ast
from dataclasses import replace

from trainlint.chain.symbolic.command_lines import own_arguments
from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.machine import Machine, Site
from trainlint.chain.symbolic.settings import fetch, over
from trainlint.facts.behaviour import Access
from trainlint.facts.schema import FieldFacts
from trainlint.facts.symbols import (
    Code,
    Constant,
    FunctionNode,
    Instance,
    Opaque,
    Operation,
    Sequence,
    Setting,
    Symbol,
    Table,
)
from trainlint.parse.python.scope import all_arguments

_UNPACKED = ("*", "**")


def bound_arguments(machine: Machine, code: Code, site: Site, frame: Frame) -> dict[str, Symbol]:
    """Values by parameter name; what is not given has its default."""
    node = code.node
    assert not isinstance(node, ast.ClassDef)
    arguments = node.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    values = site.positional if code.bound is None else (code.bound, *site.positional)
    bound: dict[str, Symbol] = dict(zip(names, values, strict=False))
    known = {*names, *(argument.arg for argument in arguments.kwonlyargs)}
    bound.update(pair for pair in site.keywords if pair[0] in known)
    rest = tuple(pair for pair in site.keywords if pair[0] not in known)
    if not bound and machine.script is not None:
        bound.update(own_arguments(machine, code, frame))
    if len(bound) < len(known):
        bound.update(_defaults(machine, code, names, bound, rest, site, frame))
    if arguments.vararg is not None:
        bound[arguments.vararg.arg] = Sequence(tuple(values[len(names) :]), open=site.spread, kind="tuple")
    if arguments.kwarg is not None:
        bound[arguments.kwarg.arg] = _collected(rest, frame)
    return bound


def own_defaults(machine: Machine, node: FunctionNode, frame: Frame) -> tuple[tuple[str, Symbol], ...]:
    """The defaults of a function inside a function, as they are where it is defined."""
    arguments = node.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    written = zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=True)
    only = zip((entry.arg for entry in arguments.kwonlyargs), arguments.kw_defaults, strict=True)
    return tuple(
        (name, machine.value(value, frame)) for name, value in (*written, *only) if value is not None
    )


def _defaults(
    machine: Machine,
    code: Code,
    names: list[str],
    bound: dict[str, Symbol],
    rest: tuple[tuple[str, Symbol], ...],
    site: Site,
    frame: Frame,
) -> dict[str, Symbol]:
    """Parameters that the call does not name: the key of an unpacked config, else the default."""
    assert not isinstance(code.node, ast.ClassDef)
    arguments = code.node.args
    home = Frame(code.module, frame.place, None, {}, frame.outer, frame.depth, spans=frame.spans)
    home.statement = code.node
    written = dict(zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=True))
    only = zip((entry.arg for entry in arguments.kwonlyargs), arguments.kw_defaults, strict=True)
    written.update((name, default) for name, default in only if default is not None)
    unpacked = next((value for name, value in rest if name == "**"), None)
    special = {entry.arg for entry in (arguments.vararg, arguments.kwarg) if entry is not None}
    kept = dict(code.defaults)
    found: dict[str, Symbol] = {}
    for argument in all_arguments(code.node):
        name = argument.arg
        if name in bound or name in special:
            continue
        default = kept.get(name)
        if default is None and name in written:
            default = machine.value(written[name], home)
        found[name] = _filled(machine, name, default, unpacked, site)
    return found


def _filled(
    machine: Machine, name: str, default: Symbol | None, unpacked: Symbol | None, site: Site
) -> Symbol:
    """`f(**config)`: the key of the parameter's name, with the parameter's default where it is not there."""
    if isinstance(unpacked, Setting):
        got = fetch(machine, unpacked, name, Access.DEFAULT, site.node, site.frame)
        return got if default is None else Operation("default", (got, default), site.span)
    if default is None or any(name in _UNPACKED for name, _ in site.keywords):
        return Opaque(f"`{name}` is not given", site.frame.span)
    return default


def _collected(rest: tuple[tuple[str, Symbol], ...], frame: Frame) -> Symbol:
    """What `**kwargs` holds."""
    named = tuple(pair for pair in rest if pair[0] not in _UNPACKED)
    whole = next((value for name, value in rest if name == "**"), None)
    if isinstance(whole, Setting):
        return replace(over(whole, named), rest=True)
    entries = tuple((Constant(name), value) for name, value in named)
    return Table(entries, whole is not None, frame.span)


def spread(machine: Machine, made: Instance, fields: tuple[FieldFacts, ...], site: Site) -> None:
    """What `**table` gives the fields that are not named: no default is sure where its keys are not known."""
    mapping = site.keyword("**")
    if mapping is None and site.keyword("*") is None:
        return
    table = mapping if isinstance(mapping, Table) and not mapping.open else None
    for entry in fields:
        name = entry.name
        if name in made.attributes:
            continue
        if table is None and entry.default is not None:
            machine.set_attribute(made, name, site.opaque("what `**` and `*` give is not known"))
        elif table is not None and (table.touched or any(key == Constant(name) for key, _ in table.entries)):
            machine.set_attribute(made, name, Operation("[]", (table, Constant(name)), site.span))
