"""Shell text and the state of a shell in, everything that it starts and what is wrong with it out."""

from __future__ import annotations

from trainlint.facts.launch import ShellProblem
from trainlint.facts.value import Unknown
from trainlint.parse.shell.script.control import HANDLERS
from trainlint.parse.shell.script.evaluation import Evaluation, Start
from trainlint.parse.shell.script.grammar import parse
from trainlint.parse.shell.script.subsumption import without_subsumed
from trainlint.parse.shell.script.world import Flow, Script, World
from trainlint.parse.shell.state import Shell
from trainlint.parse.shell.text import ShellText
from trainlint.record import record


@record
class Evaluated:
    """What a text starts, in order, and the states in which it may leave the shell."""

    started: tuple[Start, ...]
    shells: tuple[Shell, ...]
    problems: tuple[ShellProblem, ...]
    unverified: tuple[Unknown, ...]


def evaluate(source: ShellText, start: int, end: int, shell: Shell) -> Evaluated:
    """Run the text between two offsets from this state; the state that is given stays as it is."""
    run = Evaluation(shell.files, HANDLERS)
    own = shell.copy()
    own.output = run.output
    parsed = parse(source, start, end)
    run.read(source, parsed)
    worlds = run.block(Script(source, parsed.documents), parsed.body, [World(own, {})])
    left = tuple(world.shell for world in worlds if world.flow is not Flow.EXIT)
    return Evaluated(
        without_subsumed(tuple(run.started.values())), left, tuple(run.problems), tuple(run.unverified)
    )
