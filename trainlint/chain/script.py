"""A script's path in, everything the chain needs to know of it out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from trainlint.chain.flow.run import follow_config
from trainlint.chain.imports import Resolver
from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.omegaconf_users import may_register_resolvers
from trainlint.chain.reach import Reached, direct_names, reached_code
from trainlint.chain.startup import Startup, walk_startup
from trainlint.facts.arguments import CommandLineReading
from trainlint.facts.module import ModuleFacts
from trainlint.facts.schema import StoredConfig
from trainlint.facts.script import (
    BrokenModule,
    ConfigRead,
    EntryKind,
    EntryPoint,
    ImportProblem,
    MissingImport,
    ScriptFacts,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.config_reads import certain_reads
from trainlint.parse.python.effects import Effects, module_effects
from trainlint.parse.python.entries import EntryCall, hydra_entries
from trainlint.parse.python.places import node_span
from trainlint.parse.python.roots import project_root
from trainlint.parse.python.running import argument_parser, runs_something
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Scope
from trainlint.parse.python.stores import registrations
from trainlint.source import Span, Unreadable

_ROUNDS = 4


@dataclass(frozen=True)
class _World:
    """A script with all it loads, on the import path that it ends up with."""

    lookup: ModuleLookup
    startup: Startup
    effects: tuple[Effects, ...]
    unknown_paths: tuple[Unknown, ...]

    @cached_property
    def reached(self) -> Reached:
        """The functions that starting the script may run."""
        return reached_code(self.lookup, self.startup.loaded)


def read_script(
    resolver: Resolver, path: Path, *, as_file: bool = True, directory: Path | None = None
) -> ScriptFacts | Unreadable:
    """The facts of a script; `as_file` is False for `-m`, `directory` is where the process runs."""
    module = resolver.library.read(path)
    if isinstance(module, Unreadable):
        return module
    if module.problem is not None:
        return _empty(module, resolver)
    world = _settle(resolver, module, as_file=as_file, directory=directory)
    points = tuple(_entries(world, module, directory))
    followed = follow_config(world.lookup, module, points)
    problems, unverified = _import_problems(world)
    return ScriptFacts(
        module=module,
        entries=tuple(point.entry for point in points),
        parser=argument_parser(module),
        resolvers=frozenset(name for effects in world.effects for name in effects.resolvers),
        opaque_resolvers=any(effects.opaque_resolvers for effects in world.effects)
        or may_register_resolvers(resolver.library, world.startup),
        environment=_environment(world.effects),
        stored=tuple(_stored(world, directory)),
        schema_uses=followed.schema_uses,
        loaders=followed.loaders,
        import_problems=problems,
        unverified=(*unverified, *_newer(entry.facts for entry in world.startup.loaded)),
        runs=runs_something(module),
        import_path=world.lookup.resolver.import_path,
        external=tuple(sorted(world.startup.external)),
        broken_modules=_broken_modules(world.startup),
        reads=tuple(read for point in points for read in _reads(world, point)),
        project=project_root(resolver.files, path.parent),
        path_doubt=world.unknown_paths[0].reason if world.unknown_paths else None,
        loaded=tuple(entry.facts for entry in world.startup.loaded),
        command_line=_command_line(world, points, directory),
        points=points,
    )


def _command_line(
    world: _World, points: tuple[EntryPoint, ...], directory: Path | None
) -> CommandLineReading | None:
    """How a script reads its arguments, when Hydra does not."""
    if any(point.entry.runs and point.entry.kind is EntryKind.MAIN for point in points):
        return None
    # The readers of eleven libraries, which no script with Hydra needs.
    from trainlint.chain.arguments.program import Program
    from trainlint.chain.arguments.read import read_command_line

    return read_command_line(
        Program(world.lookup, tuple(world.startup.loaded), lambda: world.reached, directory)
    )


def _broken_modules(startup: Startup) -> tuple[BrokenModule, ...]:
    """Modules that every run loads and that cannot be parsed."""
    return tuple(
        BrokenModule(loaded.facts.problem, loaded.via)
        for loaded in startup.loaded
        if loaded.facts.problem is not None and not loaded.facts.problem.newer_syntax and not loaded.guarded
    )


def _newer(modules: Iterable[ModuleFacts]) -> tuple[tuple[str, Span], ...]:
    """Modules that look like a newer Python than the one that runs trainlint: no errors, but not read."""
    problems = [module.problem for module in modules if module.problem is not None]
    return tuple(
        (f"it looks like a newer Python: {problem.message}", problem.span)
        for problem in problems
        if problem.newer_syntax
    )


def _empty(module: ModuleFacts, resolver: Resolver) -> ScriptFacts:
    """The facts of a script that cannot be parsed."""
    return ScriptFacts(
        module,
        (),
        None,
        frozenset(),
        True,
        {},
        (),
        (),
        (),
        (),
        unverified=_newer((module,)),
        import_path=resolver.import_path,
    )


def _settle(resolver: Resolver, module: ModuleFacts, *, as_file: bool, directory: Path | None) -> _World:
    """Walk the imports again as long as the code found adds folders to the import path."""
    base = resolver.import_path
    for _ in range(_ROUNDS):
        lookup = ModuleLookup(resolver.library.own_code(resolver.import_path))
        startup = walk_startup(resolver, resolver.module_at(module.path), module, as_file=as_file)
        effects = tuple(
            module_effects(Scope(entry.facts, lookup, directory=directory)) for entry in startup.loaded
        )
        paths = [path for found in effects for path in found.paths]
        front = [path.folder.value for path in paths if path.in_front and isinstance(path.folder, Known)]
        behind = [path.folder.value for path in paths if not path.in_front and isinstance(path.folder, Known)]
        extended = resolver.library.resolver((*reversed(front), *base, *behind))
        if extended is resolver:
            break
        resolver = extended
    unknown = tuple(path.folder for path in paths if isinstance(path.folder, Unknown))
    return _World(lookup, startup, effects, unknown)


def _reads(world: _World, point: EntryPoint) -> tuple[ConfigRead, ...]:
    if point.entry.kind is not EntryKind.MAIN or point.function is None:
        return ()
    return certain_reads(point.module, point.function, world.lookup)


def _entries(world: _World, script: ModuleFacts, directory: Path | None) -> Iterator[EntryPoint]:
    """The script's own entries, then those of other modules that the script leads to."""
    resolver = world.lookup.resolver
    for module in _modules_with_hydra(world):
        for call in hydra_entries(Scope(module, world.lookup, directory=directory)):
            runs = _runs(call, module, world)
            if module is script:
                yield EntryPoint(dataclasses.replace(call.entry, runs=runs), module, call.function)
            elif runs:
                name = resolver.module_at(module.path).name
                entry = dataclasses.replace(call.entry, imported_as=name)
                yield EntryPoint(entry, module, call.function)


