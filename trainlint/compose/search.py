"""Search path entries in, places where configs can be looked up out."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import Protocol

from trainlint.compose.request import ComposeRequest, Provider, SearchEntry
from trainlint.facts.schema import StoredConfig
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import record
from trainlint.source import Files, Span

YAML = ".yaml"


@record
class ConfigFile:
    """A config that stands in a file; `files` is the reader that knows it."""

    path: Path
    files: Files


Located = ConfigFile | StoredConfig


class Source(Protocol):
    """One place of the search path; paths are Hydra's (`group/sub/name`), without an extension added."""

    @property
    def role(self) -> str:
        """Who put it on the search path."""

    @property
    def text(self) -> str:
        """The place as people know it."""

    @property
    def doubt(self) -> Unknown | None:
        """Why something may be here that cannot be seen; None when all of it can be seen."""

    def find(self, path: str) -> Located | None:
        """The config at a path."""

    def has_group(self, path: str) -> bool:
        """Whether a group stands at a path."""

    def options(self, group: str) -> tuple[str, ...]:
        """Names of the configs in a group."""


@record
class DirectorySource:
    """A folder, given as a path or as a package that was found."""

    role: str
    text: str
    root: Path
    files: Files
    extensions: tuple[str, ...]
    doubt: Unknown | None = None

    def find(self, path: str) -> Located | None:
        """The file at a path, an absent extension completed as Hydra does."""
        full = self.root / (path if path.endswith(self.extensions) else path + YAML)
        return ConfigFile(self.files.absolute(full), self.files) if self.files.is_file(full) else None

    def has_group(self, path: str) -> bool:
        """Whether the path is a folder."""
        return self.files.is_dir(self.root / path)

    def options(self, group: str) -> tuple[str, ...]:
        """The config files of the folder, without extension."""
        folder = self.root / group
        return tuple(
            name.rpartition(".")[0]
            for name in self.files.entries(folder)
            if name.endswith(self.extensions) and self.files.is_file(folder / name)
        )


@record
class StoreSource:
    """Hydra's ConfigStore: what Hydra itself and the script registered."""

    stored: tuple[StoredConfig, ...]
    role: str = "schema"
    text: str = "structured://"
    doubt: Unknown | None = None
    _configs: dict[str, StoredConfig] = field(default_factory=dict)
    _groups: dict[str, list[str]] = field(default_factory=lambda: {"": []})

    def __post_init__(self) -> None:
        for config in self.stored:
            if isinstance(config.name, Known) and isinstance(config.group, Known):
                self._register(config, config.name.value, config.group.value or "")

    def _register(self, config: StoredConfig, name: str, group: str) -> None:
        parts = [part for part in group.split("/") if part]
        for end in range(len(parts) + 1):
            self._groups.setdefault("/".join(parts[:end]), [])
        stem = name.removesuffix(YAML)
        path = "/".join([*parts, stem])
        if path not in self._configs:
            self._groups["/".join(parts)].append(stem)
        self._configs[path] = config

    def find(self, path: str) -> Located | None:
        """The node stored under the path; the last registration wins."""
        return self._configs.get(path.strip("/").removesuffix(YAML))

    def has_group(self, path: str) -> bool:
        """Whether something is stored below the path."""
        return path.strip("/") in self._groups

    def options(self, group: str) -> tuple[str, ...]:
        """Names of the nodes stored in the group."""
        return tuple(sorted(self._groups.get(group.strip("/"), ())))


@record
class UnseenSource:
    """A place that cannot be looked into: nothing is found in it, and everything may be."""

    role: str
    text: str
    doubt: Unknown | None

    def find(self, path: str) -> Located | None:
        """Nothing that can be seen."""
        return None

    def has_group(self, path: str) -> bool:
        """Nothing that can be seen."""
        return False

    def options(self, group: str) -> tuple[str, ...]:
        """Nothing that can be seen."""
        return ()


def source_of(entry: SearchEntry, files: Files, extensions: tuple[str, ...]) -> Source:
    """The place that a search path entry names."""
    if isinstance(entry.directory, Unknown):
        return UnseenSource(entry.role, entry.text, entry.directory)
    root = entry.directory.value
    text = entry.text if entry.provider is Provider.PACKAGE else files.display(root)
    return DirectorySource(entry.role, text, root, files, extensions)


def store_source(stored: tuple[StoredConfig, ...]) -> StoreSource:
    """The ConfigStore; in doubt when a registration's name or group is computed."""
    for config in stored:
        for part in (config.name, config.group):
            if isinstance(part, Unknown):
                return StoreSource(stored, doubt=part)
    return StoreSource(stored)


def searchpath_entry(text: str, role: str, request: ComposeRequest, span: Span, files: Files) -> SearchEntry:
    """One element of `hydra.searchpath` as an entry; a bare path means `file://`."""
    scheme, found, rest = text.partition("://")
    if not found:
        scheme, rest = "file", text
    if scheme == "file":
        return SearchEntry(Provider.FILE, text, _folder(rest, request, span, files), role, span)
    if scheme == "pkg":
        return SearchEntry(Provider.PACKAGE, text, find_package(rest, request, span, files), role, span)
    reason = f"configs that `{text}` supplies are only known when it is imported"
    return SearchEntry(Provider.STRUCTURED, text, Unknown(reason, span), role, span)


def _folder(text: str, request: ComposeRequest, span: Span, files: Files) -> Value[Path]:
    path = Path(text)
    if path.is_absolute():
        return Known(files.absolute(path), span)
    if isinstance(request.directory, Unknown):
        return Unknown(f"`{text}` counts from the working directory: {request.directory.reason}", span)
    return Known(files.absolute(request.directory.value / path), span)


def find_package(name: str, request: ComposeRequest, span: Span, files: Files) -> Value[Path]:
    """The folder of a `pkg://` entry, looked for in the import path and the known packages."""
    parts = [part for part in name.replace("/", ".").split(".") if part]
    if not parts:
        return Unknown("`pkg://` names no package", span)
    known = request.packages.get(parts[0])
    if known is not None:
        return Known(files.absolute(known.joinpath(*parts[1:])), span)
    for folder in request.import_path:
        if files.is_dir(folder.joinpath(*parts)):
            return Known(files.absolute(folder.joinpath(*parts)), span)
    for folder in request.import_path:
        if files.is_file(folder / parts[0] / "__init__.py"):
            return Known(files.absolute(folder.joinpath(*parts)), span)
    return Unknown(f"package `{'.'.join(parts)}` is not installed here, so its configs cannot be seen", span)
