"""Facts of a run's time: how long it is, what changes with it, what happens every so often."""

from __future__ import annotations

from enum import Enum

from trainlint.facts.config import Origin
from trainlint.facts.value import Unknown, Value
from trainlint.record import record
from trainlint.source import Span

Number = int | float


class Unit(Enum):
    """What a counter counts."""

    STEP = "steps"
    EPOCH = "epochs"
    BATCH = "batches"


class Phase(Enum):
    """What a schedule does between its start and its end.

    WARMUP rises from the first step on, DECAY lowers the learning rate, ANNEAL moves anything else, WAIT
    holds something back or on until its end.
    """

    WARMUP = "warm-up"
    DECAY = "decay"
    ANNEAL = "annealing"
    WAIT = "wait"


class AfterEnd(Enum):
    """What a schedule does when it is asked for a step behind its end."""

    HOLDS = "its last value"
    TURNS = "turns back"
    RAISES = "stops the run"


@record
class Amount:
    """A number in code: its value, how the code spells it, and the config key that alone decides it.

    `key` is None where the number is computed from several things; `ratio` says that it is a part of the
    run's own length and scales with it.
    """

    value: Value[Number]
    text: str
    span: Span
    key: str | None = None
    origin: Origin | None = None
    ratio: bool = False


@record
class Schedule:
    """Something that changes from `start` to `end`, counted by a counter that reaches `horizon`.

    `name` is the key, or else the function or class, that decides its end. `applied` is False when nothing
    uses what it computes. `local` is the counter's fault, when it does not count the run's steps.
    """

    name: str
    phase: Phase
    start: Amount
    end: Amount
    horizon: Amount
    unit: Unit
    span: Span
    after: AfterEnd = AfterEnd.HOLDS
    applied: bool = True


@record
class TotalFormula:
    """A number of steps that code computes for the run, beside the steps that the run takes.

    `wrong` and `right` are the two counts, `cause` says what the formula forgets, `instead` how it should
    be written.
    """

    name: str
    wrong: Value[Number]
    right: Value[Number]
    cause: str
    instead: str
    span: Span
    counted: Span


@record
class LocalCounter:
    """A counter that schedules ask and that does not go up by one with each optimizer step.

    `counter` is how it is spelled, `asked` where schedules use it, inside `functions`, `counted` where it
    goes up, `faults` what is wrong with it. `step` is the counter of the run's steps, counted at
    `step_span`.
    """

    counter: str
    functions: tuple[str, ...]
    asked: tuple[Span, ...]
    counted: Span | None
    faults: tuple[str, ...]
    step: str
    step_span: Span


class Action(Enum):
    """What happens every so often."""

    EVALUATION = "evaluation"
    CHECKPOINT = "checkpoint"


@record
class Interval:
    """An action that happens whenever a counter is a multiple of `every`.

    `first` is the first count at which it happens, `finally_too` says that it also happens at the end,
    `perhaps_finally` that some releases of the library do it there.
    """

    actions: frozenset[Action]
    every: Amount
    horizon: Amount
    unit: Unit
    first: int
    finally_too: bool
    span: Span
    perhaps_finally: bool = False


@record
class Division:
    """A whole-number division of a batch or of accumulation steps among ranks or micro-batches."""

    dividend: Amount
    divisor: Amount
    span: Span


@record
class TimeFlow:
    """All that is known of a launch's time; `unverified` is what could not be said, and why."""

    total: Value[Number]
    schedules: tuple[Schedule, ...] = ()
    formulas: tuple[TotalFormula, ...] = ()
    counters: tuple[LocalCounter, ...] = ()
    intervals: tuple[Interval, ...] = ()
    divisions: tuple[Division, ...] = ()
    unverified: tuple[Unknown, ...] = ()
