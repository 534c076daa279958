"""A script with the classes that its config names in, what it does out; read once for all launches alike."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from trainlint.chain.config_values import lookup_in
from trainlint.chain.evaluation import Evaluation
from trainlint.chain.imports import Library
from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.operations import ABSENT
from trainlint.chain.resolving import resolver_of
from trainlint.chain.symbolic.machine import Machine, Targets
from trainlint.chain.symbolic.run import machine_for, of_function, of_script
from trainlint.facts.arguments import CommandLineCheck, CommandLineReading
from trainlint.facts.behaviour import Behaviour
from trainlint.facts.config import Composition
from trainlint.facts.launch import LaunchFacts
from trainlint.facts.script import EntryKind, HydraEntry, ScriptFacts
from trainlint.facts.symbols import Setting
from trainlint.facts.target import TargetFacts
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import state

#: Numbers in the code that stand for settings.
Numbers = Mapping[ast.expr, Setting]
NO_NUMBERS: Numbers = {}
#: A script, its entry, the classes that the config names with their keys, and what stands for a setting.
_Key = tuple[
    Path, tuple[Path, ...], HydraEntry | None, frozenset[tuple[tuple[str, ...], int]], tuple[int, ...]
]


@state
class Behaviours:
    """Remembers what scripts do."""

    library: Library
    _lookups: dict[tuple[Path, ...], ModuleLookup] = field(default_factory=dict)
    _known: dict[_Key, Behaviour] = field(default_factory=dict)

    def of(
        self,
        script: ScriptFacts,
        entry: HydraEntry,
        targets: tuple[TargetFacts, ...],
        numbers: Numbers = NO_NUMBERS,
    ) -> Behaviour | None:
        """What an entry does; None when its code is not known."""
        point = next((point for point in script.points if point.entry == entry), None)
        if point is None or (point.function is None and entry.kind is EntryKind.MAIN):
            return None
        named = {target.path: target.code for target in targets if target.code is not None}
        nodes = frozenset((path, id(code.node)) for path, code in named.items())
        key = (script.module.path, script.import_path, entry, nodes, tuple(map(id, numbers)))
        if key not in self._known:
            machine = self._machine(script, named, numbers)
            if entry.kind is EntryKind.MAIN and point.function is not None:
                self._known[key] = of_function(machine, point.module, point.function)
            else:
                composed = sum(other.entry.runs for other in script.points)
                machine.composed = Setting(()) if composed == 1 else None
                self._known[key] = of_script(machine, script.module)
        return self._known[key]

    def of_arguments(
        self, script: ScriptFacts, reading: CommandLineReading, numbers: Numbers = NO_NUMBERS
    ) -> Behaviour:
        """What a script without Hydra does with its arguments."""
        none = frozenset[tuple[tuple[str, ...], int]]()
        key = (script.module.path, script.import_path, None, none, tuple(map(id, numbers)))
        if key not in self._known:
            machine = self._machine(script, {}, numbers)
            for use in reading.uses:
                if use.parser.overrides is not None:
                    machine.overridden = frozenset(use.parser.overrides.names)
                    machine.overriding = use.parser.overrides.loop
            self._known[key] = of_script(machine, script.module)
        return self._known[key]

    def _machine(self, script: ScriptFacts, named: Targets, numbers: Numbers) -> Machine:
        machine = machine_for(self._lookup(script.import_path), named, script.loaded)
        machine.numbers = numbers
        return machine

    def _lookup(self, import_path: tuple[Path, ...]) -> ModuleLookup:
        if import_path not in self._lookups:
            self._lookups[import_path] = ModuleLookup(self.library.own_code(import_path))
        return self._lookups[import_path]


def evaluation(composition: Composition, script: ScriptFacts, launch: LaunchFacts) -> Evaluation | None:
    """What gives the symbols of a script their values in one composition."""
    if composition.root is None:
        return None
    resolve = resolver_of(composition, script, launch)
    environment = {**script.environment, **launch.environment}
    return Evaluation(lookup_in(composition.root, resolve), launch.world_size, environment, launch.job.span)


def argument_evaluation(check: CommandLineCheck, script: ScriptFacts, launch: LaunchFacts) -> Evaluation:
    """The same for a script that reads its arguments itself."""
    known, place = check.values or {}, launch.job.span

    def look(path: tuple[str, ...]) -> Value[object]:
        if not path:
            return Unknown("the arguments as a whole are not followed", place)
        if path[0] in known and len(path) == 1:
            return known[path[0]]
        if len(path) > 1:
            return Unknown(f"`{'.'.join(path)}` is not followed", place)
        return check.more or Known(ABSENT, place)

    environment = {**script.environment, **launch.environment}
    return Evaluation(look, launch.world_size, environment, place)
