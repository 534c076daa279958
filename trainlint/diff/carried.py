"""The events of a program in, its counters out: variables of loops that each turn adds the same to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from trainlint.diff.terms import Terms
from trainlint.facts.behaviour import Behaviour, Change, Place, Step
from trainlint.facts.symbols import Changing, Operation, Symbol
from trainlint.facts.terms import Sort, Term
from trainlint.record import entity
from trainlint.source import Span


@entity
class Carried:
    """What the loops of a program carry from turn to turn."""

    _changes: dict[tuple[str, int], list[Change]] = field(default_factory=dict)
    _depths: dict[Span, int] = field(default_factory=dict)
    _steps: dict[tuple[str, int, Span], Symbol | None] = field(default_factory=dict)

    @classmethod
    def of(cls, behaviours: Iterable[Behaviour]) -> Carried:
        """Look through the events once."""
        found, seen = cls(), set[Place]()
        for behaviour in behaviours:
            for event in behaviour.events:
                for place in event.place.outwards():
                    if place in seen:
                        break
                    seen.add(place)
                    if place.step is Step.LOOP and place.span not in found._depths:
                        found._depths[place.span] = _depth(place)
                if isinstance(event, Change):
                    found._changes.setdefault((event.name, id(event.owner)), []).append(event)
        return found

    def step(self, symbol: Changing) -> Symbol | None:
        """What each turn adds to a variable; None where it gets another value in any other way."""
        key = (symbol.name, id(symbol.owner), symbol.span)
        if key not in self._steps:
            self._steps[key] = self._added(symbol)
        return self._steps[key]

    def _added(self, symbol: Changing) -> Symbol | None:
        found = self._changes.get((symbol.name, id(symbol.owner)), ())
        local = symbol.owner is None
        inside = [change for change in found if _inside(change.place, symbol.span, local=local)]
        added: Symbol | None = None
        for change in inside:
            value = change.value
            if not (change.adds and isinstance(value, Operation) and value.name == "+"):
                return None
            added = value.operands[1]
        return added if len(inside) == 1 else None

    def counter(self, terms: Terms, loop: Span, start: Term, step: Term) -> Term:
        """The counter of a loop; how deep the loop stands tells counters apart."""
        return terms.make(Sort.COUNTER, self._depths.get(loop, 0), start, step)


def _depth(loop: Place) -> int:
    return sum(place.step is Step.LOOP for place in loop.outwards())


def _inside(place: Place, loop: Span, *, local: bool) -> bool:
    """Whether a place is in a loop; a local variable is changed by the code of its own function only."""
    for step in place.outwards():
        if step.step is Step.LOOP and step.span == loop:
            return True
        if local and step.step is Step.CALL:
            return False
    return False
