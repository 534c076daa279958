"""One of several values in, the same with each value once out, under all the tests that lead to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import Choice, Operation, Symbol
from trainlint.source import Span

#: Larger choices are left as they are.
_MOST = 200

#: A value with the tests that lead to it and how each comes out.
_Way = tuple[Symbol, tuple[tuple[Symbol, bool], ...]]


def once_each(choice: Choice, place: Place, span: Span) -> Symbol:
    """The choice without what the place excludes; a value that several ways lead to stands there once.

    A model that is wrapped, or not, in one of three ways is one model: without this, calls of what it calls
    would be followed once for each way.
    """
    found = _ways(choice, _known(place))
    if found is None:
        return choice
    ways, excludes = found
    grouped: dict[int, list[_Way]] = {}
    for way in ways:
        grouped.setdefault(id(way[0]), []).append(way)
    if len(grouped) == len(ways) and not excludes:
        return choice
    *others, last = grouped.values()
    result = last[0][0]
    for group in reversed(others):
        result = Choice(_any_of(group, span), group[0][0], result)
    return result


@lru_cache(maxsize=64)
def _known(place: Place) -> Mapping[int, bool]:
    """The tests that a place stands behind, by identity, and how they came out."""
    found: dict[int, bool] = {}
    step: Place | None = place
    # Written out, not by `outwards`: it is done wherever one of several values is called.
    while step is not None:
        if step.step is Step.BRANCH and step.value is not None:
            _learn(step.value, step.truth, found)
        step = step.parent
    return found


def _learn(test: Symbol, truth: bool, found: dict[int, bool]) -> None:
    if found.get(id(test)) is truth:
        return
    found.setdefault(id(test), truth)
    if isinstance(test, Operation):
        if test.name == "not":
            _learn(test.operands[0], not truth, found)
        elif (test.name, truth) in (("and", True), ("or", False)):
            for part in test.operands:
                _learn(part, truth, found)


def _ways(choice: Choice, known: Mapping[int, bool]) -> tuple[list[_Way], bool] | None:
    """Every way through a choice, and whether any is excluded; None when there are too many."""
    ways: list[_Way] = []
    excludes = False
    pending: list[_Way] = [(choice, ())]
    while pending:
        symbol, tests = pending.pop()
        if not isinstance(symbol, Choice):
            ways.append((symbol, tests))
            if len(ways) > _MOST:
                return None
            continue
        passed = (truth for test, truth in tests if test is symbol.test)
        decided = known.get(id(symbol.test), next(passed, None))
        if decided is None:
            pending.append((symbol.other, (*tests, (symbol.test, False))))
            pending.append((symbol.then, (*tests, (symbol.test, True))))
        else:
            excludes = True
            pending.append((symbol.then if decided else symbol.other, tests))
    return ways, excludes


def _any_of(group: list[_Way], span: Span) -> Symbol:
    """The test that holds when one of several ways is taken."""
    found = tuple(_all_of(tests, span) for _, tests in group)
    return found[0] if len(found) == 1 else Operation("or", found, span)


def _all_of(tests: tuple[tuple[Symbol, bool], ...], span: Span) -> Symbol:
    parts = tuple(test if truth else Operation("not", (test,), span) for test, truth in tests)
    return parts[0] if len(parts) == 1 else Operation("and", parts, span)
