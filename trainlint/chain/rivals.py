"""A config name that a job gives in, the scripts beside its own that declare just that name out."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from trainlint.chain.imports import Library
from trainlint.chain.lookup import ModuleLookup
from trainlint.facts.hydra_cli import HydraArguments
from trainlint.facts.module import ModuleFacts
from trainlint.facts.script import EntryKind, HydraEntry
from trainlint.facts.value import Known
from trainlint.parse.python.entries import hydra_entries
from trainlint.parse.python.scope import Scope
from trainlint.record import state
from trainlint.source import SourceFile


@state
class RivalFinder:
    """Looks beside a script only when the job names another config than the script does."""

    library: Library
    _known: dict[tuple[Path, str], tuple[HydraEntry, ...]] = field(default_factory=dict)

    def rivals(self, entry: HydraEntry | None, arguments: HydraArguments | None) -> tuple[HydraEntry, ...]:
        """The entries of other scripts that declare the config name of the command line."""
        given = arguments.config_name if arguments is not None else None
        if entry is None or not isinstance(given, Known) or not isinstance(entry.config_name, Known):
            return ()
        name, own = _plain(given.value), _plain(entry.config_name.value or "")
        if not own or name == own:
            return ()
        key = (entry.file, name)
        if key not in self._known:
            self._known[key] = tuple(self._beside(entry.file, name))
        return self._known[key]

    def _beside(self, script: Path, name: str) -> list[HydraEntry]:
        """Files are parsed only when they hold the name: a folder may be full of scripts."""
        found: list[HydraEntry] = []
        files = self.library.files
        for entry in files.entries(script.parent):
            path = script.parent / entry
            if not entry.endswith(".py") or path == script:
                continue
            source = files.read(path)
            if isinstance(source, SourceFile) and name in source.text and "hydra" in source.text:
                found += self._declared(path, name)
        return found

    def _declared(self, path: Path, name: str) -> list[HydraEntry]:
        module = self.library.read(path)
        if not isinstance(module, ModuleFacts):
            return []
        lookup = ModuleLookup(self.library.own_code((path.parent,)))
        entries = [call.entry for call in hydra_entries(Scope(module, lookup))]
        return [
            entry
            for entry in entries
            if entry.kind is EntryKind.MAIN
            and isinstance(entry.config_name, Known)
            and _plain(entry.config_name.value or "") == name
        ]


def _plain(name: str) -> str:
    return name.removesuffix(".yaml")
