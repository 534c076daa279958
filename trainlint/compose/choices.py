"""Overrides in, those that choose config groups apart from those that set config values out."""

from __future__ import annotations

from trainlint.compose.elements import Decision, Entry, Option
from trainlint.compose.repository import Repository
from trainlint.compose.request import Override, OverrideKind
from trainlint.facts.config import (
    CompositionProblem,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    DefaultsListInvalid,
    DuplicateOverride,
)
from trainlint.record import record
from trainlint.source import Span


@record
class Deletion:
    """A `~group` or `~group=option`."""

    option: str | None
    override: Override


@record
class Choices:
    """What the command line asks of the defaults list, and the overrides that are left for the config.

    `identity` tells apart launches whose defaults lists may differ.
    """

    decisions: dict[str, Decision]
    appends: tuple[Entry, ...]
    deletions: dict[str, Deletion]
    settings: tuple[Override, ...]
    problems: tuple[CompositionProblem, ...]
    identity: tuple[tuple[str, Span], ...]


def key_element(override: Override) -> str:
    """The key of an override with its package, without the prefix."""
    return override.key if override.package is None else f"{override.key}@{override.package}"


def sort_overrides(overrides: tuple[Override, ...], repository: Repository) -> Choices:
    """Tell group choices from config settings as Hydra does: by whether the group exists."""
    decisions: dict[str, Decision] = {}
    deletions: dict[str, Deletion] = {}
    appends: list[Entry] = []
    settings: list[Override] = []
    problems: list[CompositionProblem] = []
    identity: list[tuple[str, Span]] = []
    for override in overrides:
        if override.sweep_kind is not None:
            continue
        if isinstance(override.value, ConfigMap) or not repository.has_group(override.key):
            settings.append(override)
            continue
        identity.append((override.text, override.span))
        key = key_element(override)
        refused = _refusal(override)
        if refused is not None:
            message = f"`{override.key}` is a config group, and {refused.reason}"
            place = override.span
            problems.append(DefaultsListInvalid(place, refused.hydra, override.inclusion, message))
        elif override.kind is OverrideKind.DELETE:
            option = _option(override.value)
            deletions[key] = Deletion(option if isinstance(option, str) else None, override)
        elif override.kind is OverrideKind.ADD:
            appends.append(_append(override))
        else:
            if key in decisions:
                problems.append(_repeated(override, key, decisions[key]))
            decisions[key] = _decision(override)
    return Choices(decisions, tuple(appends), deletions, tuple(settings), tuple(problems), tuple(identity))


def _repeated(override: Override, key: str, first: Decision) -> CompositionProblem:
    return DuplicateOverride(override.key_span, "", override.inclusion, key, first.span)


@record
class _Refusal:
    """Why Hydra refuses a group override, in its words and in plain ones."""

    hydra: str
    reason: str


def _refusal(override: Override) -> _Refusal | None:
    """Why Hydra refuses the form of a group override, None when it does not."""
    if override.kind is OverrideKind.FORCE_ADD:
        hydra = f"force-add of config groups is not supported: '{override.text}'"
        return _Refusal(hydra, "`++` does not work on groups: write `+` to append, or no prefix to choose")
    value = override.value
    if value is None or isinstance(value, ConfigUnknown):
        return None
    if override.kind is OverrideKind.DELETE:
        if isinstance(value, ConfigScalar) and (value.value is None or isinstance(value.value, str)):
            return None
        hydra = f"Config group override deletion value must be a string : {override.text}"
        return _Refusal(hydra, "the option to delete must be its name")
    if isinstance(value, ConfigScalar) and isinstance(value.value, str):
        return None
    if isinstance(value, ConfigList) and all(_is_name(item) for item in value.items):
        return None
    found = type(value.value).__name__ if isinstance(value, ConfigScalar) else "list"
    hydra = f"Config group override must be a string or a list. Got {found}"
    return _Refusal(hydra, "its option must be a name or a list of names")


def _is_name(node: ConfigNode) -> bool:
    return isinstance(node, ConfigUnknown) or (isinstance(node, ConfigScalar) and isinstance(node.value, str))


def _option(value: ConfigNode | None) -> Option:
    if isinstance(value, ConfigUnknown):
        return value.unknown
    if isinstance(value, ConfigScalar):
        return value.value if isinstance(value.value, str) else None
    if isinstance(value, ConfigList):
        names = []
        for item in value.items:
            if isinstance(item, ConfigUnknown):
                return item.unknown
            if isinstance(item, ConfigScalar) and isinstance(item.value, str):
                names.append(item.value)
        return tuple(names)
    return None


def _append(override: Override) -> Entry:
    option = _option(override.value)
    return Entry(override.key, option, override.package, override.span, override.value_span, external=True)


def _decision(override: Override) -> Decision:
    return Decision(_option(override.value), override.text, override.span, override.value_span)
