"""A script's way of reading its command line and a launch in, what the parsers make of the launch out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from trainlint.chain.arguments.config_files import lone_file, with_config
from trainlint.chain.arguments.override_check import check_overrides
from trainlint.facts.arguments import (
    CommandLineCheck,
    CommandLineFacts,
    ParserKind,
    ParserUse,
    UnknownArgument,
)
from trainlint.facts.launch import LaunchFacts, Word
from trainlint.facts.script import ScriptFacts
from trainlint.facts.value import Unknown, Value
from trainlint.parse.arguments.absl import check_absl
from trainlint.parse.arguments.check import Checked, check
from trainlint.parse.arguments.click import check_click
from trainlint.parse.arguments.fire import check_fire
from trainlint.parse.arguments.given import argument_values
from trainlint.parse.arguments.variants import check_tyro, check_yaml_values
from trainlint.source import Files, Span

#: What holds words against the facts of a parser; argparse's algorithm for kinds that are not named.
Engine = Callable[[CommandLineFacts, "tuple[Word, ...]", Span], Checked]
ENGINES: Mapping[ParserKind, Engine] = {
    ParserKind.CLICK: check_click,
    ParserKind.TYPER: check_click,
    ParserKind.FIRE: check_fire,
    ParserKind.ABSL: check_absl,
    ParserKind.TYRO: check_tyro,
    ParserKind.PYRALLIS: check_yaml_values,
    ParserKind.DRACCUS: check_yaml_values,
}


def check_command_line(script: ScriptFacts, launch: LaunchFacts, files: Files) -> CommandLineCheck | None:
    """The launch's arguments held against each parse of the script, in order."""
    reading = script.command_line
    if reading is None or launch.script is None:
        return None
    if reading.unverified or not reading.uses:
        return CommandLineCheck(reading, (), reading.unverified)
    done: list[Checked] = []
    values: list[Mapping[str, Value[object]] | None] = []
    for use in reading.uses:
        words = launch.arguments[use.skip :] if use.after is None else done[use.after].left
        checked = lone_file(use.parser, words, launch, files)
        checked = checked or check_overrides(use.parser, words, launch, files)
        if checked is None:
            engine = ENGINES.get(use.parser.kind, check)
            checked = engine(use.parser, words, launch.script.span)
            checked = with_config(use.parser, words, _doubted(checked, use.parser), launch, files)
        values.append(_values(use.parser, words, checked))
        checked = _weighed(checked, use)
        done.append(_with_dropped(checked) if use.drops and len(reading.uses) == 1 else checked)
    problems = dict.fromkeys(problem for checked in done for problem in checked.problems)
    unverified = dict.fromkeys(unknown for checked in done for unknown in checked.unverified)
    given = tuple(entry for checked in done for entry in checked.given)
    more = next((use.parser.open for use in reading.uses if use.parser.open is not None), None)
    return CommandLineCheck(
        reading, tuple(problems), tuple(unverified), given, values=_together(values), more=more
    )


def _values(
    facts: CommandLineFacts, words: tuple[Word, ...], checked: Checked
) -> Mapping[str, Value[object]] | None:
    """What each argument comes to, None when words that may hold any arguments can change all of it."""
    if facts.overrides is not None or checked.values is None:
        return checked.values
    taken = {word.span for entry in checked.given for word in (entry.word, *entry.values)}
    if any(isinstance(word.text, Unknown) and word.span not in taken for word in words):
        return None
    if any(word.literal_prefix.startswith(tuple(facts.from_file)) for word in words if facts.from_file):
        return None
    return argument_values(facts, checked.given, checked.values)


def _together(values: list[Mapping[str, Value[object]] | None]) -> Mapping[str, Value[object]] | None:
    """The values of all parses, the later ones over the earlier."""
    known = [entry for entry in values if entry is not None]
    return (
        {name: value for entry in known for name, value in entry.items()}
        if len(known) == len(values)
        else None
    )


def _doubted(checked: Checked, facts: CommandLineFacts) -> Checked:
    """Arguments that an installed package does not have may be those of another version of it."""
    if facts.borrowed is None:
        return checked
    problems = tuple(
        replace(problem, certain=False) if isinstance(problem, UnknownArgument) else problem
        for problem in checked.problems
    )
    return replace(checked, problems=problems)


def _weighed(checked: Checked, use: ParserUse) -> Checked:
    """Findings of a parse that some runs do not make are no more than a doubt."""
    if use.certain or not checked.problems:
        return checked
    reason = "the arguments are read under a condition, and this command would be refused"
    return replace(checked, problems=(), unverified=(*checked.unverified, Unknown(reason, use.span)))


def _with_dropped(checked: Checked) -> Checked:
    """Arguments that the parser leaves and the script throws away."""
    runtime = "the parser leaves it over, and the script drops it: the run starts without it"
    dropped = [replace(problem, runtime=runtime, certain=False) for problem in checked.kept]
    return replace(checked, problems=(*checked.problems, *dropped))
