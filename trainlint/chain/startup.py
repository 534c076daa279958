"""A script in, every first-party module that starting it loads and every import that fails on the way out."""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from trainlint.chain.imports import External, Found, Missing, Place, Resolver
from trainlint.chain.names import NameMissing, Unfollowed, find_name, imported_module
from trainlint.facts.module import Definition, DefinitionKind, Guard, ImportFacts, ModuleFacts
from trainlint.facts.script import ImportProblem, MissingImport, MissingImportedName
from trainlint.parse.python.places import module_span
from trainlint.record import record, state
from trainlint.source import SourceFile, Span

_MODULES = 2000
_HYDRA = ("hydra", "Hydra", "HYDRA", "OmegaConf", "omegaconf")


@record
class Loaded:
    """A first-party module that is loaded; `guarded` when only some runs load it."""

    module: Found
    facts: ModuleFacts
    via: tuple[Span, ...]
    guarded: bool


@state
class Startup:
    """What starting a script loads, what is not there, and packages that could not be looked into.

    `skipped` says that modules which only some runs load were not read: nothing in them concerns Hydra.
    """

    loaded: list[Loaded] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    unverified: list[tuple[str, Span]] = field(default_factory=list)
    external: set[str] = field(default_factory=set)
    guarded_external: set[str] = field(default_factory=set)
    installed: set[str] = field(default_factory=set)
    skipped: bool = False


@record
class _Doubtful:
    """A problem in a folder without `__init__.py` that may be hiding an installed package."""

    folder: str
    problem: ImportProblem


def walk_startup(resolver: Resolver, script: Found, facts: ModuleFacts, *, as_file: bool) -> Startup:
    """Follow the imports of a script; `as_file` says that it is no module of a package when it runs."""
    walk = _Walk(resolver, as_file=as_file)
    walk.queue.append(Loaded(script, facts, (), False))
    walk.run()
    return walk.result()


def walk_import(resolver: Resolver, module: Found, facts: ModuleFacts) -> Startup:
    """Follow the imports of a module that some code imports by its name."""
    walk = _Walk(resolver, as_file=False, starts_script=False)
    walk.load(module, (), guarded=False)
    walk.queue.append(Loaded(module, facts, (), False))
    walk.run()
    return walk.result()


