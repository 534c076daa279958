"""An absolute path and the settings of machines in, whether something stands there out."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.paths.functions import Does
from trainlint.chain.paths.uses import argument_of
from trainlint.facts.behaviour import Call
from trainlint.facts.checkpoint import Checkpoint, UnreadCheckpoint
from trainlint.facts.paths import Presence
from trainlint.facts.settings import Settings
from trainlint.facts.symbols import Constant, Made, Sequence, Symbol
from trainlint.facts.value import Known, Value
from trainlint.record import entity
from trainlint.source import Files

#: Folders that most machines have and under which each has something else.
_ROOTS = frozenset(
    {
        *("/", "/mnt", "/media", "/home", "/Users", "/opt", "/srv", "/tmp", "/var", "/usr", "/nfs", "/root"),
        *("/data", "/scratch", "/workspace", "/work", "/project", "/projects", "/shared", "/datasets"),
    }
)


@entity
class Disk:
    """Looks for paths, on this machine or as the settings describe another."""

    files: Files
    settings: Settings
    _checkpoints: dict[str, Checkpoint | UnreadCheckpoint] = field(default_factory=dict)

    def checkpoint(self, path: str) -> Checkpoint | UnreadCheckpoint:
        """What a file or folder of weights holds; each is read once."""
        if path not in self._checkpoints:
            # Most launches load nothing: the readers are imported where one does.
            from trainlint.parse.checkpoint.read import read_checkpoint

            self._checkpoints[path] = read_checkpoint(Path(self.seen_at(path)), self.files)
        return self._checkpoints[path]

    def seen_at(self, path: str) -> str:
        """Where a path of the run's machine is seen from here."""
        host = self.settings.host
        for prefix, place in host.seen_at if host is not None else ():
            if _below(path, prefix):
                return os.path.normpath(os.path.join(place, os.path.relpath(path, prefix)))
        return path

    def look(self, path: str) -> Presence:
        """Whether something stands at a path."""
        host = self.settings.host
        if host is not None and any(_below(path, prefix) for prefix in host.exists):
            return Presence.ELSEWHERE
        seen = self.seen_at(path)
        if self.files.kind(Path(seen)) is not None:
            return Presence.THERE
        if seen == path and self.settings.paths != "check" and self.nearest(path) in _ROOTS:
            return Presence.UNSEEN
        return Presence.ABSENT

    def nearest(self, path: str) -> str:
        """The nearest folder above a path that is there."""
        above = os.path.dirname(self.seen_at(path))
        while above != os.path.dirname(above) and not self.files.is_dir(Path(above)):
            above = os.path.dirname(above)
        return above

    def siblings(self, folder: str) -> tuple[str, ...]:
        """What a folder holds, hidden entries left out."""
        return tuple(name for name in self.files.entries(Path(folder)) if not name.startswith("."))

    def shown(self, path: str) -> str:
        """A path as people see it."""
        return self.files.display(Path(path))


def _below(path: str, prefix: str) -> bool:
    prefix = os.path.normpath(prefix)
    return path == prefix or path.startswith(prefix.rstrip("/") + "/")


@entity
class DiskEvaluation(Evaluation):
    """The evaluation of a launch that also knows what the script's own look at the disk would say."""

    exists: Callable[[Symbol], bool | None] = field(default=lambda _: None)
    #: The tests of paths among the script's calls, by what they give.
    tests: dict[int, Symbol] = field(default_factory=dict)

    def _value(self, symbol: Symbol) -> Value[object]:
        if isinstance(symbol, Made) and id(symbol) in self.tests:
            found = self.exists(self.tests[id(symbol)])
            if found is not None:
                return Known(found, self.place)
        return super()._value(symbol)

    def _turns(self, items: Symbol) -> bool | None:
        """A loop over texts that are written out is entered, whether there are more of them or not."""
        written = isinstance(items, Sequence) and all(isinstance(item, Constant) for item in items.items)
        if written and isinstance(items, Sequence) and items.items:
            return True
        return super()._turns(items)


def tests_of(calls: tuple[Call, ...]) -> dict[int, Symbol]:
    """The paths that a script asks for, by the identity of the answer's symbol."""
    found: dict[int, Symbol] = {}
    for call in calls:
        entry = argument_of(call)
        if entry is not None and entry[1].does is Does.TEST:
            found[id(call.result)] = entry[2]
    return found
