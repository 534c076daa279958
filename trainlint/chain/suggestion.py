"""A broken target in, the text that was probably meant out: only one that surely leads somewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.chain.imports import Found, Place
from trainlint.chain.locate import Location, Locator
from trainlint.chain.spelling import Spelling
from trainlint.facts.module import DefinitionKind
from trainlint.facts.target import MalformedTarget, ModuleNotFound, NameNotFound, NotCallable, TargetVia
from trainlint.regex import regex

_ODD = regex(r"[@:/\\\s]+")
#: Modules beside the one that was named which are read in search of the class.
_MAX_NEIGHBOURS = 40


def suggestion(locator: Locator, text: str, spelling: Spelling, broken: Location) -> str | None:
    """The nearest text that is found, None when there is none."""
    for candidate in _candidates(locator, text, spelling, broken):
        if candidate is not None and candidate != text and locator.locate(candidate, spelling).is_found:
            return candidate
    return None


def _candidates(locator: Locator, text: str, spelling: Spelling, broken: Location) -> Iterator[str | None]:
    problem = broken.problem
    if isinstance(problem, MalformedTarget):
        yield from _respelled(text, spelling)
    elif isinstance(problem, ModuleNotFound):
        rest = broken.module.removeprefix(problem.missing)
        if problem.nearest:
            yield _spelled(spelling, problem.nearest + rest, broken.name, problem.nearest)
        parent = problem.missing.rpartition(".")[0]
        yield spelling.spell(parent, broken.name)
        yield from _elsewhere(locator, spelling, parent, broken.name)
    elif isinstance(problem, NameNotFound):
        if problem.nearest:
            yield text[: -len(broken.name)] + broken.name.replace(problem.name, problem.nearest, 1)
        yield from _elsewhere(locator, spelling, problem.module.rpartition(".")[0], broken.name)
        yield from _elsewhere(locator, spelling, problem.module, broken.name)
    elif isinstance(problem, NotCallable) and problem.found == "a module":
        yield _main_class(locator, spelling, broken.module)


def _respelled(text: str, spelling: Spelling) -> Iterator[str | None]:
    if spelling.via is TargetVia.LOADER:
        parts = [part for part in _ODD.split(text.strip()) if part]
        yield spelling.separator.join(parts)
        module, _, name = text.strip().rpartition(".")
        yield f"{module}{spelling.separator}{name}"
        return
    yield _ODD.sub(".", text.strip()).replace(".py.", ".").strip(".")
    yield f"builtins.{text}"


def _spelled(spelling: Spelling, module: str, name: str, nearest: str) -> str | None:
    """The text for a module put right; with dots, the missing part may have been any of them."""
    if spelling.via is TargetVia.LOADER:
        return spelling.spell(module, name)
    tail = name.split(".")
    return ".".join([nearest, *tail[1:]]) if tail else None


def _elsewhere(locator: Locator, spelling: Spelling, package: str, name: str) -> Iterator[str | None]:
    """The same name defined by another module of the package."""
    found = locator.resolver.find_module(package) if package else None
    if not isinstance(found, Found) or found.place is not Place.FIRST_PARTY:
        return
    last = name.rpartition(".")[2]
    for sibling in locator.resolver.siblings(found)[:_MAX_NEIGHBOURS]:
        module = locator.resolver.find_module(sibling)
        facts = locator.resolver.facts(module) if isinstance(module, Found) else None
        known = facts.definitions.get(last) if facts is not None else None
        if known is not None and known.kind is DefinitionKind.CLASS:
            yield spelling.spell(sibling, last)


def _main_class(locator: Locator, spelling: Spelling, module: str) -> str | None:
    """The class of a module that has the module's own name, or its only one."""
    found = locator.resolver.find_module(module)
    facts = locator.resolver.facts(found) if isinstance(found, Found) else None
    if facts is None:
        return None
    names = [name for name, known in facts.definitions.items() if isinstance(known.node, ast.ClassDef)]
    own = module.rpartition(".")[2].replace("_", "").lower()
    named = [name for name in names if name.lower() == own]
    best = named or (names if len(names) == 1 else [])
    return spelling.spell(module, best[0]) if best else None
