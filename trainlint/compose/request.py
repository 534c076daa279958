"""What a launch asks of Hydra, as data: the input of the composer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from pathlib import Path

from trainlint.facts.config import ConfigNode, Inclusion
from trainlint.facts.launch import Word
from trainlint.facts.schema import StoredConfig
from trainlint.facts.value import Value
from trainlint.record import record
from trainlint.source import Span


class Provider(Enum):
    """How a search path entry is looked up."""

    FILE = "file"
    PACKAGE = "pkg"
    STRUCTURED = "structured"


@record
class SearchEntry:
    """One entry of the config search path; `directory` is Unknown for a package that is not found.

    `role` is Hydra's name for who put it there ("main", "command-line", "hydra.searchpath in main").
    """

    provider: Provider
    text: str
    directory: Value[Path]
    role: str
    span: Span


@record
class ComposeRequest:
    """One launch's config request.

    `search_path` holds the primary config directory (role "main") and `--config-dir` ones, in Hydra's
    order, with the places that plugins add between the two; `hydra.searchpath` entries are the composer's
    own business. `pkg://` packages are looked for in `packages` (by top-level name) and `import_path`.
    `environment` answers `oc.env`: a name that is absent is Unknown unless the launch clears it.
    `resolvers` are custom resolvers known to exist; `opaque_resolvers` says that others may.
    """

    search_path: tuple[SearchEntry, ...]
    config_name: Value[str | None]
    overrides: tuple[Word, ...]
    multirun: bool
    environment: Mapping[str, Value[str]]
    import_path: tuple[Path, ...]
    directory: Value[Path]
    span: Span
    version_base: Value[str | None] | None = None
    stored: tuple[StoredConfig, ...] = ()
    resolvers: frozenset[str] = frozenset()
    opaque_resolvers: bool = False
    packages: Mapping[str, Path] = field(default_factory=dict)
    sweep_cap: int = 64


class OverrideKind(Enum):
    """What the prefix of an override asks for."""

    CHANGE = "change"
    ADD = "add"
    FORCE_ADD = "force-add"
    DELETE = "delete"


class SweepKind(Enum):
    """How an override asks for several values."""

    SIMPLE = "a,b"
    CHOICE = "choice(...)"
    RANGE = "range(...)"
    GLOB = "glob(...)"
    INTERVAL = "interval(...)"


@record
class Override:
    """One override after parsing.

    `key` is `group/sub` or `a.b.c` as written, `package` the part behind `@`. `value` is None for a bare
    deletion; a value only the environment knows is a ConfigUnknown. `sweep` holds the points of a
    choice, range or simple comma list (capped); `inclusion` is the step that its values' origins carry.
    `sweep_kind` is set for every sweep, also for those without points: an interval, and a glob, whose
    `include` and `exclude` patterns only the group's options can turn into points.
    """

    text: str
    kind: OverrideKind
    key: str
    package: str | None
    value: ConfigNode | None
    sweep: tuple[ConfigNode, ...] | None
    key_span: Span
    value_span: Span
    span: Span
    inclusion: Inclusion
    sweep_kind: SweepKind | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