@state
class _Walk:
    resolver: Resolver
    as_file: bool
    starts_script: bool = True
    queue: deque[Loaded] = field(default_factory=deque)
    later: deque[Loaded] = field(default_factory=deque)
    seen: set[str] = field(default_factory=set)
    startup: Startup = field(default_factory=Startup)
    doubtful: list[_Doubtful] = field(default_factory=list)
    real_namespaces: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Certain imports first, so that a module reached both ways counts as certainly loaded."""
        while (self.queue or self.later) and len(self.seen) < _MODULES:
            loaded = self.queue.popleft() if self.queue else self.later.popleft()
            if loaded.module.name in self.seen:
                continue
            self.seen.add(loaded.module.name)
            self.startup.loaded.append(loaded)
            first = self.starts_script and len(self.startup.loaded) == 1
            for imported in loaded.facts.imports:
                self.follow(loaded, imported, is_script=first)

    def result(self) -> Startup:
        for entry in self.doubtful:
            if entry.folder in self.real_namespaces:
                self.add(entry.problem)
            else:
                reason = f"`{entry.folder}` has no `__init__.py`; an installed package may stand in for it"
                self.startup.unverified.append((reason, entry.problem.span))
        self.startup.problems.sort(key=lambda problem: problem.span)
        return self.startup

    def follow(self, loaded: Loaded, imported: ImportFacts, *, is_script: bool) -> None:
        if imported.guard is Guard.TYPE_CHECKING:
            return
        certain = (Guard.NONE, Guard.MAIN) if is_script else (Guard.NONE,)
        guarded = loaded.guarded or imported.guard not in certain
        if imported.level and is_script and self.as_file:
            self.relative_in_script(loaded, imported, guarded=guarded)
            return
        source = imported_module(self.resolver, loaded.module, imported)
        via = (*loaded.via, imported.span)
        if isinstance(source, Found):
            self.load(source, via, guarded=guarded)
            if imported.name not in (None, "*"):
                self.follow_name(loaded, imported, source, guarded=guarded)
        elif isinstance(source, External):
            self.not_installed(source.name.partition(".")[0], loaded, imported, guarded=guarded)
        elif not guarded:
            self.missing(source, loaded, imported)

    def not_installed(self, name: str, loaded: Loaded, imported: ImportFacts, *, guarded: bool) -> None:
        """A package that is not there may be a local module that is misspelt, but nobody can tell."""
        (self.startup.guarded_external if guarded else self.startup.external).add(name)
        local = {
            entry.partition(".")[0] for folder in self.resolver.import_path for entry in self.modules(folder)
        }
        close = difflib.get_close_matches(name, local - {loaded.module.name}, n=1, cutoff=0.8)
        if close and not guarded:
            reason = (
                f"`{name}` is not installed where trainlint looks; the nearest local module is `{close[0]}`"
            )
            self.startup.unverified.append((reason, _place(loaded, imported)))

    def modules(self, folder: Path) -> list[str]:
        """The names in a folder that can be modules."""
        names = self.resolver.files.entries(folder)
        return [name for name in names if name.endswith(".py") or name.isidentifier()]

    def relative_in_script(self, loaded: Loaded, imported: ImportFacts, *, guarded: bool) -> None:
        if not guarded:
            module = "." * imported.level + imported.module
            self.add(MissingImport(module, (), None, _place(loaded, imported), loaded.via))

    def load(self, found: Found, via: tuple[Span, ...], *, guarded: bool) -> None:
        """Queue a module and the packages above it."""
        if not found.place.is_own:
            if found.place is Place.INSTALLED:
                self.startup.installed.add(found.name.partition(".")[0])
            return
        for name in _ancestors(found.name):
            module = self.resolver.find_module(name)
            if not isinstance(module, Found) or module.path is None:
                continue
            self.real_namespaces.add(name.partition(".")[0])
            if name in self.seen or (guarded and not self.concerns(module.path)):
                continue
            facts = self.resolver.facts(module)
            if facts is not None:
                (self.later if guarded else self.queue).append(Loaded(module, facts, via, guarded))

    def concerns(self, path: Path) -> bool:
        """Whether a module that only some runs load is worth parsing: it has to do with Hydra."""
        source = self.resolver.files.read(path)
        found = isinstance(source, SourceFile) and any(name in source.text for name in _HYDRA)
        self.startup.skipped = self.startup.skipped or not found
        return found

    def follow_name(self, loaded: Loaded, imported: ImportFacts, source: Found, *, guarded: bool) -> None:
        """`from source import name`: a submodule is loaded, a name must be there."""
        name = imported.name or ""
        if not source.place.is_own:
            return
        facts = self.resolver.facts(source)
        definition = facts.definitions.get(name) if facts is not None else None
        if definition is not None and not _may_fail(definition):
            return
        found = find_name(self.resolver, source, name)
        if isinstance(found, Found):
            self.load(found, (*loaded.via, imported.span), guarded=guarded)
        elif isinstance(found, Unfollowed) and not guarded:
            self.startup.unverified.append((found.reason, imported.span))
        elif isinstance(found, NameMissing) and definition is not None and not guarded:
            reason = f"`{name}` of `{source.name}` comes from an import that may fail"
            self.startup.unverified.append((reason, imported.span))
        elif isinstance(found, NameMissing) and not guarded:
            self.missing_name(found, imported, loaded.via)

    def missing_name(self, found: NameMissing, imported: ImportFacts, via: tuple[Span, ...]) -> None:
        path = found.module.path or (found.module.directories or (None,))[0]
        file = self.resolver.files.display(path) if path is not None else ""
        problem = MissingImportedName(found.module.name, found.name, file, found.nearest, imported.span, via)
        if found.module.place is Place.ASSUMED:
            reason = (
                f"`{found.module.name}` is not on the import path; it may be installed from somewhere else"
            )
            self.startup.unverified.append((reason, imported.span))
        else:
            self.report(problem, found.module, via_name=True)

    def missing(self, source: Missing, loaded: Loaded, imported: ImportFacts) -> None:
        if not source.place.is_own:
            return
        if source.doubt is not None:
            self.startup.unverified.append((source.doubt, imported.span))
            return
        place = _place(loaded, imported)
        problem = MissingImport(source.missing, source.searched, source.nearest, place, loaded.via)
        self.report(problem, source.parent, via_name=False)

    def report(self, problem: ImportProblem, parent: Found, *, via_name: bool) -> None:
        """A top-level folder without `__init__.py` counts as a package once a module was found in it."""
        top = parent.name.partition(".")[0]
        whole = self.resolver.find_module(top)
        namespace = isinstance(whole, Found) and whole.is_namespace
        if namespace and (via_name or parent.name == top):
            self.doubtful.append(_Doubtful(top, problem))
        else:
            self.add(problem)

    def add(self, problem: ImportProblem) -> None:
        """Keep a problem; a module that is missing is said once for each statement."""
        if problem not in self.startup.problems:
            self.startup.problems.append(problem)


def _place(loaded: Loaded, imported: ImportFacts) -> Span:
    return module_span(loaded.facts.source, imported)


def _may_fail(definition: Definition) -> bool:
    """Whether a name hangs on an import under `try` that has no fallback."""
    return definition.conditional and not definition.others and definition.kind is DefinitionKind.IMPORT


def _ancestors(name: str) -> Iterator[str]:
    """`a`, `a.b`, `a.b.c`: importing a module runs the packages above it."""
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        yield ".".join(parts[:count])
