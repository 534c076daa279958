"""Facts of a composed config: every node with its value and the whole story of how it got there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import Enum

from trainlint.facts.schema import TypeFacts
from trainlint.facts.value import Unknown, Value
from trainlint.record import record
from trainlint.source import Span

ScalarValue = str | int | float | bool | bytes | None
Key = str | int | float | bool | bytes


class InclusionKind(Enum):
    """Why a text takes part in a composition."""

    PRIMARY = "primary config"
    DEFAULT = "defaults list"
    OVERRIDE = "override"
    SCHEMA = "structured config"
    HYDRA = "hydra"


@record
class Inclusion:
    """One step of how a text came in: `label` as people write it (`arch: etrm`, `arch.lr=1`).

    `span` is the defaults entry, option or override that did it; `file` the config it brought in.
    """

    kind: InclusionKind
    label: str
    span: Span
    file: str | None
    parent: Inclusion | None


@record
class Origin:
    """Where a value is written, how that text came in, and what it overrode."""

    span: Span
    key_span: Span
    inclusion: Inclusion
    overrode: Origin | None = None


@record
class ConfigScalar:
    """A leaf with its raw value: interpolations and `???` are still the text that was written."""

    value: ScalarValue
    origin: Origin
    type: TypeFacts | None = None

    @property
    def is_missing(self) -> bool:
        """Whether it is OmegaConf's mandatory-value mark."""
        return self.value == "???"

    @property
    def is_interpolation(self) -> bool:
        """Whether it has to be resolved before it is a value."""
        return isinstance(self.value, str) and "${" in self.value


@record
class ConfigUnknown:
    """A leaf or subtree whose value only the environment knows."""

    unknown: Unknown
    origin: Origin


@record
class ConfigList:
    """A list node."""

    items: tuple[ConfigNode, ...]
    origin: Origin
    type: TypeFacts | None = None


@record
class ConfigMap:
    """A mapping node; `type` is set when a structured config stands behind it."""

    children: Mapping[Key, ConfigNode]
    origin: Origin
    type: TypeFacts | None = None


ConfigNode = ConfigScalar | ConfigUnknown | ConfigList | ConfigMap


def select(node: ConfigNode | None, path: tuple[Key, ...]) -> ConfigNode | None:
    """The node at a path of keys and list indices, None when there is none."""
    for key in path:
        if isinstance(node, ConfigMap):
            node = node.children.get(key)
        elif isinstance(node, ConfigList) and isinstance(key, int) and 0 <= key < len(node.items):
            node = node.items[key]
        else:
            return None
    return node


def leaves(node: ConfigNode, path: tuple[Key, ...] = ()) -> Iterator[tuple[tuple[Key, ...], ConfigNode]]:
    """Every scalar and unknown below a node with its path, in order."""
    if isinstance(node, ConfigMap):
        for key, child in node.children.items():
            yield from leaves(child, (*path, key))
    elif isinstance(node, ConfigList):
        for index, child in enumerate(node.items):
            yield from leaves(child, (*path, index))
    else:
        yield path, node


@record
class Choice:
    """A config group's chosen option; `file` is the config that it loads, None for a structured one.

    `package` is the one by which overrides address it (`group@package=option`), `siblings` are the other
    options of the group. `listed` marks one of several options chosen together.
    """

    group: str
    package: str
    option: Value[str | None]
    inclusion: Inclusion
    file: str | None
    siblings: tuple[str, ...] = ()
    listed: bool = False


@record
class CompositionProblem:
    """A place where Hydra refuses the launch; `hydra` holds the words it would print.

    Subclasses say what kind of refusal it is; `inclusion` tells how the text at `span` came in.
    """

    span: Span
    hydra: str
    inclusion: Inclusion | None


@record
class ConfigNotFound(CompositionProblem):
    """The primary config, or the folder it should be in, does not exist."""

    name: str
    searched: tuple[str, ...]
    available: tuple[str, ...]
    missing_directory: bool = False


@record
class DefaultNotFound(CompositionProblem):
    """A defaults list (or a group override) names a config that does not exist."""

    group: str
    option: str
    searched: tuple[str, ...]
    available: tuple[str, ...]


@record
class DefaultsListInvalid(CompositionProblem):
    """A defaults list that Hydra cannot process: wrong shape, recursion, duplicate, unmatched override."""

    message: str


@record
class UnknownOverrideKey(CompositionProblem):
    """An override or deletion of a key that the composed config does not have.

    `missing_part` is the first key of the path that is not there, `available` its would-be siblings.
    """

    key: str
    missing_part: str
    available: tuple[str, ...]


@record
class MissingAppend(CompositionProblem):
    """A config group that exists but is not in the defaults list: it needs a `+`."""

    group: str
    option: str


@record
class NeedlessAppend(CompositionProblem):
    """A `+key=value` where the key is there already; `is_group` for a choice of a group."""

    key: str
    existing: Origin | None
    is_group: bool = False


@record
class OverrideSyntax(CompositionProblem):
    """An override that Hydra's grammar refuses."""

    override: str
    message: str


@record
class AmbiguousComma(CompositionProblem):
    """A value with a comma outside a list while the launch is no multirun."""

    override: str


@record
class UnresolvedInterpolation(CompositionProblem):
    """An interpolation whose target is not there, loops or cannot be parsed; `key` holds it."""

    key: str
    expression: str
    reason: str
    nearest: tuple[str, ...] = ()


@record
class MissingValue(CompositionProblem):
    """A `???` that nothing fills; `needed` when Hydra cannot even start with it."""

    key: str
    needed: bool


@record
class SchemaMismatch(CompositionProblem):
    """A value that the structured config's field type refuses."""

    key: str
    value: str
    expected: str
    schema: str
    field_span: Span


@record
class SchemaUnknownField(CompositionProblem):
    """A key that the structured config has no field for."""

    key: str
    schema: str
    available: tuple[str, ...]
    field_span: Span


@record
class SchemaMissingField(CompositionProblem):
    """A required field that the composed config does not supply."""

    key: str
    schema: str
    field_span: Span


@record
class YamlSyntax(CompositionProblem):
    """A config file that is no YAML, or not a mapping."""

    message: str


@record
class DuplicateYamlKey(CompositionProblem):
    """A key written twice in one mapping; not `refused` when it is no text, for then the last one counts."""

    key: str
    first: Span
    refused: bool = True


@record
class MergeConflict(CompositionProblem):
    """Two texts that cannot be merged (a value into a mapping that refuses it); `deletes` for a `~key`."""

    key: str
    message: str
    deletes: bool = False


@record
class DuplicateOverride(CompositionProblem):
    """The same key assigned twice on one command line; the last one wins (Hydra accepts it)."""

    key: str
    first: Span


@record
class Composition:
    """What Hydra would hand to the script, or why it would not.

    `root` is the user's part of the tree, without `hydra`; it is kept as far as it could be composed
    even when there are problems, so that later links can still be checked. `hydra` is the hydra node.
    `borrowed` are words of another launch that chooses the same, each with the word of this launch that
    does: the stories of the values tell the other's.
    """

    root: ConfigMap | None
    hydra: ConfigMap | None
    primary: str | None
    primary_siblings: tuple[str, ...]
    choices: tuple[Choice, ...]
    problems: tuple[CompositionProblem, ...]
    unverified: tuple[Unknown, ...]
    files: tuple[str, ...] = field(default=())
    sweep_point: tuple[str, ...] = ()
    borrowed: tuple[tuple[Span, Span], ...] = ()
