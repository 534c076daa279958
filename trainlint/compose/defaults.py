"""A primary config and group choices in, the configs to merge in order (with how each came in) out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from trainlint.compose import defaults_refusals as refusals
from trainlint.compose.choices import Choices
from trainlint.compose.elements import (
    IMPLICIT_SELF,
    MISSING,
    Decision,
    Element,
    Entry,
    Option,
    header_package,
    place,
)
from trainlint.compose.gaps import Gap, gap_of
from trainlint.compose.known import UnresolvedChoice, resolve_choice
from trainlint.compose.repository import LoadedConfig, Repository
from trainlint.facts.config import Choice, CompositionProblem, Inclusion
from trainlint.facts.value import Known, Unknown
from trainlint.record import entity, record

#: Hydra's own recursion ends at about this depth in a RecursionError.
MAX_DEPTH = 150
#: A config that takes part this often above itself never ends.
MAX_REPEATS = 8
#: No real defaults list comes near; a list that doubles at each level does.
MAX_CONFIGS = 5_000


@record
class Part:
    """One config to merge: `package` is where its content goes, `leaf` the group choice that named it."""

    config: LoadedConfig
    package: str
    primary: bool
    inclusion: Inclusion
    leaf: Element | None = None


@record
class DefaultsList:
    """The final defaults list, and what is wrong with it or not known of it."""

    parts: tuple[Part, ...]
    choices: tuple[Choice, ...]
    problems: tuple[CompositionProblem, ...]
    unverified: tuple[Unknown, ...]
    gaps: tuple[Gap, ...]


@entity
class _Walk:
    """The state of one walk over the tree of defaults lists."""

    repository: Repository
    overrides: Choices
    skip_missing: bool
    decisions: dict[str, Decision]
    unused: dict[str, Decision]
    pending: dict[int, Choice] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    problems: list[CompositionProblem] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    known: dict[str, Option] = field(default_factory=dict)
    keys_of_group: dict[str, set[str]] = field(default_factory=dict)
    chosen: dict[str, Element] = field(default_factory=dict)
    conflicting: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    visited: int = 0
    stopped: bool = False


def build_defaults_list(
    roots: Iterable[Element], repository: Repository, overrides: Choices, skip_missing: bool
) -> DefaultsList:
    """The final defaults list of the root configs, expanded from the last to the first as Hydra does."""
    decisions = dict(overrides.decisions)
    walk = _Walk(repository, overrides, skip_missing, decisions, dict(decisions))
    lists = [_expand(walk, root, False) for root in reversed(list(roots))]
    parts = [part for found in reversed(lists) for part in found]
    _check_duplicates(walk, parts)
    if not any(gap.choices for gap in walk.gaps):
        _check_unused(walk)
    return DefaultsList(
        tuple(parts),
        tuple(reversed(walk.choices)),
        tuple(walk.problems),
        tuple(walk.unverified),
        tuple(walk.gaps),
    )


def _expand(walk: _Walk, element: Element, interpolated: bool) -> list[Part]:
    """The parts that an element brings in, in merge order; its choice is noted behind those below it."""
    parts = _parts(walk, element, interpolated)
    choice = walk.pending.pop(id(element), None)
    if choice is not None:
        walk.choices.append(choice)
    return parts


def _parts(walk: _Walk, element: Element, interpolated: bool) -> list[Part]:
    if walk.stopped or _ends_here(walk, element):
        return []
    loaded = _load(walk, element)
    if loaded is None:
        return []
    inclusion = element.inclusion(loaded.file, loaded.place)
    children = _children(walk, element, loaded, inclusion)
    _register_overrides(walk, children, inclusion, interpolated)
    if all(child.override and not child.entry.is_self for child in children):
        leaf = element if element.is_group else None
        return [Part(loaded, element.final_package(), element.primary, inclusion, leaf)]
    own = Part(loaded, element.final_package(), element.primary, inclusion)
    return _expand_children(walk, element, own, children, interpolated)


def _ends_here(walk: _Walk, element: Element) -> bool:
    """Whether nothing more is to be read for the element: unknown, deleted, switched off, missing."""
    if isinstance(element.value, Unknown):
        walk.unverified.append(element.value)
        walk.gaps.append(gap_of(element, walk.repository, element.value))
        _choose(walk, element, None)
        return True
    found = None
    if element.name is not None and element.name != MISSING:
        found = walk.repository.load(element.config_path)
        element.header = header_package(element, found.header) if found else None
    if element.is_group:
        deletion = walk.overrides.deletions.get(element.override_key)
        if deletion is not None and deletion.option in (None, element.name):
            walk.deleted.add(element.override_key)
            return True
        _choose(walk, element, found)
    if element.name is None:
        return True
    if not element.config_path.endswith(MISSING):
        return _endless(walk, element)
    reason = Unknown(f"no option is chosen for `{element.group_path}`", element.span)
    walk.gaps.append(gap_of(element, walk.repository, reason))
    if not walk.skip_missing:
        walk.problems.append(refusals.missing_choice(element, walk.repository))
    return True


def _endless(walk: _Walk, element: Element) -> bool:
    """Whether the walk has to stop here since the tree has no end."""
    walk.visited += 1
    repeats = element.ancestors.count(element.config_path)
    if repeats < MAX_REPEATS and len(element.ancestors) < MAX_DEPTH:
        if walk.visited <= MAX_CONFIGS:
            return False
        reason = f"the defaults list takes in more than {MAX_CONFIGS} configs"
        walk.unverified.append(Unknown(reason, element.span))
    else:
        walk.problems.append(refusals.recursion(element))
    walk.stopped = True
    walk.gaps.append(Gap("", Unknown("the defaults list never ends", element.span), True))
    return True


def _load(walk: _Walk, element: Element) -> LoadedConfig | None:
    """The element's config; where there is none, why is noted."""
    repository = walk.repository
    loaded = repository.load(element.config_path)
    if loaded is not None:
        if loaded.path not in walk.reported:
            walk.reported.add(loaded.path)
            walk.problems += refusals.text_problems(loaded, element)
        if loaded.unreadable is not None:
            reason = Unknown(f"`{loaded.file}` cannot be read: {loaded.unreadable}", element.span)
            walk.unverified.append(reason)
            walk.gaps.append(gap_of(element, repository, reason))
        elif loaded.text is not None and loaded.text.problems:
            reason = Unknown(f"`{loaded.file}` is no config", element.span)
            walk.gaps.append(Gap(element.final_package(), reason, True))
        if loaded.hidden is not None:
            walk.unverified.append(loaded.hidden)
            walk.gaps.append(Gap("", loaded.hidden, True))
        return None if loaded.unreadable else loaded
    if element.entry.optional:
        return None
    doubt = refusals.doubt(element, repository)
    if doubt is None:
        walk.problems.append(refusals.not_found(element, repository))
    else:
        walk.unverified.append(doubt)
    reason = doubt or Unknown(f"config `{element.config_path}` was not found", element.value_span)
    walk.gaps.append(gap_of(element, repository, reason))
    return None


