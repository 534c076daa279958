"""Shell text and the state of a shell in, everything that it starts and what is wrong with it out."""

from __future__ import annotations

from dataclasses import replace

from trainlint.facts.launch import ShellProblem
from trainlint.facts.value import Unknown
from trainlint.parse.shell.script.control import HANDLERS
from trainlint.parse.shell.script.evaluation import Evaluation, Start
from trainlint.parse.shell.script.grammar import parse
from trainlint.parse.shell.script.subsumption import without_subsumed
from trainlint.parse.shell.script.world import Flow, Script, World
from trainlint.parse.shell.state import Reading, Shell
from trainlint.parse.shell.text import ShellText
from trainlint.record import record


@record
class Evaluated:
    """What a text starts, in order, and the states in which it may leave the shell.

    `readings` are uses of variables that nothing set before; `named` are those that some statement sets,
    None when a text was run that is not read and may set any.
    """

    started: tuple[Start, ...]
    shells: tuple[Shell, ...]
    problems: tuple[ShellProblem, ...]
    unverified: tuple[Unknown, ...]
    readings: tuple[Reading, ...] = ()
    named: frozenset[str] | None = None


def evaluate(source: ShellText, start: int, end: int, shell: Shell) -> Evaluated:
    """Run the text between two offsets from this state; the state that is given stays as it is."""
    everything = evaluate_all(source, start, end, shell)
    return replace(everything, started=without_subsumed(everything.started))


def evaluate_all(source: ShellText, start: int, end: int, shell: Shell) -> Evaluated:
    """The same with each start that a path leads to, though another at its place may tell more."""
    run = Evaluation(shell.files, HANDLERS, shell.effort)
    own = replace(shell.copy(), output=run.output, readings=[])
    parsed = parse(source, start, end)
    run.read(source, parsed)
    if run.exhausted and parsed.body:
        run.doubt("too many commands were run before this text to follow it", source.span(start, start))
    worlds = run.block(Script(source, parsed.documents), parsed.body, [World(own, {})])
    left = tuple(world.shell for world in worlds if world.flow is not Flow.EXIT)
    return Evaluated(
        tuple(run.started.values()),
        left,
        tuple(run.problems),
        tuple(run.unverified),
        tuple(dict.fromkeys(own.readings)),
        None if run.foreign else run.named,
    )
