"""Facts of a training script: its Hydra entry, what it registers, sets, builds and loads."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from pathlib import Path

from trainlint.facts.arguments import CommandLineReading
from trainlint.facts.module import ModuleFacts, PythonProblem
from trainlint.facts.schema import SchemaUse, StoredConfig
from trainlint.facts.value import Known, Value
from trainlint.record import record
from trainlint.source import Span


class EntryKind(Enum):
    """How the script asks Hydra for its config."""

    MAIN = "@hydra.main"
    COMPOSE = "hydra.compose"


@record
class HydraEntry:
    """One place where Hydra is asked for a config.

    `file` is the file the decorator stands in: relative config paths count from its folder. `runs` is
    False when nothing calls the decorated function as the script starts. `overrides` are those a
    `compose(...)` call passes itself. `absolute` says that config_path is an absolute directory
    (`initialize_config_dir`) and `module` that it is a package (`initialize_config_module`). `imported_as`
    is the dotted module name when the file is imported and not started: Hydra then looks for the config
    path as a package.
    """

    kind: EntryKind
    function: str
    file: Path
    config_path: Value[str | None]
    config_name: Value[str | None]
    version_base: Value[str | None]
    span: Span
    runs: bool = True
    overrides: tuple[Value[str], ...] = ()
    absolute: bool = False
    module: bool = False
    imported_as: str | None = None

    @property
    def folder(self) -> Path | None:
        """The folder that the config path means, None when it is unknown, absent or a package."""
        path = self.config_path.value if isinstance(self.config_path, Known) else None
        if path is None or self.module or "://" in path:
            return None
        return Path(os.path.normpath(self.file.parent / path))


@record
class EntryPoint:
    """An entry with the module and the function that receive its config."""

    entry: HydraEntry
    module: ModuleFacts = field(compare=False, repr=False)
    function: ast.FunctionDef | ast.AsyncFunctionDef | None = field(compare=False, repr=False)


@record
class LoaderFacts:
    """A function that turns `module<separator>Class` into a class.

    `prefix` is what it puts in front of the module ("models."); Unknown when it is computed. `keys` are
    the dotted config keys whose value is known to reach it.
    """

    function: str
    prefix: Value[str]
    separator: str
    keys: tuple[tuple[str, ...], ...]
    span: Span


class ReadKind(Enum):
    """What a certain read does with the config at its path.

    VALUE fetches it (a `???` raises, an interpolation is resolved), RESOLVE resolves everything below
    (`???` stays), STRICT resolves everything below and refuses a `???`.
    """

    VALUE = "value"
    RESOLVE = "resolve"
    STRICT = "strict"


@record
class ConfigRead:
    """Code that every run of the entry `function` passes through and that reads the config at `path`."""

    function: str
    path: tuple[str, ...]
    kind: ReadKind
    span: Span


@record
class MissingImport:
    """A first-party module that an import names and that is not there; `searched` are the files tried."""

    module: str
    searched: tuple[str, ...]
    nearest: str | None
    span: Span
    via: tuple[Span, ...]


@record
class MissingImportedName:
    """A first-party module that exists but does not define the name that an import asks of it."""

    module: str
    name: str
    file: str
    nearest: str | None
    span: Span
    via: tuple[Span, ...]


@record
class BrokenModule:
    """A first-party module that starting the script loads and that Python cannot parse."""

    problem: PythonProblem
    via: tuple[Span, ...]


ImportProblem = MissingImport | MissingImportedName


@record
class ScriptFacts:
    """All that the chain needs of a script; `parser` names the argument parser of a script without Hydra.

    `runs` is False when nothing happens as the script starts: it only defines. `import_path` is the launch's
    with the folders that the script adds to `sys.path` as it starts. `external` are imported packages that
    are not installed where trainlint looks. `path_doubt` says why modules may stand in folders that the
    import path does not show. `project` is the root folder of the project around the script, None when
    nothing marks one. `loaded` are the modules of the project that starting it reads, itself included.
    `points` are the entries with their code. `command_line` is how it reads its arguments, None when that was
    not found out.
    """

    module: ModuleFacts
    entries: tuple[HydraEntry, ...]
    parser: str | None
    resolvers: frozenset[str]
    opaque_resolvers: bool
    environment: Mapping[str, Value[str]]
    stored: tuple[StoredConfig, ...]
    schema_uses: tuple[SchemaUse, ...]
    loaders: tuple[LoaderFacts, ...]
    import_problems: tuple[ImportProblem, ...]
    unverified: tuple[tuple[str, Span], ...] = ()
    runs: bool = True
    import_path: tuple[Path, ...] = ()
    external: tuple[str, ...] = ()
    reads: tuple[ConfigRead, ...] = ()
    path_doubt: str | None = None
    broken_modules: tuple[BrokenModule, ...] = ()
    project: Path | None = None
    loaded: tuple[ModuleFacts, ...] = ()
    command_line: CommandLineReading | None = None
    points: tuple[EntryPoint, ...] = ()
