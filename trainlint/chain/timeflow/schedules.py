"""A timeline and the length of the run in, every schedule of the script's own code out."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field

from trainlint.chain.timeflow.counting import CounterKey
from trainlint.chain.timeflow.factors import Counted
from trainlint.chain.timeflow.length import Length
from trainlint.chain.timeflow.numbers import UNKNOWN
from trainlint.chain.timeflow.ramps import Ramp, edges
from trainlint.chain.timeflow.timeline import Counter, Timeline, calls, settings_of
from trainlint.facts.behaviour import Call
from trainlint.facts.config import Origin
from trainlint.facts.schedule import Amount, Number, Phase, Schedule, Unit
from trainlint.facts.symbols import Code, Operation, Setting, Symbol
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import entity, record
from trainlint.source import Span

_LEARNING_RATE = re.compile(r"(?i)(?:^|_|\.)(?:lr|learning_rate)s?(?:_|$)")
_WARM = re.compile(r"(?i)warm")
_RATIO = re.compile(r"(?i)(?:ratio|frac|fraction|percent|pct|proportion|portion)$")
#: What an unknown number is taken for where only the form of a ramp is asked for.
_ASSUMED: dict[object, object] = {UNKNOWN: 1_000_003.0}
_CLOSE = 1e-6

KeyPath = tuple[str, ...]
Origins = Callable[[KeyPath], "Origin | None"]


@record
class Function:
    """A function of the project that is called, by where it stands."""

    file: str
    first: int
    last: int
    name: str
    parameters: tuple[str, ...]


@record
class Edge:
    """One end of a ramp: its count, the settings that move it, and the one that it is equal to.

    `scales` says that it moves with the length of the run.
    """

    value: float | None
    moved_by: tuple[KeyPath, ...]
    key: KeyPath | None
    scales: bool
    setting: Setting | None = None


@entity
class Finder:
    """Finds schedules; `origin` says where a key of the config got its value.

    `counted` are the counts that schedulers hand to functions of the project.
    """

    line: Timeline
    length: Length
    origin: Origins
    ramps: tuple[Ramp, ...]
    counted: Mapping[CounterKey, Counted] = field(default_factory=dict)
    functions: tuple[Function, ...] = ()

    def found(self) -> tuple[Schedule, ...]:
        """All schedules, each once; a threshold at the edge of a ramp is part of the ramp."""
        self.functions = tuple(functions(calls(self.line.events)))
        by_span: dict[Span, tuple[Schedule, bool]] = {}
        for ramp in self.ramps:
            schedule = self._schedule(ramp) if ramp.span not in by_span else None
            if schedule is not None:
                by_span[ramp.span] = (schedule, ramp.ramp)
        edges_of_ramps = {
            (amount.text, number(amount))
            for schedule, is_ramp in by_span.values()
            if is_ramp
            for amount in (schedule.start, schedule.end)
        }
        kept = (
            schedule
            for schedule, is_ramp in by_span.values()
            if is_ramp or (schedule.end.text, number(schedule.end)) not in edges_of_ramps
        )
        return tuple(distinct(kept))

    def _schedule(self, ramp: Ramp) -> Schedule | None:
        counter = self.line.counter(ramp.above)
        if counter is None or (counter.items is None and not counter.increments):
            return None
        if not ramp.ramp and any(bound is ramp.below for bound in _bounds(counter)):
            return None
        own = {s.path: s for side in (ramp.above, ramp.below) for s in settings_of(side)}
        if not own and (not ramp.ramp or not ramp.clamped):
            return None
        length = self._length_of(counter)
        low, high = (self._edge(ramp, counter.key, own, which, length) for which in (0, 1))
        if high is None or low is None or (high.value is not None and high.value <= 1):
            return None
        own_count = self.counted.get(counter.key)
        horizon = Amount(self.horizon(counter), counter.name, counter.span)
        unit, applied = self.line.unit(counter), True
        if own_count is not None:
            moved = own_count.moved
            horizon, unit, applied = moved.horizon, moved.unit, moved.ever
        function = self.around(ramp.span)
        name = _name(high, low, function, length)
        if not ramp.ramp and (
            _at_the_end(high, horizon) or (high.scales and name == getattr(function, "name", ""))
        ):
            return None
        start, end = (self._amount(edge, name, ramp.span, horizon) for edge in (low, high))
        phase = _phase(ramp, name, low, function)
        if own_count is not None and ramp.ramp:
            phase = own_count.phase(low.value, high.value, self.line.calculator) or phase
        return Schedule(name, phase, start, end, horizon, unit, ramp.span, applied=applied)

    def _length_of(self, counter: Counter) -> frozenset[KeyPath]:
        """The settings that decide how long the run is, or how far a loop's variable counts."""
        items = settings_of(counter.items) if counter.items is not None else ()
        return self.length.own | {setting.path for setting in items}

    def horizon(self, counter: Counter) -> Value[Number]:
        """How far a counter gets in this run."""
        ends = self.line.ends(counter)
        if ends is not None:
            return ends if isinstance(ends, Unknown) else Known(ends.value, counter.span)
        start = self.line.start(counter)
        if counter.increments and start is not None:
            for formula in (*self.length.formulas, None):
                steps = self.length.steps(counter.increments[0].place, formula)
                if steps is not None:
                    return Known(start + steps, counter.span)
        if self.line.unit(counter) is Unit.STEP:
            total = self.length.total()
            return total if isinstance(total, Unknown) else Known(total.value, counter.span)
        return Unknown(f"how far `{counter.name}` counts is known at run time only", counter.span)

    def _edge(
        self, ramp: Ramp, key: CounterKey, own: dict[KeyPath, Setting], which: int, length: frozenset[KeyPath]
    ) -> Edge | None:
        """One end of a ramp; None where the ramp is no line over the counter."""
        calculator = self.line.calculator
        real = edges(ramp, key, calculator)[which]
        base: dict[object, object] = {} if real is not None else _ASSUMED
        formal = real if real is not None else edges(ramp, key, calculator, base)[which]
        if formal is None:
            return None
        moved, exact = [], None
        for path, setting in own.items():
            value = calculator.number(setting, base)
            if value is None:
                continue
            more = value + max(7, int(abs(value)) // 2)
            other = edges(ramp, key, calculator, {**base, path: more})[which]
            if other is None or abs(other - formal) < _CLOSE:
                continue
            moved.append(path)
            if abs(formal - value) < _CLOSE and abs(other - more) < _CLOSE:
                exact = path
        scales = any(path in length for path in moved)
        return Edge(real, tuple(moved), exact, scales, own.get(exact) if exact is not None else None)

    def _amount(self, edge: Edge, name: str, span: Span, horizon: Amount) -> Amount:
        """The end of a ramp with the key that decides it."""
        key = ".".join(edge.key) if edge.key is not None else None
        text = key or name
        origin = self.origin(edge.key) if edge.key is not None else None
        if edge.value is not None:
            return Amount(Known(edge.value, span), text, span, key, origin, edge.scales)
        reason = f"when `{text}` ends is known at run time only"
        if edge.key is not None and edge.setting is not None:
            found = self.line.calculator.value(edge.setting, span)
            reason = found.reason if isinstance(found, Unknown) else reason
        elif isinstance(horizon.value, Unknown) and edge.scales:
            reason = horizon.value.reason
        return Amount(Unknown(reason, span), text, span, key, origin, edge.scales)

    def around(self, span: Span) -> Function | None:
        """The innermost function around a place."""
        inside = [f for f in self.functions if f.file == span.file and f.first <= span.line <= f.last]
        return min(inside, key=lambda f: f.last - f.first, default=None)


def functions(found: Iterable[Call]) -> Iterator[Function]:
    """The functions of the project that are called."""
    for call in found:
        if isinstance(call.callee, Code) and isinstance(
            call.callee.node, (ast.FunctionDef, ast.AsyncFunctionDef)
        ):
            node = call.callee.node
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            names = tuple(argument.arg for argument in arguments)
            yield Function(
                call.callee.module.display, node.lineno, node.end_lineno or node.lineno, node.name, names
            )


def number(amount: Amount) -> float | None:
    """The number, None where it is not known."""
    return amount.value.value if isinstance(amount.value, Known) else None


def distinct(found: Iterable[Schedule]) -> Iterator[Schedule]:
    """Schedules of one name that change at the same time are one."""
    seen = set()
    for schedule in found:
        key = (schedule.name, number(schedule.start), number(schedule.end), schedule.unit)
        if key not in seen:
            seen.add(key)
            yield schedule


def _at_the_end(edge: Edge, horizon: Amount) -> bool:
    """Whether a threshold only says that the run is over."""
    most = number(horizon)
    return edge.value is not None and most is not None and abs(edge.value - most) <= 1


def _bounds(counter: Counter) -> tuple[Symbol, ...]:
    """What a loop counts between: a test of its variable against that says only where the loop ends."""
    return counter.items.operands if isinstance(counter.items, Operation) else ()


def _name(high: Edge, low: Edge, function: Function | None, own: frozenset[KeyPath]) -> str:
    """The key that decides when a schedule ends, else the function that computes it."""
    if high.key is not None:
        return ".".join(high.key)
    left = [path for path in high.moved_by if path not in own]
    ratios = [path for path in left if _RATIO.search(path[-1])]
    alone = [path for path in left if path not in low.moved_by]
    for paths in (ratios, alone):
        if len(paths) == 1:
            return ".".join(paths[0])
    return function.name if function is not None else "schedule"


def _phase(ramp: Ramp, name: str, low: Edge, function: Function | None) -> Phase:
    """What a schedule does, as its name and its function's say."""
    if not ramp.ramp:
        return Phase.WAIT
    words = (name, *((function.name, *function.parameters) if function is not None else ()))
    rate = any(_LEARNING_RATE.search(word) for word in words)
    if (
        _WARM.search(name.rpartition(".")[2])
        and (low.value or 0) <= 0
        and (name != getattr(function, "name", ""))
    ):
        return Phase.WARMUP
    return Phase.DECAY if rate else Phase.ANNEAL