def _children(walk: _Walk, element: Element, loaded: LoadedConfig, inclusion: Inclusion) -> list[Element]:
    """The items of the element's own defaults list, the implied `_self_` and appended groups with them."""
    entries = list(loaded.entries)
    appends = walk.overrides.appends if element.primary else ()
    if entries or appends:
        selves = [entry for entry in entries if entry.is_self]
        if len(selves) > 1:
            walk.problems.append(refusals.duplicate_self(selves[1], element, inclusion))
            entries = [entry for entry in entries if entry not in selves[1:]]
        if not entries or (not selves and any(not entry.override for entry in entries)):
            entries.append(IMPLICIT_SELF)
    base, package = element.group_path, element.final_package()
    children = [place(entry, base, package, inclusion, element.legacy) for entry in (*entries, *appends)]
    for child in children:
        child.ancestors = (*element.ancestors, element.config_path)
        child.override |= element.legacy and (child.entry.group or "").startswith("hydra/")
    return children


def _register_overrides(
    walk: _Walk, children: list[Element], inclusion: Inclusion, interpolated: bool
) -> None:
    """Note what `override` items decide; the first decision for a group stays."""
    last: Element | None = None
    for child in children:
        if child.entry.is_self:
            continue
        if last is not None and not (child.override or child.entry.external):
            walk.problems.append(refusals.override_first(last, child))
            last = None
        if not (child.is_group and child.override):
            continue
        if child.entry.override:
            last = child
        if interpolated:
            walk.problems.append(refusals.override_below_interpolation(child))
        elif child.override_key not in walk.decisions:
            entry = child.entry
            above = child.ancestors[-1]
            decision = Decision(entry.value, entry.label, entry.span, entry.value_span, inclusion, above)
            walk.decisions[child.override_key] = walk.unused[child.override_key] = decision


def _expand_children(
    walk: _Walk, element: Element, own: Part, children: list[Element], interpolated: bool
) -> list[Part]:
    """The parts of all items, from the last to the first; interpolated options when all others are known."""
    found: list[list[Part]] = []
    deferred: list[tuple[int, Element]] = []
    for child in reversed(children):
        if child.entry.is_self:
            found.append([own])
            continue
        if child.override:
            continue
        _decide(walk, child)
        if isinstance(child.value, tuple):
            found += _expand_options(walk, element, child, interpolated)
        elif _is_interpolation(child):
            deferred.append((len(found), child))
            found.append([])
        else:
            found.append(_expand(walk, child, interpolated))
    if deferred:
        listed = _listed(children)
        for index, child in deferred:
            found[index] = _expand_interpolated(walk, child, listed)
    return [part for parts in reversed(found) for part in parts]


