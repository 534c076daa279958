"""A text that names a class or function in, where it leads out: found, broken and why, or not to be told."""

from __future__ import annotations

import difflib
import sys
from dataclasses import field
from functools import cached_property
from importlib import import_module

from trainlint.chain.callables import Unclear, callability
from trainlint.chain.imports import External, Found, Missing, Place, Resolver
from trainlint.chain.members import find_member
from trainlint.chain.names import Bound, Named, NameMissing, Unfollowed, find_name
from trainlint.chain.spelling import Spelling, no_module
from trainlint.chain.target_policy import Policy, read_policy
from trainlint.facts.target import (
    MalformedTarget,
    ModuleNotFound,
    NameNotFound,
    NotCallable,
    RefusedTarget,
    TargetProblem,
    TargetVia,
)
from trainlint.record import record, state
from trainlint.source import Span

#: Top-level modules that Hydra's target policy speaks of.
_POLICED = sys.stdlib_module_names | {"yaml", "dill", "cloudpickle"}


@record
class Location:
    """Where a text leads.

    Without `problem` and `reason` it was found: `bound` is the definition. `modules` are those that were
    imported on the way, in order.
    """

    module: str
    name: str
    problem: TargetProblem | None = None
    reason: str | None = None
    bound: Bound | None = None
    modules: tuple[Found, ...] = ()

    @property
    def is_found(self) -> bool:
        """Whether the class or function is there."""
        return self.problem is None and self.reason is None


