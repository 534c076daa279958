"""A timeline in, the divisions of a batch or of its accumulation that may leave a rest out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from trainlint.chain.symbolic.parts import asks_world_size, within
from trainlint.chain.timeflow.counting import pieces
from trainlint.chain.timeflow.schedules import Origins
from trainlint.chain.timeflow.timeline import Timeline, settings_of
from trainlint.facts.behaviour import Call, Change, Event, Guard, Step
from trainlint.facts.schedule import Amount, Division, Number
from trainlint.facts.symbols import Fact, Operation, Symbol
from trainlint.facts.value import Known, Unknown, Value
from trainlint.source import Span

_DIVIDED = re.compile(r"(?i)batch|bsz|accum|(?:^|_)bs(?:$|_)")
_DIVISORS = re.compile(
    r"(?i)accum|world|num_gpus|n_gpus|num_devices|devices|micro|minibatch|mini_batch|num_nodes"
)
_DEPTH = 30


def divisions(line: Timeline, divided: Iterable[Operation], origin: Origins) -> Iterator[Division]:
    """`global_batch_size // world_size` and the like, each place once, where no guard asks for a rest.

    `divided` is what `quotients` finds in the events of the script.
    """
    guarded = [names for guard in line.events if isinstance(guard, Guard) for names in _guarded(guard)]
    places: set[Span] = set()
    for found in divided:
        division = _division(found, line, origin)
        names = frozenset(_names(found))
        if division is not None and division.span not in places and names not in guarded:
            places.add(division.span)
            yield division


def quotients(events: Iterable[Event]) -> Iterator[Operation]:
    """What is divided anywhere in a script with the rest dropped, the same for all launches."""
    seen: set[int] = set()
    for event in events:
        symbols: tuple[Symbol, ...] = ()
        if isinstance(event, Change):
            symbols = (event.value,)
        elif isinstance(event, Call):
            symbols = (*event.positional, *(value for _, value in event.keywords), event.result)
        for symbol in symbols:
            yield from _inside(symbol, seen, 0)


def _inside(symbol: Symbol, seen: set[int], depth: int) -> Iterator[Operation]:
    if id(symbol) in seen or depth > _DEPTH:
        return
    seen.add(id(symbol))
    if isinstance(symbol, Operation):
        if symbol.name == "//" and len(symbol.operands) == 2:
            yield symbol
        elif symbol.name == "int" and symbol.operands:
            inner = symbol.operands[0]
            if isinstance(inner, Operation) and inner.name == "/":
                yield Operation("//", inner.operands, symbol.span)
    for piece in pieces(symbol):
        yield from _inside(piece, seen, depth + 1)


def _division(symbol: Operation, line: Timeline, origin: Origins) -> Division | None:
    first, second = symbol.operands
    if symbol.span is None or line.mentions.of(symbol) or not _divisor(second):
        return None
    dividend = list(settings_of(first))
    if len(dividend) != 1 or not _DIVIDED.search("".join(dividend[0].path[-1:])):
        return None
    values = [line.calculator.number(side) for side in (first, second)]
    if values[1] == 0 or any(value != int(value) for value in values if value is not None):
        return None
    dividend_amount, divisor_amount = (_amount(side, line, symbol.span, origin) for side in symbol.operands)
    return Division(dividend_amount, divisor_amount, symbol.span)


def _divisor(symbol: Symbol) -> bool:
    """Whether it counts ranks or micro-batches."""
    if asks_world_size(symbol, pieces, 8):
        return True
    settings = list(settings_of(symbol))
    return bool(settings) and all(_DIVISORS.search("".join(setting.path[-1:])) for setting in settings)


def _amount(symbol: Symbol, line: Timeline, span: Span, origin: Origins) -> Amount:
    settings = list(settings_of(symbol))
    key = settings[0].path if len(settings) == 1 else None
    text = ".".join(key) if key is not None else "the number of ranks"
    return Amount(
        _whole(line.calculator.value(symbol, span), span),
        text,
        span,
        ".".join(key) if key is not None else None,
        origin(key) if key is not None else None,
    )


def _whole(found: Value[object], span: Span) -> Value[Number]:
    if isinstance(found, Unknown):
        return found
    value = found.value
    return Known(int(value), span) if isinstance(value, (int, float)) else Unknown("it is no number", span)


def _names(symbol: Operation) -> Iterator[object]:
    """What a division or remainder is made of, for comparing with guards."""
    for side in symbol.operands:
        yield from (setting.path for setting in settings_of(side))
        if asks_world_size(side, pieces, 8):
            yield Fact.WORLD_SIZE


def _guarded(guard: Guard) -> Iterator[frozenset[object]]:
    """What a guard asks the remainder of."""
    tests = [guard.test] if guard.test is not None else []
    for step in guard.place.outwards():
        if step.step is Step.CALL:
            break
        if step.step is Step.BRANCH and step.value is not None:
            tests.append(step.value)
    for test in tests:
        for remainder in _remainders(test):
            yield frozenset(_names(remainder))


def _remainders(symbol: Symbol) -> Iterator[Operation]:
    for part in within(symbol, lambda part: () if _is_remainder(part) else pieces(part), 10):
        if _is_remainder(part):
            yield part


def _is_remainder(symbol: Symbol) -> TypeGuard[Operation]:
    return isinstance(symbol, Operation) and symbol.name == "%"
