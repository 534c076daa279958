"""Hydra's own configs: the structured ones as data, the folder of its files, and what a run fills in."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from trainlint.compose.search import DirectorySource
from trainlint.facts.config import (
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Inclusion,
    InclusionKind,
    Key,
)
from trainlint.facts.schema import (
    Extra,
    FieldFacts,
    SchemaFacts,
    SchemaKind,
    StoredConfig,
    TypeFacts,
    TypeKind,
)
from trainlint.facts.value import Known, Unknown
from trainlint.source import Files, Span

HERE = Span.at("hydra/conf/__init__.py")
#: The config behind a launch that names none.
EMPTY = "_dummy_empty_config_"
ROOT = "hydra/config"

_ANY = TypeFacts(TypeKind.ANY, "Any")
_STR = TypeFacts(TypeKind.STR, "str")
_INT = TypeFacts(TypeKind.INT, "int")
_STRINGS = TypeFacts(TypeKind.LIST, "List[str]", arguments=(_STR,))
_NAMED = TypeFacts(TypeKind.DICT, "Dict[str, Any]", arguments=(_STR, _ANY))
_TEXTS = TypeFacts(TypeKind.DICT, "Dict[str, str]", arguments=(_STR, _STR))
_RUN_MODE = TypeFacts(
    TypeKind.ENUM, "Optional[RunMode]", optional=True, choices=("RUN", "MULTIRUN"), values=(1, 2)
)


def _optional(of: TypeFacts) -> TypeFacts:
    return TypeFacts(of.kind, f"Optional[{of.text}]", True, of.arguments)


def _field(name: str, type_: TypeFacts, *default: object) -> FieldFacts:
    """A field; without a default it has to be filled."""
    return FieldFacts(name, type_, Known(default[0], HERE) if default else None, HERE)


def _schema(name: str, *fields: FieldFacts) -> SchemaFacts:
    return SchemaFacts(name, SchemaKind.DATACLASS, fields, Extra.FORBID, True, HERE)


def _nested(name: str, schema: SchemaFacts) -> FieldFacts:
    return FieldFacts(name, TypeFacts(TypeKind.SCHEMA, schema.name, schema=schema), Known(schema, HERE), HERE)


def _job() -> SchemaFacts:
    dirname = _schema(
        "OverrideDirname",
        _field("kv_sep", _STR, "="),
        _field("item_sep", _STR, ","),
        _field("exclude_keys", _STRINGS, []),
    )
    return _schema(
        "JobConf",
        _field("name", _STR),
        _field("chdir", _optional(TypeFacts(TypeKind.BOOL, "bool")), None),
        _field("override_dirname", _STR),
        _field("id", _STR),
        _field("num", _INT),
        _field("config_name", _optional(_STR)),
        _field("env_set", _TEXTS, {}),
        _field("env_copy", _STRINGS, []),
        _nested("config", _schema("JobConfig", _nested("override_dirname", dirname))),
    )


def _runtime() -> SchemaFacts:
    source = _schema(
        "ConfigSourceInfo", _field("path", _STR), _field("schema", _STR), _field("provider", _STR)
    )
    sources = TypeFacts(
        TypeKind.LIST,
        "List[ConfigSourceInfo]",
        arguments=(TypeFacts(TypeKind.SCHEMA, source.name, schema=source),),
    )
    return _schema(
        "RuntimeConf",
        _field("version", _STR),
        _field("version_base", _STR),
        _field("cwd", _STR),
        _field("config_sources", sources),
        _field("output_dir", _STR),
        _field("choices", _NAMED, {}),
    )


DEFAULTS: list[object] = [
    {"output": "default"},
    {"launcher": "basic"},
    {"sweeper": "basic"},
    {"help": "default"},
    {"hydra_help": "default"},
    {"hydra_logging": "default"},
    {"job_logging": "default"},
    {"callbacks": None},
    {"env": "default"},
]


def _hydra() -> SchemaFacts:
    texts = ("app_name", "header", "footer", "template")
    return _schema(
        "HydraConf",
        _field("defaults", TypeFacts(TypeKind.LIST, "List[Any]", arguments=(_ANY,)), DEFAULTS),
        _field("mode", _RUN_MODE, None),
        _field("searchpath", _ANY, []),  # the search path has rules of its own, checked before
        _nested("run", _schema("RunDir", _field("dir", _STR))),
        _nested("sweep", _schema("SweepDir", _field("dir", _STR), _field("subdir", _STR))),
        _field("hydra_logging", _NAMED),
        _field("job_logging", _NAMED),
        _field("sweeper", _ANY),
        _field("launcher", _ANY),
        _field("callbacks", _NAMED, {}),
        _nested("help", _schema("HelpConf", *(_field(name, _STR) for name in texts))),
        _nested("hydra_help", _schema("HydraHelpConf", _field("hydra_help", _STR), _field("template", _STR))),
        _field("output_subdir", _optional(_STR), ".hydra"),
        _nested(
            "overrides", _schema("OverridesConf", _field("hydra", _STRINGS, []), _field("task", _STRINGS, []))
        ),
        _nested("job", _job()),
        _nested("runtime", _runtime()),
        _field("verbose", _ANY, False),
    )


def _launcher() -> SchemaFacts:
    target = "hydra._internal.core_plugins.basic_launcher.BasicLauncher"
    return _schema("BasicLauncherConf", _field("_target_", _STR, target))


def _sweeper() -> SchemaFacts:
    target = "hydra._internal.core_plugins.basic_sweeper.BasicSweeper"
    return _schema(
        "BasicSweeperConf",
        _field("_target_", _STR, target),
        _field("max_batch_size", _optional(_INT), None),
        _field("params", _optional(_TEXTS), None),
    )


def _stored(group: str | None, name: str, schema: SchemaFacts) -> StoredConfig:
    return StoredConfig(Known(name, HERE), Known(group, HERE), Known(None, HERE), "hydra", schema, HERE)


@lru_cache(maxsize=1)
def builtin_configs() -> tuple[StoredConfig, ...]:
    """What Hydra registers in its own ConfigStore."""
    return (
        _stored("hydra", "config", _hydra()),
        _stored("hydra/launcher", "basic", _launcher()),
        _stored("hydra/sweeper", "basic", _sweeper()),
        _stored(None, EMPTY, replace(_schema("dict"), extra=Extra.ALLOW)),
    )


@lru_cache(maxsize=2)
def builtin_source(extensions: tuple[str, ...]) -> DirectorySource:
    """`pkg://hydra.conf`: the folder of configs that Hydra ships, found without importing it.

    It has a reader of its own, so that its files count from Hydra's package and not as the user's.
    """
    from importlib.util import find_spec

    spec = find_spec("hydra")
    package = Path(spec.origin).parent if spec and spec.origin else Path("hydra")
    return DirectorySource("hydra", "pkg://hydra.conf", package / "conf", Files(package.parent), extensions)


def is_users(inclusion: Inclusion) -> bool:
    """Whether a text or choice came in by something of the user's, not by Hydra's own config alone."""
    step: Inclusion | None = inclusion
    while step is not None:
        if step.kind is InclusionKind.HYDRA:
            return False
        if step.kind is InclusionKind.OVERRIDE:
            return True
        step = step.parent
    return True


#: What Hydra fills in when the run starts; values of `_KEPT` that the config sets stay.
_FILLED = {
    "job": ("name", "override_dirname", "config_name", "id", "num"),
    "runtime": ("version", "version_base", "cwd", "config_sources", "output_dir", "choices"),
    "overrides": ("hydra", "task"),
}
_KEPT = ("name", "id", "num", "output_dir")


def with_runtime(hydra: ConfigMap) -> ConfigMap:
    """The hydra node with everything unknown in it that only the run fills in."""
    children = dict(hydra.children)
    for section, names in _FILLED.items():
        node = children.get(section)
        if isinstance(node, ConfigMap):
            children[section] = _filled(node, section, names)
    return replace(hydra, children=children)


def _filled(node: ConfigMap, section: str, names: tuple[str, ...]) -> ConfigMap:
    children: dict[Key, ConfigNode] = dict(node.children)
    for name in names:
        old = children.get(name)
        if old is None or (name in _KEPT and not (isinstance(old, ConfigScalar) and old.is_missing)):
            continue
        reason = f"`hydra.{section}.{name}` is filled in when the run starts"
        children[name] = ConfigUnknown(Unknown(reason, old.origin.span), old.origin)
    return replace(node, children=children)
