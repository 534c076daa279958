"""What Hydra refuses of a defaults list in, the problem with Hydra's words out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.compose.choices import Deletion
from trainlint.compose.elements import Decision, Element, Entry, shown_option
from trainlint.compose.hydra_node import EMPTY
from trainlint.compose.repository import LoadedConfig, Repository
from trainlint.facts.config import (
    CompositionProblem,
    ConfigNotFound,
    DefaultNotFound,
    DefaultsListInvalid,
    DuplicateYamlKey,
    Inclusion,
    MissingAppend,
    MissingValue,
    NeedlessAppend,
    Origin,
    YamlSyntax,
)
from trainlint.facts.value import Unknown

#: Groups of Hydra's own that plugins add options to.
PLUGIN_GROUPS = ("hydra/launcher", "hydra/sweeper", "hydra/job_logging", "hydra/hydra_logging")


def doubt(element: Element, repository: Repository) -> Unknown | None:
    """Why a config that was not found may exist all the same; None when Hydra refuses it for certain."""
    path = element.config_path
    if path.startswith("hydra/"):
        reason = (
            f"`{path}` is none of Hydra's own configs; a Hydra plugin that is not installed may supply it"
        )
        return Unknown(reason, element.value_span)
    if repository.doubt is not None:
        reason = f"config `{path}` was not found, but {repository.doubt.reason}"
        return Unknown(reason, element.value_span)
    return None


def not_found(element: Element, repository: Repository) -> CompositionProblem:
    """No place of the search path has the element's config."""
    path, name = element.config_path, str(element.name)
    if element.primary:
        words = f"Cannot find primary config '{path}'. Check that it's in your config search path."
        options = tuple(n for n in repository.options(element.group_path) if n != EMPTY)
        return ConfigNotFound(element.span, words, None, path, repository.searched, options)
    options = repository.options(element.group_path)
    if element.is_group:
        words = f"Could not find '{path}'"
        if options:
            words += f"\n\nAvailable options in '{element.group_path}':\n" + _listed(options)
    else:
        words = f"Could not load '{path}'."
    if element.ancestors:
        words = f"In '{element.ancestors[-1]}': {words}"
    return DefaultNotFound(
        element.value_span, words, _source(element), element.group_path, name, repository.searched, options
    )


def missing_choice(element: Element, repository: Repository) -> CompositionProblem:
    """A group whose option is `???` and that nobody chooses."""
    key = element.override_key
    options = _listed(repository.options(element.group_path))
    words = f"You must specify '{key}', e.g, {key}=<OPTION>\nAvailable options:\n{options}"
    return MissingValue(element.span, words, _source(element), key, True)


def invalid(element: Element, message: str, hydra: str) -> CompositionProblem:
    """A defaults list that Hydra cannot process, at one of its items."""
    return DefaultsListInvalid(element.span, hydra, _source(element), message)


def recursion(element: Element) -> CompositionProblem:
    """A defaults list that comes back to a config above it."""
    path = element.config_path
    above = element.ancestors
    start = len(above) - 1 - above[::-1].index(path) if path in above else 0
    cycle = " → ".join((*above[start:], path)[-6:])
    message = f"the defaults lists go in a circle: {cycle}"
    return invalid(element, message, "RecursionError: maximum recursion depth exceeded")


def duplicate_self(entry: Entry, element: Element, inclusion: Inclusion) -> CompositionProblem:
    """A defaults list with a second `_self_`."""
    hydra = f"Duplicate _self_ defined in {element.config_path}"
    return DefaultsListInvalid(entry.span, hydra, inclusion, "`_self_` stands twice in this defaults list")


def override_first(last: Element, child: Element) -> CompositionProblem:
    """An ordinary item behind an `override` one."""
    key, name = last.override_key, shown_option(last.value)
    here = f"{child.override_key}: {shown_option(child.value)}"
    hydra = (
        f"In {child.ancestors[-1]}: Override '{key} : {name}' is defined before '{here}'.\n"
        "Overrides must be at the end of the defaults list"
    )
    message = f"`{child.entry.label}` stands behind an `override` item, which must come last"
    return invalid(child, message, hydra)