def _decide(walk: _Walk, child: Element) -> None:
    if child.is_group and child.override_key in walk.decisions:
        key = child.override_key
        child.decision = walk.decisions[key]
        child.value = child.decision.value
        walk.unused.pop(key, None)


def _expand_options(walk: _Walk, element: Element, child: Element, interpolated: bool) -> list[list[Part]]:
    """A list of options: each is a config of its own, the last first."""
    assert isinstance(child.value, tuple)
    found = []
    spans = () if child.decision else child.entry.option_spans
    for index, name in reversed(list(enumerate(child.value))):
        if "${" in name:
            walk.problems.append(refusals.interpolated_list(child, element))
            continue
        span = spans[index] if index < len(spans) else child.value_span
        entry = Entry(
            None, f"{child.entry.group}/{name}", child.package, child.span, span, child.entry.optional
        )
        option = place(entry, child.base, child.parent_package, child.parent, child.legacy)
        option.ancestors, option.decision = child.ancestors, child.decision
        _note_choice(walk, option, name, walk.repository.load(option.config_path))
        found.append(_expand(walk, option, interpolated))
    return found


def _expand_interpolated(walk: _Walk, child: Element, listed: list[str | Mapping[str, Option]]) -> list[Part]:
    text = child.value if child.is_group else child.config_path
    assert isinstance(text, str)
    if child.is_group and not child.legacy and _is_old_form(text):
        hydra = (
            f"Defaults list element '{child.override_key}={text}' is using a deprecated interpolation form."
        )
        walk.problems.append(refusals.invalid(child, f"`{text}` is an interpolation of Hydra 1.0", hydra))
        return []
    resolved = resolve_choice(text, walk.known, listed, child.value_span)
    if isinstance(resolved, UnresolvedChoice):
        message = f"the option `{text}` cannot be resolved from the choices made"
        walk.problems.append(refusals.invalid(child, message, resolved.hydra))
        reason = Unknown(f"`{text}` cannot be resolved", child.span)
        walk.gaps.append(gap_of(child, walk.repository, reason))
        return []
    child.value = resolved
    return _expand(walk, child, True)


def _is_interpolation(child: Element) -> bool:
    return isinstance(child.value, str) and "${" in (child.value if child.is_group else child.config_path)


def _is_old_form(text: str) -> bool:
    """Whether it starts with `${defaults.N.`, a digit for N."""
    return text.startswith("${defaults.") and text[11:12].isdecimal() and text[12:13] == "."


def _listed(children: list[Element]) -> list[str | Mapping[str, Option]]:
    listed: list[str | Mapping[str, Option]] = []
    for child in children:
        if child.entry is IMPLICIT_SELF:
            continue
        if child.is_group:
            listed.append({child.override_key: child.value})
        else:
            listed.append(child.config_path)
    return listed


def _choose(walk: _Walk, element: Element, loaded: LoadedConfig | None) -> None:
    """Note the choice; two different ones for the same key are refused."""
    key, value = element.override_key, element.value
    walk.keys_of_group.setdefault(element.group_path, set()).add(key)
    previous = walk.chosen.setdefault(key, element)
    if previous is element:
        walk.known[key] = value
        _note_choice(walk, element, value, loaded)
    elif (
        previous.value != value and not isinstance(previous.value, Unknown) and not isinstance(value, Unknown)
    ):
        walk.problems.append(refusals.conflicting_choice(element, previous))
        walk.conflicting.add(key)


def _note_choice(walk: _Walk, element: Element, value: Option, loaded: LoadedConfig | None) -> None:
    assert not isinstance(value, tuple)
    group = element.group_path
    option = value if isinstance(value, Unknown) else Known(value, element.value_span)
    file = loaded.file if loaded else None
    siblings = tuple(name for name in walk.repository.options(group) if name != value)
    inclusion = element.inclusion(file, loaded.place if loaded else None)
    package = element.final_package(use_header=False)
    listed = not element.is_group
    walk.pending[id(element)] = Choice(group, package, option, inclusion, file, siblings, listed)


def _check_duplicates(walk: _Walk, parts: list[Part]) -> None:
    seen: dict[str, Element] = {}
    for part in parts:
        if part.leaf is None:
            continue
        key = part.leaf.override_key
        previous = seen.setdefault(key, part.leaf)
        if previous is not part.leaf and key not in walk.conflicting:
            walk.problems.append(refusals.duplicate(part.leaf, previous))


def _check_unused(walk: _Walk) -> None:
    for key, decision in walk.unused.items():
        group, _, package = key.partition("@")
        others = walk.keys_of_group.get(group, set())
        walk.problems.append(refusals.unused_override(key, decision, others))
        reason = Unknown(f"`{key}` is in no defaults list", decision.span)
        walk.gaps.append(Gap(package or group.replace("/", "."), reason, True))
    for key, deletion in walk.overrides.deletions.items():
        if key not in walk.deleted:
            walk.problems.append(refusals.unused_deletion(key, deletion))