@state
class Locator:
    """Follows the names of one import path, each text once."""

    resolver: Resolver
    _located: dict[tuple[str, Spelling], Location] = field(default_factory=dict)

    def locate(self, text: str, spelling: Spelling) -> Location:
        """Where a text leads in a spelling."""
        key = (text, spelling)
        if key not in self._located:
            self._located[key] = self._locate(text, spelling)
        return self._located[key]

    def _locate(self, text: str, spelling: Spelling) -> Location:
        malformed = _malformed(text, spelling)
        if malformed is not None:
            return Location("", text, problem=malformed)
        if spelling.via is TargetVia.LOADER:
            return self._by_loader(text, spelling)
        if spelling.via is TargetVia.INSTANTIATE and text.partition(".")[0] in _POLICED:
            return self._by_policy(text, spelling)
        return self._by_dots(text, spelling)

    def _by_policy(self, text: str, spelling: Spelling) -> Location:
        """Hydra's policy is asked before anything is imported."""
        refusal, doubt = self.policy.refusal(text), self.policy.doubt(text)
        if refusal is not None:
            return Location("", text, problem=RefusedTarget(refusal))
        return Location("", text, reason=doubt) if doubt else self._by_dots(text, spelling)

    @cached_property
    def policy(self) -> Policy:
        """What the installed Hydra refuses."""
        return read_policy(self.resolver)

    def _by_loader(self, text: str, spelling: Spelling) -> Location:
        """`import_module(prefix + module)`, then `getattr(module, name)`."""
        part, _, name = text.rpartition(spelling.separator)
        dotted = spelling.prefix + part
        module = self.resolver.find_module(dotted)
        if not isinstance(module, Found):
            return self._no_module(text, dotted, name, module, spelling)
        imported = self._with_parents(module)
        return self._ending(find_name(self.resolver, module, name), imported, name, text, spelling)

    def _by_dots(self, text: str, spelling: Spelling) -> Location:
        """Attribute after attribute from the first module on, a submodule where there is no attribute."""
        head, *rest = text.split(".")
        module = self.resolver.find_module(head)
        if not rest and spelling.wants != "anything":
            return self._bare(text, module, spelling)
        if not isinstance(module, Found):
            return self._no_module(text, head, ".".join(rest), module, spelling)
        modules = [module]
        for position, part in enumerate(rest):
            found = self._step(modules[-1], part, last=position == len(rest) - 1)
            if isinstance(found, Found):
                modules.append(found)
                continue
            return self._ending(found, tuple(modules), ".".join(rest[position:]), text, spelling)
        return self._ending(modules[-1], tuple(modules), "", text, spelling)

    def _step(self, module: Found, part: str, last: bool) -> Named:
        # Packages from elsewhere are large and do not hide their own submodules: no need to read them.
        if not last and module.place is not Place.FIRST_PARTY:
            below = self.resolver.find_module(f"{module.name}.{part}") if module.directories else None
            if isinstance(below, Found):
                return below
        return find_name(self.resolver, module, part)

    def _ending(
        self, found: Named, modules: tuple[Found, ...], name: str, text: str, spelling: Spelling
    ) -> Location:
        """The verdict once modules are behind: a definition with attributes, or why there is none."""
        module = modules[-1]
        attributes = name.split(".")[1:] if spelling.via is not TargetVia.LOADER else []
        if isinstance(found, Bound):
            for attribute in attributes:
                owner = found
                found = find_member(self.resolver, owner, attribute)
                if isinstance(found, NameMissing):
                    return _no_member(owner, attribute, found, name, text, spelling, modules)
                if not isinstance(found, Bound):
                    break
        if isinstance(found, Bound):
            return _judged(found, modules, name, text, spelling)
        if isinstance(found, Found):
            return self._is_module(found, modules, text, spelling)
        if isinstance(found, Unfollowed):
            reason = None if _is_built_in(module.name, name) else found.reason
            return Location(module.name, name, reason=reason, modules=modules)
        if attributes and module.directories:
            missing = self.resolver.find_module(f"{module.name}.{found.name}")
            return self._no_module(text, module.name, name, missing, spelling)
        runtime = spelling.no_name(text, module.name, found.name, bool(module.directories))
        problem = NameNotFound(
            module.name, self._shown(module), found.name, found.available, found.nearest, runtime
        )
        return Location(module.name, name, problem=problem, modules=modules)

    def _no_module(
        self, text: str, dotted: str, name: str, missing: Found | Missing | External, spelling: Spelling
    ) -> Location:
        if isinstance(missing, Missing) and missing.doubt is None:
            plain = None if missing.parent.directories else missing.parent.name
            runtime = spelling.failure(text, no_module(missing.missing, plain))
            problem = ModuleNotFound(missing.missing, missing.searched, missing.nearest, runtime)
            return Location(dotted, name, problem=problem, modules=self._with_parents(missing.parent))
        if isinstance(missing, Missing):
            return Location(dotted, name, reason=missing.doubt)
        reason = (
            missing.reason if isinstance(missing, External) else f"`{missing.name}` could not be followed"
        )
        return Location(dotted, name, reason=f"{reason}{self._near_top_level(dotted)}")

    def _bare(self, text: str, module: Found | Missing | External, spelling: Spelling) -> Location:
        """A name without dots can only be a module, and a module is no target."""
        doubt = self.resolver.unread(module) if isinstance(module, Found) else None
        if isinstance(module, Found):
            return (
                Location(text, "", reason=doubt)
                if doubt
                else self._is_module(module, (module,), text, spelling)
            )
        runtime = spelling.failure(text, no_module(text))
        return Location(
            "", text, problem=MalformedTarget(f"`{text}` names no module in front of it", runtime)
        )

    def _is_module(self, found: Found, modules: tuple[Found, ...], text: str, spelling: Spelling) -> Location:
        if spelling.wants == "anything":
            return Location(found.name, "", modules=modules)
        place = Span.at(self._shown(found))
        problem = NotCallable(found.name, "a module", place, spelling.no_call(text, "module"))
        return Location(found.name, "", problem=problem, modules=modules)

    def _near_top_level(self, dotted: str) -> str:
        """A hint at a first-party package whose name is nearly the one that is not installed."""
        top = dotted.partition(".")[0]
        files = self.resolver.files
        names = {
            name.removesuffix(".py") for folder in self.resolver.import_path for name in files.entries(folder)
        }
        close = difflib.get_close_matches(top, sorted(names - {top}), n=1, cutoff=0.8)
        return f"; `{close[0]}` of the project is nearly the same name" if close else ""

    def _with_parents(self, module: Found) -> tuple[Found, ...]:
        parts = module.name.split(".")
        names = (".".join(parts[:end]) for end in range(1, len(parts)))
        parents = (self.resolver.find_module(name) for name in names)
        return (*(parent for parent in parents if isinstance(parent, Found)), module)

    def _shown(self, module: Found) -> str:
        place = module.path or (module.directories[0] if module.directories else None)
        return self.resolver.files.display(place) if place is not None else module.name