def _stored(world: _World, directory: Path | None) -> Iterator[StoredConfig]:
    """What the loaded modules register, functions that nothing calls left out."""
    schemas = SchemaReader(world.lookup)
    for module in _modules_with_hydra(world):
        for registration in registrations(Scope(module, world.lookup, directory=directory), schemas):
            if world.reached.runs(registration.function):
                yield registration.stored


def _modules_with_hydra(world: _World) -> list[ModuleFacts]:
    """Each once, although a script may be loaded a second time under its module's name."""
    loaded = {entry.facts.path: entry.facts for entry in world.startup.loaded}
    return [module for module in loaded.values() if "hydra" in module.source.text]


def _runs(call: EntryCall, module: ModuleFacts, world: _World) -> bool:
    """Whether something calls the function; other decorators on top of Hydra's may do so themselves."""
    if call.function is None or module.dynamic is not None:
        return True
    script = world.startup.loaded[0].facts
    if module is script and call.function.name in direct_names(script):
        return True
    first = call.function.decorator_list[:1]
    wrapped = bool(first) and node_span(module.source, first[0]).line != call.entry.span.line
    return wrapped or world.reached.runs(call.function)


def _environment(effects: tuple[Effects, ...]) -> dict[str, Value[str]]:
    """Variables that the code sets; set in two ways means only a run knows which one holds."""
    merged: dict[str, Value[str]] = {}
    for found in effects:
        for name, value in found.environment.items():
            old = merged.get(name)
            same = isinstance(old, Known) and isinstance(value, Known) and old.value == value.value
            conflict = Unknown("the code sets it in more than one place", value.span)
            merged[name] = value if old is None or same else conflict
    return merged


def _import_problems(
    world: _World,
) -> tuple[tuple[ImportProblem, ...], tuple[tuple[str, Span], ...]]:
    """What is missing, unless the code changes `sys.path` in a way that cannot be read."""
    startup = world.startup
    if not world.unknown_paths:
        return tuple(startup.problems), tuple(startup.unverified)
    unsure = [problem for problem in startup.problems if isinstance(problem, MissingImport)]
    reason = world.unknown_paths[0].reason
    doubts = [(f"`{problem.module}` was not found, and {reason}", problem.span) for problem in unsure]
    certain = tuple(problem for problem in startup.problems if problem not in unsure)
    return certain, (*startup.unverified, *doubts)