def override_below_interpolation(child: Element) -> CompositionProblem:
    """An `override` item in a config that an interpolated option brought in."""
    hydra = (
        f"{child.ancestors[-1]}: Default List Overrides are not allowed in the subtree\n"
        f"of an in interpolated config group (override {child.override_key}={shown_option(child.value)})."
    )
    return invalid(child, "an `override` item below an interpolated option is not allowed", hydra)


def interpolated_list(child: Element, element: Element) -> CompositionProblem:
    """A list of options with an interpolation in it."""
    hydra = f"In '{element.config_path}': Defaults List interpolation is not supported in options list items"
    return invalid(child, "interpolations are not supported in a list of options", hydra)


def conflicting_choice(element: Element, previous: Element) -> CompositionProblem:
    """A group that is set to different options at two places."""
    key, option = element.override_key, shown_option(previous.value)
    hydra = f"Multiple values for {key}. To override a value use 'override {key}: {option}'"
    if previous.entry.external and not element.entry.external:
        return _needless(previous, element, hydra)
    # Hydra walks from the end of the list; a person looks for the second choice where it was brought in.
    first, second = element, previous
    if len(element.ancestors) > len(previous.ancestors):
        first, second = previous, element
    message = (
        f"`{key}` is already set to `{shown_option(first.value)}` in {first.span.file}:{first.span.line}; "
        f"a second choice needs `override /{key}: {shown_option(second.value)}`"
    )
    return invalid(second, message, hydra)


def duplicate(element: Element, previous: Element) -> CompositionProblem:
    """A group choice that stands twice in the final list; `element` is the later one."""
    key = element.override_key
    hydra = f"{key} appears more than once in the final defaults list"
    if element.entry.external and not previous.entry.external:
        return _needless(element, previous, hydra)
    return invalid(element, f"`{key}` is chosen twice", hydra)


def _needless(appended: Element, listed: Element, hydra: str) -> CompositionProblem:
    """A `+group=option` for a group that a defaults list has already."""
    inclusion = listed.inclusion(None)
    existing = Origin(listed.value_span, inclusion.span, inclusion)
    inclusion = appended.inclusion(None)
    return NeedlessAppend(appended.span, hydra, inclusion, appended.override_key, existing, is_group=True)


def unused_override(key: str, decision: Decision, others: set[str]) -> CompositionProblem:
    """An override of a group that no defaults list has."""
    option = shown_option(decision.value)
    if others:
        hint = f"Did you mean to override {_one_of(others)}?"
        words = f"Could not override '{key}'.\n{hint}"
    else:
        words = f"Could not override '{key}'. No match in the defaults list."
    if decision.config is not None:
        words = f"In '{decision.config}': {words}"
    else:
        words += f"\nTo append to your default list use +{key}={option}"
        if not others:
            return MissingAppend(decision.span, words, None, key, option)
    nearest = f"; there is `{'`, `'.join(sorted(others))}`" if others else ""
    message = f"no defaults list has `{key}` to override{nearest}"
    return DefaultsListInvalid(decision.span, words, decision.parent, message)


def unused_deletion(key: str, deletion: Deletion) -> CompositionProblem:
    """A deletion of a group choice that no defaults list has."""
    shown = key if deletion.option is None else f"{key}={deletion.option}"
    hydra = f"Could not delete '{shown}'. No match in the defaults list"
    message = f"no defaults list has `{shown}` to delete"
    return DefaultsListInvalid(deletion.override.span, hydra, None, message)


def text_problems(loaded: LoadedConfig, element: Element) -> Iterator[CompositionProblem]:
    """What Hydra refuses of the config's own text."""
    inclusion = element.inclusion(loaded.file, loaded.place)
    if loaded.text is None:
        return
    for problem in loaded.text.problems:
        yield YamlSyntax(problem.span, problem.hydra or problem.message, inclusion, problem.message)
    for twice in loaded.text.duplicates:
        words = f"found duplicate key {twice.key}" if twice.refused else ""
        yield DuplicateYamlKey(twice.span, words, inclusion, twice.key, twice.first, twice.refused)
    for trouble in loaded.troubles:
        yield DefaultsListInvalid(trouble.span, trouble.hydra, inclusion, trouble.message)


def _source(element: Element) -> Inclusion | None:
    """How the text came in that chose the element's option."""
    return element.inclusion(None).parent


def _one_of(keys: set[str]) -> str:
    names = sorted(keys)
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"


def _listed(options: tuple[str, ...]) -> str:
    return "\n".join(f"\t{option}" for option in options)
