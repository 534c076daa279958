"""What following the start of a program finds out: parses of the command line, and what was not followed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

from trainlint.chain.arguments.builder import ParserBuilder
from trainlint.chain.arguments.concern import Concern
from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.values import Argv, Value
from trainlint.facts.arguments import CommandLineFacts, Merge, ParserUse
from trainlint.facts.module import ModuleFacts
from trainlint.facts.value import Unknown
from trainlint.source import Span

_STEPS = 60000
_CHANGES = (
    r"\b{}\s*(\[[^\]\n]*\]\s*(=[^=]|\+=)|\+=|\|=|"
    r"\.(append|add|extend|update|insert|pop|remove|discard|clear|setdefault|sort|register)\b)"
)


class TooMuchError(Exception):
    """The code is too much to follow."""


@dataclass
class Machine:
    """The state of a run that is common to all its functions.

    `conditions` counts the conditions, known only at run time, that the code at hand stands under. `argv`
    is what `sys.argv` holds now, None when code changed it in a way that cannot be read. `settled` says
    that the command line was parsed: what follows is the program itself, which seldom parses again.
    """

    program: Program
    conditions: int = 0
    steps: int = 0
    settled: bool = False
    argv: Value | None = field(default_factory=lambda: Argv(0))
    uses: list[ParserUse] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)
    parsers: list[ParserBuilder] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    #: How many of the conditions are turns of loops over what is not known.
    turns: int = 0
    entered: set[ast.AST] = field(default_factory=set)
    calls: list[ast.AST] = field(default_factory=list)
    _changed: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def concern(self) -> Concern:
        """What tells functions that may matter from all others."""
        return Concern(self.program.lookup)

    @property
    def certain(self) -> bool:
        """Whether every run comes to the code at hand."""
        return self.conditions == 0

    def concerns(self, module: ModuleFacts, node: ast.AST) -> bool:
        """Whether code is worth running: once the command line is parsed, only what parses itself is."""
        return self.concern.speaks(module, node) if self.settled else self.concern.of(module, node)

    def step(self) -> None:
        """Count a statement."""
        self.steps += 1
        if self.steps > _STEPS:
            raise TooMuchError

    @contextmanager
    def condition(self) -> Iterator[None]:
        """What happens inside happens on some runs only."""
        self.conditions += 1
        try:
            yield
        finally:
            self.conditions -= 1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """What happens inside happens for each of the items of a loop that are not known."""
        self.turns += 1
        try:
            with self.condition():
                yield
        finally:
            self.turns -= 1

    def doubt(self, reason: str, span: Span) -> None:
        """Put on record that something was not followed."""
        self.unverified.append(Unknown(reason, span))

    def use(self, parser: CommandLineFacts, span: Span, skip: int, after: int | None) -> int:
        """Put a parse on record; gives its index."""
        self.uses.append(ParserUse(parser, span, skip, after, self.certain))
        self.settled = self.settled or (self.certain and not parser.keeps_unknown)
        return len(self.uses) - 1

    def drop(self, use: int) -> None:
        """What a parse left is thrown away."""
        self.uses[use] = replace(self.uses[use], drops=True)

    def weaken(self, first: int) -> None:
        """Parses from here on may be refused without an end to the run."""
        self.uses[first:] = [replace(use, certain=False) for use in self.uses[first:]]

    def may_change(self, name: str) -> bool:
        """Whether some code of the program changes a collection of this name in place."""
        if name not in self._changed:
            pattern = re.compile(_CHANGES.format(re.escape(name)))
            texts = (entry.facts.source.text for entry in self.program.loaded)
            self._changed[name] = any(pattern.search(text) for text in texts if name in text)
        return self._changed[name]

    def is_script(self, module: ModuleFacts) -> bool:
        """Whether a module is the one that is started."""
        return module is self.program.script
