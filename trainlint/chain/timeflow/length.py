"""A timeline in, the number of steps that its run takes out, and what the code takes it for."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from dataclasses import field

from trainlint.chain.timeflow.loops import Batches, Rest, loops_around, through, turns
from trainlint.chain.timeflow.timeline import Timeline, contains, settings_of
from trainlint.facts.behaviour import Call, Change, Place, Step
from trainlint.facts.symbols import Code, Fact, Operation, Runtime, Setting, Symbol
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import entity, record
from trainlint.source import Span

#: What variables and parameters that hold the number of steps of a run are called.
TOTAL = re.compile(
    r"(?i)^(?:(?:total|max|num|n)_(?:train(?:ing)?_|update_|optimi[sz](?:er|ation)_|gradient_)?"
    r"(?:steps?|iters?|iterations|updates)|t_total|t_max|num_training_steps)$"
)


@record
class Formula:
    """A computed number of steps: its name, the symbol and where it is written."""

    name: str
    symbol: Symbol
    span: Span


@record
class Every:
    """`dividend % divisor == 0`; `more` says that another condition does as well."""

    dividend: Symbol
    divisor: Symbol
    more: bool


@entity
class Length:
    """The number of steps of a run: as the loops have it, and as formulas in the code have it."""

    line: Timeline
    formulas: tuple[Formula, ...] = ()
    _epochs: tuple[Setting, ...] = field(default=())

    @classmethod
    def of(cls, line: Timeline) -> Length:
        """Find the formulas that compute the number of steps from what the outer loops count."""
        found = cls(line)
        found._epochs = tuple(found._counted())
        paths = {setting.path for setting in found._epochs}
        formulas: dict[int, Formula] = {}
        for formula in _named(line):
            own = {setting.path for setting in settings_of(formula.symbol)}
            if own & paths and isinstance(formula.symbol, Operation) and not found._turns(formula.symbol):
                formulas.setdefault(id(formula.symbol), formula)
        found.formulas = tuple(formulas.values())
        return found

    def _turns(self, symbol: Symbol) -> bool:
        """Whether a number is how often an outer loop turns, and so no number of steps."""
        outer = (through(loop.value) for loop in self.line.loops[:-1])
        return any(items is not None and contains(items, symbol) for items in outer)

    def _counted(self) -> Iterator[Setting]:
        """The settings that say how often the loops around the optimizer step turn."""
        for loop in self.line.loops:
            items = through(loop.value)
            tested = self.line.turns(loop).bound
            for symbol in (items, tested[1] if tested is not None else None):
                if isinstance(symbol, (Operation, Setting)):
                    yield from settings_of(symbol)

    @property
    def own(self) -> frozenset[tuple[str, ...]]:
        """The paths of all settings that decide how long the run is."""
        paths = {setting.path for setting in self._epochs}
        for formula in self.formulas:
            paths |= {setting.path for setting in settings_of(formula.symbol)}
        return frozenset(paths)

    def steps(self, place: Place, formula: Formula | None) -> float | None:
        """How often a place inside the loops is come to; `formula` helps where a loop is over data."""
        count, whole = 1.0, 1.0
        for loop in loops_around(place):
            turned = self.line.turns(loop)
            found = turned.count
            if found is None and turned.batches is not None and formula is not None:
                found = self._batches(turned.batches, formula)
            if found is None:
                return None
            for every in _every(place, loop):
                value = self.line.calculator.number(every.divisor)
                if value is None or value < 1:
                    return None
                if self._goes_on(every, loop):
                    whole *= value
                else:
                    found = float(-(-found // value) if every.more else found // value)
            count *= found
        return float(count // whole)

    def _goes_on(self, every: Every, loop: Place) -> bool:
        """Whether the count that is divided goes on from epoch to epoch."""
        counter = self.line.counter(every.dividend)
        if counter is None or counter.items is not None:
            return False
        return counter.first is None or counter.first != loop.span

    def _batches(self, batches: Batches, formula: Formula) -> float | None:
        """How many batches there are in one epoch, by the formula for one epoch with nothing rounded."""
        calculator = self.line.calculator
        one = self._one_epoch()
        if one is None:
            return None
        spread = calculator.number(formula.symbol, one, exact=True)
        if spread is None:
            return None
        if batches.ranks and not self.knows_ranks(formula):
            ranks = calculator.number(_WORLD)
            if ranks is None:
                return None
            spread /= ranks
        for factor in self._parts(formula):
            spread *= factor
        return float(math.floor(spread + 1e-9) if batches.rest is Rest.DROPPED else math.ceil(spread - 1e-9))

    def _parts(self, formula: Formula) -> Iterator[float]:
        """The accumulation that the formula has already divided by."""
        for divisor in self.micro(self.line.optimizer.place if self.line.optimizer is not None else None):
            value = self.line.calculator.number(divisor)
            if value and self.depends(formula, divisor):
                yield value

    def depends(self, formula: Formula, symbol: Symbol) -> bool:
        """Whether a formula takes the settings of a symbol into account."""
        paths = {setting.path for setting in settings_of(formula.symbol)}
        return any(setting.path in paths for setting in settings_of(symbol))

    def knows_ranks(self, formula: Formula) -> bool:
        """Whether a formula takes the number of ranks into account."""
        known = self.line.calculator.number(formula.symbol, {Fact.WORLD_SIZE: 3})
        other = self.line.calculator.number(formula.symbol, {Fact.WORLD_SIZE: 7})
        return known != other

    def _one_epoch(self) -> dict[object, object] | None:
        """What makes each outer loop turn once."""
        given: dict[object, object] = {}
        for loop in self.line.loops:
            items = through(loop.value)
            if not (isinstance(items, Operation) and items.name == "range"):
                continue
            settings = list(settings_of(items))
            if len(settings) != 1:
                return None
            given[settings[0].path] = 1
            if turns(loop, self.line.calculator, given).count != 1:
                return None
        return given

    def micro(self, place: Place | None) -> list[Symbol]:
        """`n` of each `if step % n == 0` between a place and the innermost loop around it."""
        found = []
        for step in place.outwards() if place is not None else ():
            if step.step is Step.LOOP:
                break
            every = remainder(step)
            if every is not None:
                found.append(every.divisor)
        return found

    @property
    def ranked(self) -> bool:
        """Whether each rank goes over its share of the data."""
        turned = (self.line.turns(loop).batches for loop in self.line.loops)
        return any(batches is not None and batches.ranks for batches in turned)

    def total(self) -> Value[float]:
        """How many optimizer steps the run takes."""
        optimizer = self.line.optimizer
        if optimizer is None:
            return Unknown("the optimizer's step was not found", self.line.span)
        for formula in (*self.formulas, None):
            steps = self.steps(optimizer.place, formula)
            if steps is not None:
                return Known(steps, optimizer.span)
        for formula in self.formulas:
            found = self.line.calculator.value(formula.symbol, formula.span)
            if isinstance(found, Known) and isinstance(found.value, (int, float)):
                return Known(found.value, formula.span)
            if isinstance(found, Unknown):
                return Unknown(f"how many steps the run takes is not known: {found.reason}", found.span)
        return Unknown("how many steps the run takes is known at run time only", optimizer.span)


_WORLD = Runtime(Fact.WORLD_SIZE)


def remainder(place: Place) -> Every | None:
    """`… % n == 0` of a branch."""
    if place.step is not Step.BRANCH or place.value is None:
        return None
    pending, more = [place.value], False
    while pending:
        symbol = pending.pop()
        if isinstance(symbol, Operation):
            if symbol.name == "%":
                return Every(symbol.operands[0], symbol.operands[1], more)
            if symbol.name in ("==", "or", "not", "and"):
                more = more or symbol.name == "or"
                pending += symbol.operands
    return None


def _every(place: Place, loop: Place) -> Iterator[Every]:
    """The branches right inside a loop under which a place is come to in some turns only."""
    inside: list[Every] = []
    for step in place.outwards():
        if step is loop:
            yield from inside
            return
        if step.step is Step.LOOP and isinstance(step.node, (ast.For, ast.AsyncFor, ast.While)):
            inside = []
        every = remainder(step)
        if every is not None:
            inside.append(every)


def _named(line: Timeline) -> Iterator[Formula]:
    """Everything that is bound to a name that says it is the number of steps."""
    for event in line.events:
        if isinstance(event, Change) and TOTAL.match(event.name):
            yield Formula(event.name, event.value, event.span)
        elif isinstance(event, Call):
            for name, value in event.keywords:
                if TOTAL.match(name):
                    yield Formula(name, value, event.span)
            if isinstance(event.callee, Code) and hasattr(event.callee.node, "args"):
                names = [argument.arg for argument in event.callee.node.args.args]
                shift = 1 if event.callee.bound is not None else 0
                for name, value in zip(names[shift:], event.positional, strict=False):
                    if TOTAL.match(name):
                        yield Formula(name, value, event.span)
