"""A launch and its config in, what an expression sees of the folders and checkpoints around them out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trainlint.facts.launch import LaunchFacts
from trainlint.facts.value import Unknown
from trainlint.parse.launcher_configs.document import read_json, read_yaml
from trainlint.parse.yaml_values import values_in
from trainlint.policy.evaluate import ABSENT, Leaf, Members
from trainlint.policy.members import Settings
from trainlint.record import record
from trainlint.source import Files, Span

#: Where a run leaves its config beside its checkpoints, the surest first.
_CONFIGS = ("all_config.yaml", ".hydra/config.yaml", "config.yaml", "config.json")


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
    """The checkpoints that keys of the config name: `checkpoint.load_checkpoint`."""

    files: Files
    launch: LaunchFacts
    config: Members

    def member(self, name: object) -> object:
        """The checkpoint that the config names under this key; absent where it names none."""
        found = self.config.member(name)
        if isinstance(found, Leaf) and isinstance(found.value, str):
            return Checkpoint(self.files, self.launch, found.value, found.span)
        return ABSENT if isinstance(found, Leaf) else found

    def plain(self) -> object:
        """Nothing: which keys name checkpoints is not known."""
        return Unknown("checkpoints are asked for by the key that names them", self.launch.job.span)


@record
class Checkpoint:
    """One checkpoint: its path, and the config that the run which wrote it has left beside it."""

    files: Files
    launch: LaunchFacts
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
        if isinstance(self.launch.directory, Unknown):
            return self.launch.directory
        place = self.launch.directory.value / self.path
        for path in self._candidates(place):
            source = self.files.peek(path) if self.files.is_file(path) else None
            if source is not None:
                document = read_json(source) if path.suffix == ".json" else read_yaml(source)
                if document.problem is None:
                    return Settings(dict(values_in(document.body)))
        if self.files.kind(place) is None:
            return Unknown(f"the checkpoint `{self.path}` is not here", self.span)
        return Unknown(f"no config lies beside the checkpoint `{self.path}`", self.span)

    def _candidates(self, place: Path) -> Iterator[Path]:
        for folder in (place, place.parent):
            yield from (folder / name for name in _CONFIGS)
