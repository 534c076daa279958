"""Paths of one side of a comparison in, its scripts with what they do when nothing is given out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from trainlint.chain.behaviours import argument_evaluation, evaluation
from trainlint.chain.build import Builder, running_entry
from trainlint.chain.evaluation import Evaluation
from trainlint.chain.resolving import resolver_of
from trainlint.diff.bare_launch import bare_launch
from trainlint.diff.constants import Changed, Named, changed
from trainlint.diff.environment import Variable, variables_read
from trainlint.diff.options import (
    Declared,
    all_arguments,
    argument_options,
    below_commands,
    config_options,
    merges_of,
    without_value,
)
from trainlint.facts.arguments import CommandLineCheck, CommandLineReading, Merge
from trainlint.facts.behaviour import Behaviour
from trainlint.facts.config import Composition
from trainlint.facts.launch import LaunchFacts
from trainlint.facts.module import ModuleFacts
from trainlint.facts.script import EntryKind, HydraEntry, MissingImport, ScriptFacts
from trainlint.facts.symbols import Setting
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.hydra_cli import read_arguments
from trainlint.parse.notebook import read_percent
from trainlint.record import record
from trainlint.source import Span, Unreadable

REFERENCE, CANDIDATE = "reference", "candidate"
_NO_ARGUMENTS = CommandLineReading(())
_Numbers = Mapping[ast.expr, tuple[Setting, Named]]
#: So many folders above a script may be the one that it is started in.
_FOLDERS = 3


class SideError(Exception):
    """A side that cannot be read: `reason` is a sentence, `remedy` what to do about it."""

    def __init__(self, reason: str, remedy: str, span: Span | None = None) -> None:
        super().__init__(reason)
        self.reason, self.remedy, self.span = reason, remedy, span


class NothingToCompare(SideError):  # noqa: N818 - it says what came out, in the words of the command
    """A side in which no training is found."""

    def __init__(self, side: str, reason: str, span: Span | None = None) -> None:
        super().__init__(f"nothing to compare: {reason}", f"name a training script as the {side}", span)
        self.side = side


@record
class Script:
    """One script of a side, followed as if it were started without arguments.

    `evaluation` gives symbols the values that they have then; what must be given, and the world size, is not
    known. `composition` is the config of a script with Hydra. `problems` say what was not followed. `merges`
    put settings of the command line and of files together; `parsed` is where the command line is read.
    """

    facts: ScriptFacts
    behaviour: Behaviour
    evaluation: Evaluation
    composition: Composition | None
    options: tuple[Declared, ...]
    variables: tuple[Variable, ...]
    problems: tuple[Unknown, ...]
    merges: tuple[Merge, ...] = ()
    parsed: Span | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Side:
    """One side of a comparison: its scripts in the order in which they were named.

    `changed` are the named numbers of the code that the other side has with another value.
    """

    name: str
    scripts: tuple[Script, ...]
    builder: Builder
    changed: tuple[Changed, ...] = ()

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    @property
    def start(self) -> Span:
        """Where the first script begins."""
        return Span.at(self.scripts[0].facts.module.display)

    @property
    def files(self) -> tuple[str, ...]:
        """All files of the project that belong to it, each once."""
        loaded = (module for script in self.scripts for module in script.facts.loaded)
        return tuple(dict.fromkeys(module.display for module in loaded))

    @property
    def problems(self) -> tuple[Unknown, ...]:
        """What was not followed in any of the scripts, each once."""
        return tuple(dict.fromkeys(problem for script in self.scripts for problem in script.problems))


def read_sides(references: tuple[Path, ...], candidate: Path, builder: Builder) -> tuple[Side, Side]:
    """Both sides, with the numbers that have a name and differ; raises SideError as `read_side` does."""
    mine = [_opened(REFERENCE, path, builder)[0] for path in references]
    theirs = _opened(CANDIDATE, candidate, builder)[0]
    modules = {module.path: module for facts in mine for module in facts.loaded}
    taken = frozenset(name for facts in (*mine, theirs) for name in _arguments(facts))
    found = changed(tuple(modules.values()), theirs.loaded, taken)
    return (
        _side(REFERENCE, references, builder, found, [entry.reference for entry in found]),
        _side(CANDIDATE, (candidate,), builder, found, [entry.candidate for entry in found]),
    )


def read_side(name: str, paths: tuple[Path, ...], builder: Builder) -> Side:
    """The scripts of one side; raises SideError where one cannot be read at all."""
    return _side(name, paths, builder, (), ())


def _side(
    name: str, paths: tuple[Path, ...], builder: Builder, found: tuple[Changed, ...], own: Sequence[Named]
) -> Side:
    numbers = {
        entry.node: (Setting((each.name,), plain=True), entry) for each, entry in zip(found, own, strict=True)
    }
    scripts = (_followed(*_opened(name, path, builder), builder, numbers) for path in paths)
    return Side(name, tuple(scripts), builder, found)


def _arguments(facts: ScriptFacts) -> Iterator[str]:
    """The names of what the command line sets."""
    for use in facts.command_line.uses if facts.command_line is not None else ():
        yield from (argument.dest for argument in all_arguments(use.parser))
        if use.parser.overrides is not None:
            yield from use.parser.overrides.places


def _opened(name: str, path: Path, builder: Builder) -> tuple[ScriptFacts, LaunchFacts]:
    """A script as it is found and parsed."""
    files = builder.files
    path = files.absolute(path)
    if files.kind(path) is None:
        raise SideError(f"`{files.display(path)}` is not there", f"name a file that is there as the {name}")
    if files.is_dir(path):
        raise SideError(
            f"`{files.display(path)}` is a folder", "name the training script in it, or the notebook"
        )
    _read_cells(path, builder)
    facts, launch = _started(path, builder)
    problem = facts.module.problem
    if problem is not None:
        remedy = "mend it, or run trainlint by a Python that reads it" if problem.newer_syntax else "mend it"
        raise SideError(f"`{facts.module.display}` cannot be parsed: {problem.message}", remedy, problem.span)
    return facts, launch


def _started(path: Path, builder: Builder) -> tuple[ScriptFacts, LaunchFacts]:
    """A script in its own folder, or in the one above it from which it finds the code that it executes."""
    levels = _levels(path, builder)
    own = bare_launch(builder.files, path, path.parent, levels)
    facts = _facts(own, path, builder)
    if "exec(" in facts.module.source.text and not _overrides(facts):
        for folder in path.parent.parents[:_FOLDERS]:
            launch = bare_launch(builder.files, path, folder, levels)
            other = _facts(launch, path, builder)
            if _overrides(other):
                return other, launch
    return facts, own


def _overrides(facts: ScriptFacts) -> bool:
    """Whether the code that reads the arguments over the globals of a script was found."""
    uses = facts.command_line.uses if facts.command_line is not None else ()
    return any(use.parser.overrides is not None for use in uses)


def _facts(launch: LaunchFacts, path: Path, builder: Builder) -> ScriptFacts:
    facts = builder.script(launch)
    if isinstance(facts, ScriptFacts):
        return facts
    display = builder.files.display(path)
    reason = facts.reason if isinstance(facts, Unreadable) else "it is no file"
    raise SideError(f"cannot read `{display}`: {reason}", "name a Python file or a notebook of Python")


def _levels(path: Path, builder: Builder) -> int:
    """How many dots the imports of a script have: with any, it is a module of a package."""
    module = builder.library.read(path)
    imports = module.imports if isinstance(module, ModuleFacts) else ()
    return max((imported.level for imported in imports), default=0)


def _read_cells(path: Path, builder: Builder) -> None:
    """A Python file of `# %%` cells that Python does not parse is read cell by cell."""
    module = builder.library.read(path)
    if isinstance(module, ModuleFacts) and module.problem is not None:
        cells = read_percent(module.source)
        if cells is not None:
            builder.library.adopt(path, cells)


def _followed(facts: ScriptFacts, launch: LaunchFacts, builder: Builder, numbers: _Numbers) -> Script:
    entry = running_entry(facts)
    if entry is not None:
        done = _with_hydra(facts, entry, launch, builder, numbers)
        if done is not None:
            return done
    check = builder.own_arguments(facts, launch)
    reading = check.reading if check is not None else _NO_ARGUMENTS
    behaviour = builder.behaviours.of_arguments(facts, reading, _settings(numbers))
    at_defaults = _knowing(_at_defaults(check, facts, launch), numbers)
    return Script(
        facts,
        behaviour,
        at_defaults,
        None,
        argument_options(reading, facts.module, behaviour, at_defaults),
        variables_read(facts.loaded, behaviour),
        tuple(dict.fromkeys((*_unfollowed(facts, behaviour), *reading.unverified))),
        merges_of(reading),
        next((use.span for use in reading.uses if use.parser.overrides is None), None),
    )


def _settings(numbers: _Numbers) -> dict[ast.expr, Setting]:
    return {node: setting for node, (setting, _) in numbers.items()}


def _knowing(known: Evaluation, numbers: _Numbers) -> Evaluation:
    """What also gives the numbers that stand for settings their values."""
    if not numbers:
        return known
    values = {setting.path: Known(entry.value, entry.span) for setting, entry in numbers.values()}

    def look(path: tuple[str, ...]) -> Value[object]:
        return values[path] if path in values else known.lookup(path)

    return Evaluation(look, known.world_size, known.environment, known.place)


def _with_hydra(
    facts: ScriptFacts, entry: HydraEntry, launch: LaunchFacts, builder: Builder, numbers: _Numbers
) -> Script | None:
    """A script with Hydra and the config that it has without overrides; None where its code is not known."""
    composed = builder.composed(launch, facts, entry, read_arguments(()))
    composition, targets = composed[0] if composed else (None, ())
    behaviour = builder.behaviours.of(facts, entry, targets, _settings(numbers))
    if behaviour is None:
        return None
    at_defaults = evaluation(composition, facts, launch) if composition is not None else None
    problems = _unfollowed(facts, behaviour)
    options: tuple[Declared, ...] = ()
    if composition is None or composition.root is None or at_defaults is None:
        unknown = Unknown("the config cannot be composed without arguments", entry.span)
        at_defaults = _nothing_known(unknown, facts, launch)
        problems = (unknown, *problems)
    else:
        options = config_options(composition.root, resolver_of(composition, facts, launch), behaviour)
    if entry.kind is EntryKind.COMPOSE:
        options += argument_options(facts.command_line, facts.module, behaviour, at_defaults)
    at_defaults = _knowing(at_defaults, numbers)
    variables = variables_read(facts.loaded, behaviour)
    return Script(facts, behaviour, at_defaults, composition, options, variables, problems)


def _at_defaults(check: CommandLineCheck | None, facts: ScriptFacts, launch: LaunchFacts) -> Evaluation:
    """The values of the arguments when none is given; those that must be given have none."""
    if check is None:
        check = CommandLineCheck(_NO_ARGUMENTS, (), (), values={})
    if check.values is None:
        unknown = next(iter(check.unverified), Unknown("the arguments are not known", launch.job.span))
        return _nothing_known(unknown, facts, launch)
    values = {**check.values, **below_commands(check.reading), **without_value(check.reading)}
    return argument_evaluation(replace(check, values=values), facts, launch)


def _nothing_known(unknown: Unknown, facts: ScriptFacts, launch: LaunchFacts) -> Evaluation:
    def look(path: tuple[str, ...]) -> Value[object]:
        return unknown

    return Evaluation(look, launch.world_size, facts.environment, launch.job.span)


def _unfollowed(facts: ScriptFacts, behaviour: Behaviour) -> tuple[Unknown, ...]:
    """What of a script was not read or not followed, each once."""
    return tuple(dict.fromkeys([*_unread(facts), *_of_behaviour(facts, behaviour)]))


def _unread(facts: ScriptFacts) -> Iterator[Unknown]:
    for module in facts.loaded:
        yield from module.unread
    for reason, span in facts.unverified:
        yield Unknown(reason, span)
    for problem in facts.import_problems:
        what = problem.module if isinstance(problem, MissingImport) else f"{problem.module}.{problem.name}"
        yield Unknown(f"`{what}` is not there", problem.span)
    for broken in facts.broken_modules:
        yield Unknown(f"it cannot be parsed: {broken.problem.message}", broken.problem.span)


def _of_behaviour(facts: ScriptFacts, behaviour: Behaviour) -> Iterator[Unknown]:
    for reason, span in behaviour.unfollowed:
        yield Unknown(reason, span)
    if not behaviour.complete:
        yield Unknown("there is too much code to follow all of it", Span.at(facts.module.display))