def _malformed(text: str, spelling: Spelling) -> MalformedTarget | None:
    if spelling.via is TargetVia.LOADER:
        return _malformed_pair(text, spelling.separator)
    if not text:
        return MalformedTarget(
            "the name of the target is empty", spelling.failure(text, "ImportError: Empty path")
        )
    if any(not part for part in text.split(".")):
        cause = f"ValueError: Error loading '{text}': invalid dotstring. Relative imports are not supported."
        return MalformedTarget(f"`{text}` has an empty part between its dots", spelling.failure(text, cause))
    odd = next((mark for mark in (" ", "\t", "\n", "@", ":", "/", "\\") if mark in text), None)
    if odd is None:
        return None
    what = "white space" if odd.isspace() else f"`{odd}`"
    cause = no_module(text.partition(".")[0] if odd in text.partition(".")[0] else text)
    return MalformedTarget(f"`{text}` has {what} in it and is no dotted name", spelling.failure(text, cause))


def _malformed_pair(text: str, separator: str) -> MalformedTarget | None:
    """A dot separates at its last place; any other separator stands once."""
    parts = text.split(separator) if separator != "." else text.rsplit(".", 1)
    if len(parts) < 2:
        cause = "ValueError: not enough values to unpack (expected 2, got 1)"
        return MalformedTarget(f"`{text}` has no `{separator}` between module and class", cause)
    if len(parts) > 2:
        cause = "ValueError: too many values to unpack (expected 2)"
        return MalformedTarget(f"`{text}` has more than one `{separator}`", cause)
    module, name = parts
    if not name or not all(module.split(".")) or any(character.isspace() for character in text):
        cause = no_module(module) if module and name else "ValueError: Empty module name"
        return MalformedTarget(f"`{text}` does not name a module and a class", cause)
    return None


def _judged(found: Bound, modules: tuple[Found, ...], name: str, text: str, spelling: Spelling) -> Location:
    module = modules[-1].name
    against = callability(found.definition, spelling.wants)
    if against is None:
        return Location(module, name, bound=found, modules=modules)
    if isinstance(against, Unclear):
        return Location(module, name, reason=against.reason, bound=found, modules=modules)
    runtime = spelling.no_call(text, against.type_name)
    problem = NotCallable(found.definition.name, against.words, found.definition.span, runtime)
    return Location(module, name, problem=problem, bound=found, modules=modules)


def _is_built_in(module: str, name: str) -> bool:
    """Whether a module of Python itself, whose text may not show it whole, has such a callable."""
    if module in sys.builtin_module_names:
        return callable(getattr(import_module(module), name, None))
    known = sys.modules.get(module) if module.partition(".")[0] in sys.stdlib_module_names else None
    return callable(getattr(known, name, None))


def _no_member(
    owner: Bound,
    attribute: str,
    missing: NameMissing,
    name: str,
    text: str,
    spelling: Spelling,
    modules: tuple[Found, ...],
) -> Location:
    cause = f"AttributeError: type object '{owner.definition.name}' has no attribute '{attribute}'"
    close = difflib.get_close_matches(attribute, missing.available, n=1)
    problem = NameNotFound(
        f"{owner.module.name}.{owner.definition.name}",
        owner.facts.display,
        attribute,
        missing.available,
        close[0] if close else None,
        spelling.failure(text, cause),
    )
    return Location(modules[-1].name, name, problem=problem, modules=modules)
