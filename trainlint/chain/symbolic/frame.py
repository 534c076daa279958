"""One call of a function, or the code of a module: its variables, where it stands, what it gave back."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import Enum

from trainlint.chain.symbolic.heap import Side
from trainlint.facts.behaviour import Leave, Place, Step
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Code, Symbol
from trainlint.parse.python.places import node_span
from trainlint.source import Span


class Flow(Enum):
    """How a block ends: it goes on, leaves the turn of a loop, the function, or the program."""

    NEXT = "next"
    LOOP = "continue"
    BREAK = "break"
    LEAVE = "return"
    STOP = "raise"
    EXIT = "exit"


@dataclass(eq=False, slots=True)
class Dropped:
    """What names held where one side of a branch was left for good, and how it was left."""

    place: Place
    flows: frozenset[Flow]
    state: Side


@dataclass(eq=False)
class Frame:
    """`returned` are the values given back with the places of their `return`.

    `left` are the places from which code has left the block that is being run; what follows is not reached
    from there. `dropped` are the states in which one side of a branch was left while the other went on.
    `outer` is the frame around a nested function; `mark` is the heap's as the function was entered.
    """

    module: ModuleFacts
    place: Place
    code: Code | None = None
    variables: dict[str, Symbol] = field(default_factory=dict)
    outer: Frame | None = None
    depth: int = 0
    returned: list[tuple[Place, Symbol]] = field(default_factory=list)
    yielded: list[Symbol] = field(default_factory=list)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    left: list[tuple[Place, Flow]] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    mark: int | None = None
    spans: dict[ast.AST, Span] = field(default_factory=dict)
    statement: ast.AST | None = None

    def holder(self, name: str) -> Frame | None:
        """The frame, this one or one around it, that has a variable of this name."""
        frame: Frame | None = self
        while frame is not None and name not in frame.variables:
            frame = frame.outer
        return frame

    @property
    def span(self) -> Span:
        """Where the statement stands that is being run."""
        return self.span_of(self.statement or self.module.tree)

    def span_of(self, node: ast.AST) -> Span:
        """Where a node of this frame's code stands; remembered, since the same code is run many times."""
        known = self.spans.get(node)
        if known is None:
            known = self.spans[node] = node_span(self.module.source, node)
        return known


#: What each way to leave a block leaves.
LEAVES = {
    Flow.LOOP: Leave.TURN,
    Flow.BREAK: Leave.LOOP,
    Flow.LEAVE: Leave.FUNCTION,
    Flow.EXIT: Leave.PROGRAM,
}


def barred(around: Place, place: Place, how: Flow) -> Place:
    """What follows in a block: only where code has not left it from another place."""
    step = Step.ASSUMED if how is Flow.STOP else Step.UNLESS
    return Place(around, step, place.span, barred=place, leaves=LEAVES.get(how))
