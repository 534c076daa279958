"""A timeline in, what is evaluated or saved every so many steps or epochs out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.chain.timeflow.loops import loops_around
from trainlint.chain.timeflow.schedules import Finder, Origins
from trainlint.chain.timeflow.timeline import Counter, calls, settings_of
from trainlint.facts.behaviour import Call, Place, Step
from trainlint.facts.schedule import Action, Amount, Interval
from trainlint.facts.symbols import Code, Operation, Symbol
from trainlint.facts.value import Known, Unknown
from trainlint.record import record
from trainlint.source import Span

_ACTIONS = (
    (
        Action.CHECKPOINT,
        re.compile(r"(?i)(?:^|_)(?:save|checkpoint|ckpt)(?:$|_)|^torch\.save$|save_state|save_pretrained"),
    ),
    (Action.EVALUATION, re.compile(r"(?i)(?:^|_)(?:eval|evaluate|validate|validation|val|test)(?:$|_)")),
)


@record
class _Test:
    """`counter % every == 0`; `more` says that another condition does as well."""

    count: Symbol
    every: Symbol
    more: bool
    span: Span


def intervals(finder: Finder, origin: Origins) -> Iterator[Interval]:
    """Every action that happens whenever a counter is a multiple of something."""
    found: dict[int, tuple[_Test, Place, set[Action]]] = {}
    elsewhere: list[tuple[Action, Place]] = []
    for call in calls(finder.line.events):
        action = _action(call)
        if action is None:
            continue
        tests = list(_tests(call.place))
        for test, place in tests:
            found.setdefault(id(test.every), (test, place, set()))[2].add(action)
        if not tests:
            elsewhere.append((action, call.place))
    for test, place, actions in found.values():
        interval = _interval(finder, origin, test, place, actions, elsewhere)
        if interval is not None:
            yield interval


def _interval(
    finder: Finder,
    origin: Origins,
    test: _Test,
    place: Place,
    actions: set[Action],
    elsewhere: list[tuple[Action, Place]],
) -> Interval | None:
    line = finder.line
    counter = line.counter(test.count)
    every = line.calculator.number(test.every)
    settings = {setting.path for setting in settings_of(test.every)}
    if counter is None or every is None or every <= 0 or len(settings) > 2:
        return None
    equal = [path for path in settings if _equals(finder, test.every, path, every)]
    key = equal[0] if len(equal) == 1 else None
    amount = Amount(
        Known(every, test.span),
        ".".join(key) if key is not None else "the interval",
        test.span,
        ".".join(key) if key is not None else None,
        origin(key) if key is not None else None,
    )
    loop = next(iter(loops_around(place)), None)
    late = {action for action, where in elsewhere if loop is None or not where.within(loop)}
    return Interval(
        actions=frozenset(actions),
        every=amount,
        horizon=Amount(finder.horizon(counter), counter.name, counter.span),
        unit=line.unit(counter),
        first=_first(finder, counter, test),
        finally_too=test.more or actions <= late,
        span=test.span,
    )


def _equals(finder: Finder, symbol: Symbol, path: tuple[str, ...], every: float) -> bool:
    """Whether the interval is a key's value: it moves as the key does."""
    return finder.line.calculator.number(symbol, {path: every + 5}) == every + 5


def _first(finder: Finder, counter: Counter, test: _Test) -> int:
    """The first count that is tested."""
    calculator = finder.line.calculator
    if isinstance(counter.items, Operation):
        ends = counter.items.operands
        start = calculator.number(ends[0]) if len(ends) > 1 else 0
    else:
        start = finder.line.start(counter)
    return int(calculator.number(test.count, {counter.key: start or 0}) or 0)


def _action(call: Call) -> Action | None:
    """What a call does, as its name says."""
    callee = call.callee
    name = callee.name if isinstance(callee, Code) else str(getattr(call.result, "name", ""))
    if not isinstance(callee, Code) and name != "torch.save":
        name = name.rpartition(".")[2].removesuffix("()")
    if name in ("eval", "test"):
        return None
    return next((action for action, words in _ACTIONS if words.search(name)), None)


def _tests(place: Place) -> Iterator[tuple[_Test, Place]]:
    """The intervals that a place lies under, inside the innermost loops."""
    for step in place.outwards():
        if step.step is Step.BRANCH and step.value is not None:
            for test in _remainders(step.value, step.truth, step.span):
                yield test, step
        elif step.step is Step.UNLESS and step.barred is not None:
            barred = step.barred
            if barred.step is Step.BRANCH and barred.value is not None:
                for test in _remainders(barred.value, not barred.truth, barred.span):
                    yield test, step


def _remainders(symbol: Symbol, truth: bool, span: Span, *, more: bool = False) -> Iterator[_Test]:
    """`a % n == 0` (true) or `a % n` (false) in a test."""
    if not isinstance(symbol, Operation):
        return
    if symbol.name == "not":
        yield from _remainders(symbol.operands[0], not truth, span, more=more)
    elif symbol.name in ("and", "or"):
        other = more or (symbol.name == "or") is truth
        for operand in symbol.operands:
            yield from _remainders(operand, truth, span, more=other)
    elif symbol.name == "==" and truth and len(symbol.operands) == 2:
        for operand in symbol.operands:
            if isinstance(operand, Operation) and operand.name == "%":
                yield _Test(operand.operands[0], operand.operands[1], more, span)
    elif symbol.name == "!=" and not truth:
        yield from _remainders(Operation("==", symbol.operands), True, span, more=more)
    elif symbol.name == "%" and not truth:
        yield _Test(symbol.operands[0], symbol.operands[1], more, span)


def unsaid(found: tuple[Interval, ...]) -> Iterator[Unknown]:
    """Why an interval could not be held against the run."""
    for interval in found:
        if isinstance(interval.horizon.value, Unknown):
            yield interval.horizon.value
