"""A script with the classes that its config names in, what it does out; read once for all launches alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from trainlint.chain.config_values import lookup_in
from trainlint.chain.evaluation import Evaluation
from trainlint.chain.imports import Library
from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.resolving import resolver_of
from trainlint.chain.symbolic.run import behaviour
from trainlint.facts.behaviour import Behaviour
from trainlint.facts.config import Composition
from trainlint.facts.launch import LaunchFacts
from trainlint.facts.script import EntryKind, HydraEntry, ScriptFacts
from trainlint.facts.symbols import Code
from trainlint.facts.target import TargetFacts

#: A script, its entry, and the classes that the config names with their keys.
_Key = tuple[Path, tuple[Path, ...], HydraEntry, frozenset[tuple[tuple[str, ...], int]]]


@dataclass
class Behaviours:
    """Remembers what scripts do."""

    library: Library
    _lookups: dict[tuple[Path, ...], ModuleLookup] = field(default_factory=dict)
    _known: dict[_Key, Behaviour] = field(default_factory=dict)

    def of(
        self, script: ScriptFacts, entry: HydraEntry, targets: tuple[TargetFacts, ...]
    ) -> Behaviour | None:
        """What an entry does; None when its code is not known."""
        point = next((point for point in script.points if point.entry == entry), None)
        if point is None or (point.function is None and entry.kind is EntryKind.MAIN):
            return None
        named: dict[tuple[str, ...], Code] = {
            target.path: target.code for target in targets if target.code is not None
        }
        nodes = frozenset((path, id(code.node)) for path, code in named.items())
        key = (script.module.path, script.import_path, entry, nodes)
        if key not in self._known:
            whole = entry.kind is not EntryKind.MAIN
            self._known[key] = behaviour(
                self._lookup(script.import_path),
                script.module if whole else point.module,
                None if whole else point.function,
                named,
                script.loaded,
            )
        return self._known[key]

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
