"""A scheduler that is made in, how often the run moves it on out."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from trainlint.chain.timeflow.length import Length
from trainlint.chain.timeflow.loops import loops_around
from trainlint.chain.timeflow.timeline import Timeline, calls
from trainlint.chain.timeflow.trainers import Run
from trainlint.facts.behaviour import Call, Place, Step
from trainlint.facts.schedule import Amount, Unit
from trainlint.facts.symbols import Choice, Fact, Made, Opaque, Runtime, Symbol
from trainlint.facts.value import Known, Unknown
from trainlint.record import entity, record

_BY_RANKS = "accelerate moves the learning rate's schedule on once for each rank"


@record
class Moved:
    """How often a scheduler is moved on; `ever` is False where its `step()` is nowhere called."""

    horizon: Amount
    unit: Unit
    ever: bool


@entity
class Movers:
    """What moves schedulers on: the script's own loops, and the trainers whose `runs` are known."""

    line: Timeline
    length: Length
    runs: tuple[Run, ...] = ()

    def of(self, made: Symbol) -> Moved | None:
        """Who moves a scheduler on; None where that cannot be told."""
        steps = [call for call in calls(self.line.events) if _steps(call, made)]
        if steps and self._moved_by_each_rank(made):
            reason = Unknown(_BY_RANKS, steps[0].span)
            return Moved(Amount(reason, "its steps", steps[0].span), Unit.STEP, ever=True)
        if steps:
            return Moved(*self._horizon(steps), ever=True)
        for run in self.runs:
            for given, horizon, unit in run.moved:
                if given is made:
                    return Moved(horizon, unit, ever=True)
        if self.runs or self._escapes(made):
            return None
        return Moved(Amount(Known(0, self.line.span), "its steps", self.line.span), Unit.STEP, ever=False)

    def _moved_by_each_rank(self, made: Symbol) -> bool:
        """Whether accelerate wraps it: then each call of `step()` is a step for each of the ranks."""
        prepared = any(
            isinstance(call.node.func, ast.Attribute)
            and call.node.func.attr == "prepare"
            and any(value is made for value in call.positional)
            for call in calls(self.line.events)
        )
        return prepared and self.line.calculator.number(Runtime(Fact.WORLD_SIZE)) != 1

    def _horizon(self, steps: list[Call]) -> tuple[Amount, Unit]:
        place, span = steps[0].place, steps[0].span
        unit = self._unit(place)
        for formula in (*self.length.formulas, None):
            found = self.length.steps(place, formula)
            if found is not None and len(steps) == 1:
                return Amount(Known(found, span), "its steps", span), unit
        if unit is Unit.STEP and len(steps) == 1:
            return Amount(self.length.total(), "its steps", span), unit
        reason = Unknown("how often the learning rate's schedule is moved on is not known", span)
        return Amount(reason, "its steps", span), unit

    def _unit(self, place: Place) -> Unit:
        around = loops_around(place)
        return Unit.EPOCH if around and around[-1] in self.line.loops[:-1] else Unit.STEP

    def _escapes(self, made: Symbol) -> bool:
        """Whether a scheduler is handed to code that may step it, or something unknown is stepped."""
        for call in calls(self.line.events):
            given: Iterable[Symbol] = (*call.positional, *(value for _, value in call.keywords))
            if call.inside is None and any(_within(value, made) for value in given):
                return True
            if isinstance(call.result, Made) and call.result.name == "?.step":
                return True
            if _called_back(call.place) and _within(call.result, made):
                return True
        return False


def _called_back(place: Place) -> bool:
    """Whether a library may call what stands here, and so gets what it returns."""
    return place.step is Step.BRANCH and isinstance(place.value, Opaque)


def _steps(call: Call, made: Symbol) -> bool:
    """Whether a call is `scheduler.step()` of this scheduler."""
    result = call.result
    return isinstance(result, Made) and result.name.endswith(".step") and _holds(result.owner, made)


def _holds(symbol: Symbol | None, made: Symbol, depth: int = 0) -> bool:
    if symbol is made:
        return True
    if depth < 6 and isinstance(symbol, Choice):
        return _holds(symbol.then, made, depth + 1) or _holds(symbol.other, made, depth + 1)
    return False


def _within(symbol: Symbol, made: Symbol, depth: int = 0) -> bool:
    if symbol is made:
        return True
    parts = getattr(symbol, "items", None) or ()
    entries = tuple(value for _, value in getattr(symbol, "entries", None) or ())
    return depth < 4 and any(_within(part, made, depth + 1) for part in (*parts, *entries))
