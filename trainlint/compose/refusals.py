"""A refused override in, the problem with Hydra's words out."""

from __future__ import annotations

from trainlint.compose.keys import join_key, split_key, whole_number
from trainlint.compose.render import container_text, scalar_text
from trainlint.compose.request import Override, OverrideKind
from trainlint.compose.resolution import Failure, Path
from trainlint.facts.config import (
    CompositionProblem,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    DefaultsListInvalid,
    MergeConflict,
    NeedlessAppend,
    Origin,
    OverrideSyntax,
    UnknownOverrideKey,
    UnresolvedInterpolation,
)
from trainlint.facts.interpolation import InterpolationFault
from trainlint.facts.schema import TypeFacts


def _names(node: ConfigMap) -> tuple[str, ...]:
    return tuple(str(key) for key in node.children)


def unknown_key(override: Override, path: Path, holder: ConfigMap) -> UnknownOverrideKey:
    """The last key of the path is not in the mapping that should hold it."""
    words = (
        f"Could not override '{override.key}'.\nTo append to your config use +{override.text}\n"
        f"Key '{join_key(path[-1:])}' is not in struct\n    full_key: {join_key(path)}\n    object_type=dict"
    )
    if override.kind is not OverrideKind.CHANGE:
        words = f"Error merging override {override.text}\n{words.split(chr(10), 2)[2]}"
    return UnknownOverrideKey(
        override.key_span, words, override.inclusion, join_key(path), join_key(path[-1:]), _names(holder)
    )


def bad_index(override: Override, path: Path, holder: ConfigList) -> UnknownOverrideKey:
    """The last key of the path is no index of the list."""
    part = join_key(path[-1:])
    words = f"Error merging override {override.text}\nlist index out of range"
    if whole_number(part) is None:
        words = f"TypeError: Index '{part}' (str) is not an int"
        if len(path) == len(split_key(override.key)):
            words = f"ValueError: invalid literal for int() with base 10: '{part}'"
    available = tuple(str(index) for index in range(len(holder.items)))
    return UnknownOverrideKey(override.key_span, words, override.inclusion, join_key(path), part, available)


def no_such_group(override: Override) -> DefaultsListInvalid:
    """`group@package=option` where there is no such group."""
    words = (
        f"Override {override.text} looks like a config group override, but config group '{override.key}' "
        "does not exist."
    )
    message = f"there is no config group `{override.key}`"
    return DefaultsListInvalid(override.key_span, words, override.inclusion, message)


def malformed_value(override: Override, fault: InterpolationFault) -> OverrideSyntax:
    """The value holds a `${` that OmegaConf's grammar cannot read."""
    words = f"Error merging override {override.text}\n{fault.message}"
    message = f"the value is not an interpolation that can be read: {fault.message}"
    return OverrideSyntax(override.value_span, words, override.inclusion, override.text, message)


def unresolved(override: Override, failure: Failure) -> UnresolvedInterpolation:
    """Hydra has to resolve the key and cannot."""
    words = f"Error merging override {override.text}\n{failure.words}"
    return UnresolvedInterpolation(
        override.key_span,
        words,
        override.inclusion,
        override.key,
        override.key,
        failure.reason,
        failure.nearest,
    )


def needless_append(override: Override, existing: Origin | None) -> NeedlessAppend:
    """`+` on a key that has a value."""
    words = (
        f"Could not append to config. An item is already at '{override.key}'.\n"
        f"Either remove + prefix: '{override.text[1:]}'\n"
        f"Or add a second + to add or override '{override.key}': '+{override.text}'\n"
    )
    return NeedlessAppend(override.key_span, words, override.inclusion, override.key, existing)


def list_against_mapping(override: Override) -> MergeConflict:
    """A list given for a mapping, or the other way round."""
    words = f"Error merging override {override.text}\nCannot merge DictConfig with ListConfig"
    message = (
        f"`{override.key}` is a mapping and the value a list, or the other way round; they cannot be merged"
    )
    return MergeConflict(override.value_span, words, override.inclusion, override.key, message)


def nothing_to_delete(override: Override, root: ConfigMap) -> UnknownOverrideKey:
    """`~key` of a key that is not there."""
    words = f"Could not delete from config. '{override.key}' does not exist."
    here: ConfigNode | None = root
    missing = override.key
    available: tuple[str, ...] = ()
    for part in override.key.split("."):
        if not isinstance(here, ConfigMap):
            break
        missing, available = part, _names(here)
        if part not in here.children:
            break
        here = here.children[part]
    return UnknownOverrideKey(override.key_span, words, override.inclusion, override.key, missing, available)


def null_to_delete(override: Override) -> MergeConflict:
    """`~key` of a key without a value, which Hydra takes for one that is not there."""
    words = f"Could not delete from config. '{override.key}' does not exist."
    message = f"`{override.key}` has no value (null or `???`), and Hydra deletes only keys that have one"
    return MergeConflict(override.key_span, words, override.inclusion, override.key, message, deletes=True)


def other_value(override: Override, node: ConfigNode) -> MergeConflict:
    """`~key=value` where the key has another value."""
    found = scalar_text(node.value) if isinstance(node, ConfigScalar) else container_text(node)
    given = override.value
    wanted = scalar_text(given.value) if isinstance(given, ConfigScalar) else ""
    if given is not None and not isinstance(given, ConfigScalar):
        wanted = container_text(given)
    words = f"Could not delete from config. The value of '{override.key}' is {found} and not {wanted}."
    message = f"`{override.key}` is {found}, not {wanted}"
    return MergeConflict(override.value_span, words, override.inclusion, override.key, message, deletes=True)


def field_to_delete(override: Override, facts: TypeFacts | None) -> CompositionProblem:
    """`~node.field` where the node is a structured config."""
    name = facts.schema.name if facts is not None and facts.schema is not None else "dict"
    words = f"Error merging override {override.text}\n{name} (DictConfig) does not support deletion"
    message = f"`{override.key}` is a field of `{name}`, and fields of structured configs cannot be deleted"
    return MergeConflict(override.key_span, words, override.inclusion, override.key, message)


def list_item_to_delete(override: Override) -> CompositionProblem:
    """`~list.0`: items of lists cannot be deleted."""
    words = "TypeError: list indices must be integers or slices, not str"
    message = f"`{override.key}` is an item of a list, and Hydra cannot delete those"
    return MergeConflict(override.key_span, words, override.inclusion, override.key, message, deletes=True)
