"""Parsed statements and the worlds before them in, the worlds behind them and what was started out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from trainlint.facts.launch import Command, ShellProblem, ShellSyntaxError, Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.shell.outputs import simple_output
from trainlint.parse.shell.script.assigned import named_in
from trainlint.parse.shell.script.cuts import cuts
from trainlint.parse.shell.script.grammar import parse
from trainlint.parse.shell.script.syntax import Arithmetic, Block, Node, Parsed, Simple, Test
from trainlint.parse.shell.script.world import Flow, Script, Status, World, merged
from trainlint.parse.shell.state import Effort, Shell, Text
from trainlint.parse.shell.text import ShellText
from trainlint.record import record
from trainlint.source import Files, Span

#: How many commands a text may run before the rest of it is left alone.
_MAX_STEPS = 12_000
#: To hold so many variables against those of other ways is as much work as a command.
_VARIABLES_A_COMMAND = 500
#: How deep calls, sourced scripts and texts run by `eval` may be nested.
MAX_CALLS = 24


#: For each kind of statement, what runs it: the worlds that one world leads to.
Handlers = Mapping[type[Node], Callable[["Evaluation", Script, Any, World], list[World]]]


@record
class Start:
    """A program that a script starts, in the state it starts in.

    `via` are the calls and sourced scripts that lead to it; `written` are files that the script itself
    writes before, and with `fetches` it may have brought any file.
    """

    command: Command
    directory: Value[Path]
    exported: dict[str, Value[str]]
    via: tuple[Span, ...]
    written: frozenset[Path]
    fetches: bool


@dataclass
class Evaluation:
    """What is common to all worlds of one text: the budget, what was started, what was not followed.

    `named` are the variables that some statement sets; `foreign` says that a text was run which is not read;
    `ended` that too much was run, and nothing more is.
    """

    files: Files
    handlers: Handlers
    effort: Effort
    steps: int = 0
    ended: bool = False
    calls: list[Span] = field(default_factory=list)
    reading: list[Path] = field(default_factory=list)
    started: dict[object, Start] = field(default_factory=dict)
    problems: dict[ShellProblem, None] = field(default_factory=dict)
    unverified: dict[Unknown, None] = field(default_factory=dict)
    world: World | None = None
    foreign: bool = False
    named: frozenset[str] = frozenset()
    outputs: dict[tuple[int, int, int], tuple[ShellText, Parsed]] = field(default_factory=dict)

    @property
    def exhausted(self) -> bool:
        """Whether the text has run as many commands as it may."""
        return self.steps >= _MAX_STEPS or self.effort.spent

    def spend(self, commands: int) -> None:
        """Count work that is as much as so many commands."""
        self.steps += commands
        self.effort.left -= commands

    def step(self, span: Callable[[], Span]) -> bool:
        """Count one command or one pass of a loop; False when there were too many."""
        self.spend(1)
        if self.exhausted:
            self.ended = True
            self.doubt("the script runs too many commands to follow from here on", span())
        return not self.ended

    def doubt(self, reason: str, span: Span) -> None:
        """Note what is not followed, and why."""
        self.unverified[Unknown(reason, span)] = None

    def start(self, words: Sequence[Word], span: Span, world: World) -> None:
        """Note a program that is started; once for all worlds in which it is the same."""
        exported = world.shell.environment()
        key = (span, tuple(map(_word_key, words)), _value_key(world.shell.directory), _texts_key(exported))
        if key not in self.started:
            command = Command(tuple(words), span)
            self.started[key] = Start(
                command, world.shell.directory, exported, tuple(self.calls), world.written, world.fetches
            )

    def read(self, source: ShellText, parsed: Parsed) -> None:
        """Note what bash would not read of a text; only the first place matters to it."""
        met = [
            (source.span(one.met, one.met), one.message, source.span(one.start, one.end))
            for one in parsed.refusals
        ]
        met += [(problem.span, problem.message, problem.span) for problem in parsed.problems]
        if met:
            _, message, span = min(met, key=lambda one: (one[0].line, one[0].column))
            self.problems[ShellSyntaxError(message, span)] = None
        self.problems.update(dict.fromkeys(cuts(source, parsed)))
        self.named |= frozenset(named_in(Script(source, parsed.documents), parsed.body))
        if parsed.too_deep:
            self.doubt("the script nests statements too deeply to follow", source.span(0, 0))

    def parsed(self, source: ShellText, start: int, end: int) -> Parsed:
        """The statements of a `$(…)`, which stand in one place however often it is run."""
        key = (id(source), start, end)
        known = self.outputs.get(key)
        if known is None:
            known = self.outputs[key] = (source, parse(source, start, end))
        return known[1]

    def output(self, source: ShellText, start: int, end: int, shell: Shell) -> Text | Unknown:
        """What the commands of a `$(…)` print; the programs that they start are noted."""
        printed = simple_output(source, start, end, shell)
        if isinstance(printed, Unknown) and self.world is not None and len(self.calls) < MAX_CALLS:
            outer = self.world
            parsed = self.parsed(source, start, end)
            if not (parsed.body or parsed.refusals or parsed.problems):
                return Text.at("", source.span(start, end))
            inner = replace(outer.copy(), shell=shell)
            self.calls.append(source.span(start, end))
            self.block(Script(source, parsed.documents), parsed.body, [inner])
            self.calls.pop()
            self.world = outer
        return printed

    def block(self, script: Script, block: Block, worlds: Sequence[World]) -> list[World]:
        """Run statements one after the other in each world that goes on."""
        gone: list[World] = []
        current = list(worlds)
        for node in block:
            going = [world.ended(Status.SUCCESS) for world in current if world.flow is Flow.NEXT]
            gone += [world for world in current if world.flow not in (Flow.NEXT, Flow.EXIT)]
            if len(going) > 1:
                self.spend(sum(len(world.shell.variables) for world in going) // _VARIABLES_A_COMMAND)
            current = [after for world in merged(going) for after in self.node(script, node, world)]
            if not current:
                break
        return [*merged(gone), *current]

    def node(self, script: Script, node: Node, world: World) -> list[World]:
        """Run one statement; the worlds that it can lead to."""
        if self.ended:
            return []
        if isinstance(node, Simple | Test | Arithmetic):
            start, end = node.start, node.end
            if not self.step(lambda: script.source.span(start, end)):
                return []
        return self.handlers[type(node)](self, script, node, world)

    def apart(self, script: Script, block: Block, world: World) -> Status:
        """Run statements in a shell of their own; how they end."""
        copy = world.copy()
        copy.shell = replace(copy.shell, readings=world.shell.readings)
        ends = {after.status for after in self.block(script, block, [copy])}
        return ends.pop() if len(ends) == 1 else Status.UNKNOWN


def split(worlds: Sequence[World]) -> tuple[list[World], list[World], list[World]]:
    """The worlds in which the last command succeeded, those in which it failed, those that left."""
    succeeded, failed, left = [], [], []
    for world in worlds:
        if world.flow is not Flow.NEXT:
            left.append(world)
        elif world.status is Status.SUCCESS:
            succeeded.append(world)
        elif world.status is Status.FAILURE:
            failed.append(world)
        else:
            succeeded.append(world.copy())
            failed.append(world)
    return succeeded, failed, left


def _word_key(word: Word) -> object:
    return (tuple(part if isinstance(part, str) else None for part in word.parts), word.splits)


def _value_key(value: Value[Path]) -> object:
    return value.value if isinstance(value, Known) else None


def _texts_key(values: dict[str, Value[str]]) -> object:
    return frozenset(
        (name, value.value if isinstance(value, Known) else None) for name, value in values.items()
    )
