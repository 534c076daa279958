"""An entry of a script and the classes that its config names in, what it does out."""

from __future__ import annotations

import ast
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


def behaviour(
    lookup: ModuleLookup,
    module: ModuleFacts,
    function: Function | None,
    targets: Targets,
    loaded: tuple[ModuleFacts, ...],
) -> Behaviour:
    """Everything that an entry does: a function that Hydra calls with the config, or the script's own text."""
    machine = Machine(lookup, SchemaReader(lookup), targets, loaded)
    machine.value = partial(expressions.value, machine)
    machine.run = partial(statements.run, machine)
    machine.call = partial(calls.call, machine)
    node: ast.AST = function if function is not None else module.tree
    place = Place(None, Step.ENTRY, node_span(module.source, node), node=node)
    code = Code(module, function) if function is not None else None
    frame = Frame(module, place, code)
    body = function.body if function is not None else module.tree.body
    for index, given in enumerate(all_arguments(function) if function is not None else ()):
        unknown = Opaque(f"`{given.arg}` is not given by Hydra", place.span)
        frame.variables[given.arg] = Setting(()) if index == 0 else unknown
    machine.run(body, frame)
    return Behaviour(code, tuple(machine.events), tuple(machine.unfollowed), not machine.exhausted)
