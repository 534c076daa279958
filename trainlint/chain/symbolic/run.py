"""An entry of a script and the classes that its config names in, what it does out."""

from __future__ import annotations

from functools import partial

from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.symbolic import calls, expressions, statements
from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.machine import Machine, Targets
from trainlint.facts.behaviour import Behaviour, Place, Step
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Code, Opaque, Setting
from trainlint.parse.python.places import node_span
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Function, all_arguments


def of_function(machine: Machine, module: ModuleFacts, function: Function) -> Behaviour:
    """Everything that a function does which Hydra calls with the config."""
    code = Code(module, function)
    place = Place(None, Step.ENTRY, node_span(module.source, function), node=function)
    frame = Frame(module, place, code)
    for index, given in enumerate(all_arguments(function)):
        unknown = Opaque(f"`{given.arg}` is not given by Hydra", place.span)
        frame.variables[given.arg] = Setting((), patched=machine.patched) if index == 0 else unknown
    machine.run(function.body, frame)
    return _behaviour(machine, code)


def of_script(machine: Machine, module: ModuleFacts) -> Behaviour:
    """Everything that the text of a script does, which reads its arguments or composes its config itself."""
    place = Place(None, Step.ENTRY, node_span(module.source, module.tree), node=module.tree)
    machine.script = Frame(module, place)
    machine.run(module.tree.body, machine.script)
    return _behaviour(machine, None)


def _behaviour(machine: Machine, entry: Code | None) -> Behaviour:
    reshaped = frozenset(machine.reshaped)
    return Behaviour(entry, tuple(machine.events), tuple(machine.unfollowed), not machine.exhausted, reshaped)


def machine_for(lookup: ModuleLookup, targets: Targets, loaded: tuple[ModuleFacts, ...]) -> Machine:
    """A machine with all its parts."""
    machine = Machine(lookup, SchemaReader(lookup), targets, loaded)
    machine.value = partial(expressions.value, machine)
    machine.run = partial(statements.run, machine)
    machine.call = partial(calls.call, machine)
    return machine
