"""A target and the value it gets in, the write on the heap and its event out."""

from __future__ import annotations

import ast

from trainlint.chain.names import Bound
from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.holdings import aliases, holdings
from trainlint.chain.symbolic.machine import Machine
from trainlint.chain.symbolic.objects import class_attribute
from trainlint.chain.symbolic.settings import PERHAPS_CHANGED, child_of
from trainlint.facts.behaviour import Access, Change, Read, Store
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Code,
    Constant,
    Element,
    External,
    Instance,
    Opaque,
    Operation,
    Sequence,
    Setting,
    Symbol,
    Table,
)
from trainlint.source import Span


def assign(
    machine: Machine,
    target: ast.expr,
    value: Symbol,
    frame: Frame,
    *,
    adds: bool = False,
    quiet: bool = False,
) -> None:
    """Bind a name, unpack a tuple, set an attribute or a key; `quiet` for what is no event of its own."""
    if isinstance(target, ast.Name):
        _name(machine, target, value, frame, adds=adds, quiet=quiet)
    elif isinstance(target, (ast.Tuple, ast.List)):
        starred = any(isinstance(element, ast.Starred) for element in target.elts)
        for index, element in enumerate(target.elts):
            rest = Opaque("an unpacked value", frame.span) if starred else None
            part = rest or part_of(value, index, len(target.elts), frame)
            assign(machine, element, part, frame, quiet=quiet)
    elif isinstance(target, ast.Starred):
        assign(machine, target.value, Opaque("the rest of an unpacked value", frame.span), frame, quiet=quiet)
    elif isinstance(target, ast.Attribute):
        owner = machine.value(target.value, frame)
        if isinstance(owner, External):
            _in_module(machine, target, frame)
            _given_away(machine, value, frame)
        write(machine, owner, Constant(target.attr), value, frame, adds=adds)
    elif isinstance(target, ast.Subscript):
        owner = machine.value(target.value, frame)
        write(machine, owner, machine.value(target.slice, frame), value, frame, adds=adds)


def _name(
    machine: Machine, target: ast.Name, value: Symbol, frame: Frame, *, adds: bool, quiet: bool
) -> None:
    script = machine.script
    if target.id in frame.globals and script is not None and script.module is frame.module:
        machine.heap.write(script.variables, target.id, value)
    elif target.id in frame.globals:
        key = (str(frame.module.path), target.id)
        doubt = Opaque(f"`{target.id}` is a global that functions change", frame.span)
        machine.modules[key] = Choice(doubt, value, doubt)
    else:
        holder = frame.holder(target.id) if target.id in frame.nonlocals else frame
        machine.heap.write((holder or frame).variables, target.id, value)
    if not quiet:
        scope = frame.code.node if frame.code is not None else None
        machine.record(Change(frame.place, None, scope, target.id, value, adds, frame.span))


def write(
    machine: Machine, owner: Symbol, key: Symbol, value: Symbol, frame: Frame, *, adds: bool = False
) -> None:
    """Set an attribute or an item of something."""
    name = key.value if isinstance(key, Constant) and isinstance(key.value, str) else None
    if isinstance(owner, Choice):
        for side in (owner.then, owner.other):
            _one_side(machine, owner, side, name, value, frame)
        if not any(isinstance(side, (Instance, Setting)) for side in (owner.then, owner.other)):
            machine.record(Store(frame.place, owner, key, value, adds, frame.span))
    elif isinstance(owner, Instance) and name is not None:
        _from_class(machine, owner, name)
        machine.set_attribute(owner, name, value)
        machine.record(Change(frame.place, owner, None, name, value, adds, frame.span))
    elif isinstance(owner, Instance):
        for attribute in owner.attributes:
            changed = Opaque(f"`{attribute}` may be set by a computed name", frame.span)
            machine.set_attribute(owner, attribute, changed)
    elif isinstance(owner, Setting):
        _configure(machine, owner, name, value, frame, adds=adds)
    elif isinstance(owner, (Table, Sequence)):
        stated = repr(key.value) if isinstance(key, Constant) and isinstance(owner, Table) else "*"
        put(machine, owner, stated, value)
        machine.record(Store(frame.place, owner, key, value, adds, frame.span))
    elif isinstance(owner, Code) and isinstance(owner.node, ast.ClassDef) and name is not None:
        doubt = Opaque(f"`{owner.name}.{name}` is set by code", frame.span)
        machine.reset[owner.node, name] = Choice(doubt, value, doubt)
    else:
        _somewhere(machine, owner, name, value, frame)
        _given_away(machine, value, frame)
        machine.record(Store(frame.place, owner, key, value, adds, frame.span))


def _from_class(machine: Machine, owner: Instance, name: str) -> None:
    """Before an object gets an attribute of its own it has that of its class, on all paths."""
    if name not in owner.attributes:
        held = class_attribute(machine, owner.module, owner.node, name)
        if held is not None:
            owner.attributes[name] = held


def _given_away(machine: Machine, value: Symbol, frame: Frame) -> None:
    """What becomes a part of something that cannot be followed may be read by anybody."""
    for setting in holdings(machine.held, value).settings if not machine.muted else ():
        machine.record(Read(frame.place, setting, setting, Access.WHOLE, frame.span, "another object"))


