"""The counters that schedules ask in, those out that do not count the steps of the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.chain.evaluation import Answers
from trainlint.chain.operations import ABSENT
from trainlint.chain.symbolic.parts import operands, within
from trainlint.chain.timeflow.counting import CounterKey, counter_key, pieces
from trainlint.chain.timeflow.loops import loops_around
from trainlint.chain.timeflow.ramps import Ramp
from trainlint.chain.timeflow.schedules import Finder
from trainlint.chain.timeflow.timeline import Counter, Timeline
from trainlint.facts.behaviour import Change, Place, Step
from trainlint.facts.schedule import LocalCounter, Unit
from trainlint.facts.symbols import Instance, Made, Operation, Setting, Symbol
from trainlint.facts.value import Known
from trainlint.source import Span


def local_counters(finder: Finder, used: Iterable[Ramp], evaluation: Answers) -> Iterator[LocalCounter]:
    """Each counter that a schedule asks and that goes up otherwise than the run's own step counter."""
    line = finder.line
    step = next(
        (c for c in line.counters.values() if line.is_step(c) and not _faults(c, line, evaluation)), None
    )
    asked: dict[CounterKey, list[Ramp]] = {}
    schedules = {schedule.span for schedule in finder.found()}
    for ramp in used:
        keys = line.mentions.of(ramp.above)
        if len(keys) == 1 and (ramp.ramp or ramp.span in schedules):
            asked.setdefault(next(iter(keys)), []).append(ramp)
    for key, ramps in asked.items():
        if key[0] == "unset":
            yield from _unset(key, ramps, finder, step, evaluation)
            continue
        counter = line.counters.get(key)
        if counter is None or step is None or counter is step or line.unit(counter) is Unit.EPOCH:
            continue
        if counter.first not in (None, line.loops[0].span):  # a variable that each turn starts anew
            continue
        faults = _faults(counter, line, evaluation)
        if faults:
            yield _local(counter, ramps, finder, step, (*faults, *_forgotten(counter, step, line)))


def _local(
    counter: Counter, ramps: list[Ramp], finder: Finder, step: Counter, faults: tuple[str, ...]
) -> LocalCounter:
    spans = tuple(dict.fromkeys(ramp.span for ramp in ramps))
    return LocalCounter(
        counter=spelled(counter),
        functions=_functions(finder, spans),
        asked=spans,
        counted=counter.span,
        faults=faults,
        step=spelled(step),
        step_span=step.span,
    )


def _functions(finder: Finder, spans: tuple[Span, ...]) -> tuple[str, ...]:
    around = (finder.around(span) for span in spans)
    return tuple(dict.fromkeys(function.name for function in around if function is not None))


def spelled(counter: Counter) -> str:
    """A counter with the class of its object."""
    return f"{counter.owner.node.name}.{counter.name}" if counter.owner is not None else counter.name


def _faults(counter: Counter, line: Timeline, evaluation: Answers) -> tuple[str, ...]:
    """Why a counter does not go up once with each step of the optimizer."""
    if line.optimizer is None or not counter.increments:
        return ()
    found = []
    shared = set(map(id, line.optimizer.place.outwards()))
    for change in counter.increments:
        around = set(map(id, loops_around(change.place)))
        if not set(map(id, line.loops)) <= around:
            continue
        for place in change.place.outwards():
            if id(place) in shared:
                break
            fault = _fault(place, line, evaluation)
            if fault is not None:
                found.append(fault)
    return tuple(dict.fromkeys(found))


def _fault(place: Place, line: Timeline, evaluation: Answers) -> str | None:
    if place.step is Step.BRANCH and place.value is not None:
        truth = evaluation.truth(place.value)
        return None if truth is place.truth else f"it goes up only in the branch at {place.span}"
    if place.step is Step.UNLESS and place.barred is not None:
        return (
            None
            if evaluation.reached(place.barred) is False
            else f"it does not go up after {place.barred.span}"
        )
    if place.step is Step.LOOP:
        count = line.turns(place).count
        if count != 1:
            times = f"{count:g} times" if count is not None else "once a turn"
            return f"it goes up {times} in the loop at {place.span}"
    return None


def _forgotten(counter: Counter, step: Counter, line: Timeline) -> Iterator[str]:
    """A plain attribute is in no checkpoint, while the step comes back from it."""
    if counter.owner is None:
        return
    for event in line.events:
        if (
            isinstance(event, Change)
            and event.name == step.name
            and event.owner is step.owner
            and _loaded(event.value)
        ):
            yield "it starts from its first value again when the run is resumed"
            return


def _loaded(symbol: Symbol) -> bool:
    return any(isinstance(part, Made) and part.name == "torch.load" for part in within(symbol, operands, 7))


def _unset(
    key: CounterKey, ramps: list[Ramp], finder: Finder, step: Counter | None, evaluation: Answers
) -> Iterator[LocalCounter]:
    """`getattr(self, "step", 0)` of an attribute that nothing sets."""
    symbol = next(filter(None, (_inside(ramp.above, key) for ramp in ramps)), None)
    if symbol is None or step is None or _set(symbol, key, finder.line, evaluation):
        return
    spans = tuple(dict.fromkeys(ramp.span for ramp in ramps))
    yield LocalCounter(
        counter=key[1],
        functions=_functions(finder, spans),
        asked=(symbol.span, *spans) if symbol.span is not None else spans,
        counted=None,
        faults=(f"nothing sets it, so that it stays at {symbol.operands[-1].value}",),  # type: ignore[union-attr]
        step=spelled(step),
        step_span=step.span,
    )


def _inside(symbol: Symbol, key: CounterKey) -> Operation | None:
    parts = within(symbol, pieces, 31)
    return next((part for part in parts if isinstance(part, Operation) and counter_key(part) == key), None)


def _set(symbol: Operation, key: CounterKey, line: Timeline, evaluation: Answers) -> bool:
    """Whether anything sets the attribute, or the config has the key."""
    owner = symbol.operands[0]
    if isinstance(owner, Setting):
        found = evaluation.value(owner)
        return not isinstance(found, Known) or found.value is not ABSENT
    changed = any(
        isinstance(event, Change) and event.name == key[1] and event.owner is owner for event in line.events
    )
    return changed or (isinstance(owner, Instance) and key[1] in owner.attributes)
