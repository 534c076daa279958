"""A launch and its config in, what an expression sees of the folders and checkpoints around them out."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.chain.weights.configs import OwnConfigs
from trainlint.facts.launch import LaunchFacts
from trainlint.facts.value import Known, Unknown
from trainlint.policy.evaluate import ABSENT, Leaf, Members
from trainlint.policy.members import Settings
from trainlint.record import record
from trainlint.source import Files, Span


@record
class Folders:
    """The folders below the one that a launch starts in."""

    files: Files
    launch: LaunchFacts

    def member(self, name: object) -> object:
        """The names of the folders in this one; absent where there is no such folder."""
        if isinstance(self.launch.directory, Unknown):
            return self.launch.directory
        folder = self.launch.directory.value / str(name)
        if self.files.kind(folder) != "dir":
            return ABSENT
        names = [entry for entry in self.files.entries(folder) if not entry.startswith((".", "_"))]
        inside = [entry for entry in names if self.files.kind(folder / entry) == "dir"]
        return Leaf(sorted(inside), self.launch.job.span)

    def plain(self) -> object:
        """Nothing: there is no end of folders."""
        return Unknown("folders are asked for by name", self.launch.job.span)


@record
class Checkpoints:
    """The checkpoints that keys of the config name: `checkpoint.load_checkpoint`.

    `keys` are all keys of the config; the file beside a checkpoint that has most of them is its config.
    """

    configs: OwnConfigs
    launch: LaunchFacts
    config: Members
    keys: Callable[[], list[str]]

    def member(self, name: object) -> object:
        """The checkpoint that the config names under this key; absent where it names none."""
        found = self.config.member(name)
        if not isinstance(found, Leaf):
            return found
        if isinstance(found.value, Unknown):
            return found.value
        return Checkpoint(self, found.value, found.span) if isinstance(found.value, str) else ABSENT

    def plain(self) -> object:
        """Nothing: which keys name checkpoints is not known."""
        return Unknown("checkpoints are asked for by the key that names them", self.launch.job.span)


@record
class Checkpoint:
    """One checkpoint: its path, and the config that the run which wrote it has left beside it."""

    among: Checkpoints
    path: str
    span: Span

    def member(self, name: object) -> object:
        """`path` or `config`."""
        if name == "path":
            return Leaf(self.path, self.span)
        return self._config() if name == "config" else ABSENT

    def plain(self) -> object:
        """The path."""
        return self.path

    def _config(self) -> object:
        directory = self.among.launch.directory
        if isinstance(directory, Unknown):
            return directory
        place = directory.value / self.path
        if self.among.configs.files.kind(place) is None:
            return Unknown(f"the checkpoint `{self.path}` is not here", self.span)
        own = self.among.configs.of(str(place), None, self.among.keys())
        if own is None:
            return Unknown(f"no config lies beside the checkpoint `{self.path}`", self.span)
        return Settings({key: Known(value, own.places[key]) for key, value in own.values.items()})
