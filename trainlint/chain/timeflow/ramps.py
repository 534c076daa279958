"""Events of a script in, every place where a counter is divided by or compared with something out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.chain.evaluation import Answers
from trainlint.chain.symbolic.parts import operands, within
from trainlint.chain.timeflow.counting import Mentions, is_exit, pieces
from trainlint.chain.timeflow.numbers import Calculator, Given
from trainlint.facts.behaviour import Call, Change, Event, Place, Step
from trainlint.facts.symbols import Changing, Choice, Constant, Element, Operation, Symbol
from trainlint.record import entity, record
from trainlint.source import Span

_COMPARISONS = {"<", "<=", ">", ">="}
_CLAMPS = {"min", "max", "numpy.clip", "numpy.minimum", "numpy.maximum"}
_DEPTH = 60
#: Library functions and methods that only show what they are given.
_SHOWS = {
    *("print", "log", "info", "debug", "warning", "set_postfix", "set_description", "add_scalar", "write"),
    *("log_metrics", "update", "set_postfix_str", "append"),
}


#: A test, and whether it has to be true.
Condition = tuple[Symbol, bool]


@record
class Ramp:
    """`above / below`, where only `above` counts: it goes from 0 to 1 between two counts.

    For a comparison (`ramp` is False) the counts before and behind `above == below` differ. `clamped` says
    that it stands below a `min` or `max` or in a branch. `place` is where it comes up, `sides` are the
    choices on the way to it.
    """

    above: Symbol
    below: Symbol
    span: Span
    ramp: bool
    clamped: bool
    place: Place | None
    sides: tuple[Condition, ...]

    def happens(self, evaluation: Answers) -> bool:
        """Whether some run of the launch may come to it."""
        if self.place is not None and evaluation.reached(self.place) is False:
            return False
        return all(evaluation.truth(test) in (None, truth) for test, truth in self.sides)


def ramps(events: tuple[Event, ...], mentions: Mentions) -> Iterator[Ramp]:
    """Every ramp and every threshold, each operation once."""
    walk = _Walk(mentions, {id(test) for test in _loop_tests(events)})
    for event in events:
        walk.place = event.place
        for symbol in _symbols(event, walk.seen):
            yield from walk.inside(symbol, (), clamped=False, depth=0)
    # What a call gives comes last: what it is made of was met where it is computed, if that has a place.
    for event in events:
        if isinstance(event, Call):
            walk.place = event.place
            yield from walk.inside(event.result, (), clamped=False, depth=0)


def _loop_tests(events: tuple[Event, ...]) -> Iterator[Symbol]:
    """What decides whether a `while` goes on: the end of a loop is no schedule."""
    places: set[int] = set()
    for event in events:
        for place in event.place.outwards():
            if id(place) in places:
                break
            places.add(id(place))
            if place.step is Step.LOOP and isinstance(place.node, ast.While) and place.value is not None:
                pending = [place.value]
                while pending:
                    test = pending.pop()
                    yield test
                    if isinstance(test, (Operation, Choice)) and getattr(test, "name", "or") in (
                        "and",
                        "or",
                        "not",
                    ):
                        pending += pieces(test)


def _symbols(event: Event, seen: set[int]) -> Iterator[Symbol]:
    """The values that an event has to do with, and what the branches around it ask."""
    if isinstance(event, Call):
        if event.inside is not None or not _shows(event):
            yield from event.positional
            yield from (value for _, value in event.keywords)
    elif isinstance(event, Change):
        yield event.value
    for place in event.place.outwards():
        if id(place) in seen:
            break
        seen.add(id(place))
        if place.step is Step.BRANCH and place.value is not None:
            yield place.value
        if place.barred is not None and not is_exit(place):
            yield from _barred(place.barred, seen)


def _barred(place: Place, seen: set[int]) -> Iterator[Symbol]:
    """What decides whether code leaves a function."""
    for step in place.outwards():
        if id(step) in seen:
            break
        seen.add(id(step))
        if step.step is Step.BRANCH and step.value is not None:
            yield step.value


def _shows(event: Call) -> bool:
    """Whether a call of a library only shows its arguments."""
    name = getattr(event.result, "name", "")
    return isinstance(name, str) and name.rpartition(".")[2] in _SHOWS


@entity
class _Walk:
    """A search through the values of one script; `place` is where the value at hand comes up."""

    mentions: Mentions
    seen: set[int]
    place: Place | None = None

    def inside(
        self, symbol: Symbol, sides: tuple[Condition, ...], *, clamped: bool, depth: int
    ) -> Iterator[Ramp]:
        """The ramps in a value; `sides` are the choices on the way to it."""
        if id(symbol) in self.seen or depth > _DEPTH or not self.mentions.of(symbol):
            return
        self.seen.add(id(symbol))
        if isinstance(symbol, Operation):
            yield from self._operation(symbol, sides, clamped=clamped)
            clamped = clamped or symbol.name in _CLAMPS or symbol.name in _COMPARISONS
        if isinstance(symbol, Choice):
            yield from self.inside(symbol.test, sides, clamped=True, depth=depth + 1)
            for side, truth in ((symbol.then, True), (symbol.other, False)):
                taken = (*sides, (symbol.test, truth))
                yield from self.inside(side, taken, clamped=True, depth=depth + 1)
            return
        for piece in pieces(symbol):
            yield from self.inside(piece, sides, clamped=clamped, depth=depth + 1)

    def _operation(self, symbol: Operation, sides: tuple[Condition, ...], *, clamped: bool) -> Iterator[Ramp]:
        if len(symbol.operands) != 2 or symbol.span is None:
            return
        first, second = symbol.operands
        counts = [bool(self.mentions.of(side)) for side in symbol.operands]
        if symbol.name == "/" and counts == [True, False]:
            above = stripped(first, self.mentions)
            yield Ramp(above, second, symbol.span, ramp=True, clamped=clamped, place=self.place, sides=sides)
        elif symbol.name in _COMPARISONS and sum(counts) == 1:
            above, below = (first, second) if counts[0] else (second, first)
            if not _divides(above):
                yield Ramp(above, below, symbol.span, ramp=False, clamped=True, place=self.place, sides=sides)


def _divides(symbol: Symbol) -> bool:
    """Whether a value is a part of something: a test of it is about the ramp that it stands for."""
    parts = within(symbol, operands, 8)
    return any(isinstance(part, Operation) and part.name == "/" for part in parts)


def stripped(symbol: Symbol, mentions: Mentions) -> Symbol:
    """`base_lr * step` without the factor that does not count, `max(0, step - from)` without its bound."""
    for _ in range(8):
        if not isinstance(symbol, Operation):
            break
        if symbol.name == "*" and len(symbol.operands) == 2:
            counting = [side for side in symbol.operands if mentions.of(side)]
            if len(counting) != 1:
                break
            symbol = counting[0]
        elif symbol.name in ("float", "int") and len(symbol.operands) == 1:
            symbol = symbol.operands[0]
        elif symbol.name in _CLAMPS:
            counting = [side for side in symbol.operands if mentions.of(side)]
            if len(counting) != 1:
                break
            symbol = counting[0]
        else:
            break
    return symbol


def edges(
    ramp: Ramp, key: object, calculator: Calculator, given: Given | None = None
) -> tuple[float | None, float | None]:
    """The counts between which a ramp changes; None where one is not known or it is no line.

    They are counts as the ramp is given them: `step + 1` for a counter that goes up first.
    """
    ahead = _ahead(ramp.above)
    end = _root(Operation("-", (ramp.above, ramp.below)), key, calculator, given)
    start = _root(ramp.above, key, calculator, given) if ramp.ramp else -ahead
    if start is not None and end is not None and start > end:
        start, end = end, start
    return (
        start + ahead if start is not None else None,
        end + ahead if end is not None else None,
    )


def _ahead(symbol: Symbol) -> float:
    """What has been added to a counter before it is used: the most, where it is used in several ways."""
    found, seen, left = [], set[int](), [symbol]
    while left:
        piece = left.pop()
        if id(piece) in seen:
            continue
        seen.add(id(piece))
        added = _added(piece)
        if added is None:
            left += pieces(piece)
        else:
            found.append(added)
    return max(found, default=0.0)


def _added(symbol: Symbol) -> float | None:
    """What `counter + number` adds; None for anything else."""
    if not (isinstance(symbol, Operation) and symbol.name == "+" and len(symbol.operands) == 2):
        return None
    first, second = symbol.operands
    if not (isinstance(first, (Changing, Choice, Element)) and isinstance(second, Constant)):
        return None
    return float(second.value) if isinstance(second.value, (int, float)) else 0.0


def _root(symbol: Symbol, key: object, calculator: Calculator, given: Given | None) -> float | None:
    """Where a line over a counter is zero."""

    def at(count: float) -> float | None:
        return calculator.number(symbol, {**(given or {}), key: count})

    zero, one = at(0), at(1)
    if zero is None or one is None or one == zero:
        return None
    root = -zero / (one - zero)
    middle = at(root / 2)
    if middle is None or abs(middle - zero / 2) > 1e-6 * max(1.0, abs(zero)):
        return None
    return root
