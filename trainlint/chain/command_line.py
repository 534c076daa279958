"""A script's way of reading its command line and a launch in, what the parsers make of the launch out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from trainlint.facts.arguments import (
    CommandLineCheck,
    CommandLineFacts,
    ParserKind,
    ParserUse,
)
from trainlint.facts.launch import LaunchFacts, Word
from trainlint.facts.script import ScriptFacts
from trainlint.facts.value import Unknown
from trainlint.parse.arguments.check import Checked, check
from trainlint.source import Span

#: What holds words against the facts of a parser; argparse's algorithm for kinds that are not named.
Engine = Callable[[CommandLineFacts, "tuple[Word, ...]", Span], Checked]
ENGINES: Mapping[ParserKind, Engine] = {}


def check_command_line(script: ScriptFacts, launch: LaunchFacts) -> CommandLineCheck | None:
    """The launch's arguments held against each parse of the script, in order."""
    reading = script.command_line
    if reading is None or launch.script is None:
        return None
    if reading.unverified or not reading.uses:
        return CommandLineCheck(reading, (), reading.unverified)
    done: list[Checked] = []
    for use in reading.uses:
        words = launch.arguments[use.skip :] if use.after is None else done[use.after].left
        engine = ENGINES.get(use.parser.kind, check)
        done.append(_weighed(engine(use.parser, words, launch.script.span), use))
    problems = dict.fromkeys(problem for checked in done for problem in checked.problems)
    unverified = dict.fromkeys(unknown for checked in done for unknown in checked.unverified)
    given = tuple(entry for checked in done for entry in checked.given)
    return CommandLineCheck(reading, tuple(problems), tuple(unverified), given)


def _weighed(checked: Checked, use: ParserUse) -> Checked:
    """Findings of a parse that some runs do not make are no more than a doubt."""
    if use.certain or not checked.problems:
        return checked
    reason = "the arguments are read under a condition, and this command would be refused"
    return replace(checked, problems=(), unverified=(*checked.unverified, Unknown(reason, use.span)))