def put(machine: Machine, owner: Table | Sequence, slot: str, value: Symbol) -> None:
    """Code puts something into a list or dictionary, or changes it ("*").

    Before a key is given anew it holds what it was written out with, on all paths.
    """
    if isinstance(owner, Table) and slot not in owner.touched:
        stated = (
            value for key, value in owner.entries if isinstance(key, Constant) and repr(key.value) == slot
        )
        owner.written.update((slot, held) for held in tuple(stated)[-1:])
    owner.touched.add(slot)
    machine.containers[id(owner.written)] = owner
    machine.heap.write(owner.written, slot, value)


def _somewhere(machine: Machine, owner: Symbol, name: str | None, value: Symbol, frame: Frame) -> None:
    """One of several objects gets the attribute, and nobody knows which."""
    doubt = Opaque("which object is changed is not known", frame.span)
    for one in aliases(owner):
        if isinstance(one, Setting):
            machine.disturb(one.path)
        elif isinstance(one, Instance):
            for attribute in [name] if name is not None else list(one.attributes):
                old = one.attributes.get(attribute, doubt)
                machine.set_attribute(one, attribute, Choice(doubt, value, old))


def _in_module(machine: Machine, target: ast.Attribute, frame: Frame) -> None:
    """`module.name = value`: a variable of a module that is not what its text says."""
    named = machine.lookup.named(frame.module, ast.unparse(target))
    if isinstance(named, Bound):
        changed = Opaque(f"`{target.attr}` is set by another module", frame.span)
        machine.modules[str(named.facts.path), named.definition.name] = changed


def _one_side(
    machine: Machine, owner: Choice, side: Symbol, name: str | None, value: Symbol, frame: Frame
) -> None:
    """Only one of two objects gets the attribute, depending on the run."""
    if isinstance(side, Setting):
        machine.reshape(side)
    elif isinstance(side, Instance) and name is not None:
        old = side.attributes.get(name, Opaque(f"`{name}` is set on some paths only", frame.span))
        first = side is owner.then
        merged = Choice(owner.test, value if first else old, old if first else value)
        machine.set_attribute(side, name, merged)


def _configure(
    machine: Machine, owner: Setting, name: str | None, value: Symbol, frame: Frame, *, adds: bool
) -> None:
    """Code writes to the config."""
    if name is None or "*" in owner.path:
        machine.reshape(owner)
        return
    machine.patched.add((*owner.path, name))
    if owner.copied:
        doubt = Opaque(PERHAPS_CHANGED, frame.span)
        value = Choice(doubt, doubt, value)
    machine.heap.write(machine.config, ".".join((*owner.path, name)), value)
    machine.record(Change(frame.place, owner, None, name, value, adds, frame.span))


def delete(machine: Machine, target: ast.expr, frame: Frame) -> None:
    """`del name`, `del config.key`."""
    if isinstance(target, ast.Name):
        machine.heap.remove(frame.variables, target.id)
    elif isinstance(target, (ast.Attribute, ast.Subscript)):
        owner = machine.value(target.value, frame)
        if isinstance(owner, Setting):
            machine.reshape(owner)
        elif isinstance(owner, (Table, Sequence)):
            put(machine, owner, "*", Opaque("an item is deleted", frame.span))


def part_of(value: Symbol, index: int, count: int, frame: Frame) -> Symbol:
    """One of several parts of a value that is unpacked."""
    if isinstance(value, Sequence) and not (value.open or value.touched) and len(value.items) == count:
        return value.items[index]
    if isinstance(value, Choice):
        then, other = (part_of(side, index, count, frame) for side in (value.then, value.other))
        return then if then is other else Choice(value.test, then, other)
    if isinstance(value, Element):
        found = _of_pairs(value, index, frame)
        if found is not None:
            return found
    return Operation("[]", (value, Constant(index)), frame.span)


def _of_pairs(value: Element, index: int, frame: Frame) -> Symbol | None:
    """`for i, x in enumerate(xs)`, `for a, b in zip(xs, ys)`, `for key, value in config.items()`."""
    of = value.of
    if not isinstance(of, Operation) or not of.operands:
        return None
    if of.name == "enumerate" and index == 0:
        return Operation("[]", (value, Constant(0)), frame.span)
    if of.name in ("enumerate", "items"):
        return item_of(of.operands[0], value.span) if index == 1 else Opaque("a position or key", value.span)
    if of.name == "zip" and index < len(of.operands):
        return item_of(of.operands[index], value.span)
    return None


def item_of(value: Symbol, span: Span) -> Symbol:
    """What iterating over a value gives."""
    if isinstance(value, Setting):
        return child_of(value, "*")
    if isinstance(value, Choice):
        then, other = item_of(value.then, span), item_of(value.other, span)
        return then if then is other else Choice(value.test, then, other)
    if isinstance(value, Sequence) and value.touched - value.written.keys():
        return Element(value, span)
    if isinstance(value, Sequence) and len(value.items) + len(value.written) == 1:
        return (*value.items, *value.written.values())[0]
    if isinstance(value, Operation) and value.name in (
        "values",
        "list",
        "tuple",
        "sorted",
        "reversed",
        "iter",
    ):
        return item_of(value.operands[0], span) if value.operands else Element(value, span)
    if isinstance(value, Changing) and isinstance(value.before, Sequence):
        doubt = Opaque("the list changes from turn to turn", span)
        return Choice(doubt, item_of(value.before, span), Element(value, span))
    return Element(value, span)
