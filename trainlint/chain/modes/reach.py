"""Places and tests of a launch in, whether they are reached while the model is in training out."""

from __future__ import annotations

from dataclasses import field

from trainlint.chain.evaluation import Answers
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import Choice, Constant, Happens, Operation, Symbol
from trainlint.record import entity


@entity
class Training:
    """A launch while its model trains: `self.training` is true, all else is what the evaluation says."""

    evaluation: Answers
    _reached: dict[int, bool | None] = field(default_factory=dict)

    def truth(self, symbol: Symbol) -> bool | None:
        """Whether a test holds."""
        if isinstance(symbol, Happens):
            return self.reached(symbol.place)
        if isinstance(symbol, Operation):
            if symbol.name == "." and symbol.operands[1] == Constant("training"):
                return True
            if symbol.name == "not":
                inner = self.truth(symbol.operands[0])
                return None if inner is None else not inner
            if symbol.name in ("and", "or"):
                return _joined(symbol.name == "or", [self.truth(part) for part in symbol.operands])
        return self.evaluation.truth(symbol)

    def reached(self, place: Place) -> bool | None:
        """Whether training always (True) or never (False) comes to a place; None: it depends."""
        pending: list[Place] = []
        current: Place | None = place
        while current is not None and id(current) not in self._reached:
            pending.append(current)
            current = current.parent
        result = self._reached[id(current)] if current is not None else True
        for step in reversed(pending):
            result = _joined(False, [result, self._passes(step)])
            self._reached[id(step)] = result
        return result

    def skips(self, place: Place) -> bool:
        """Whether training never comes to a place."""
        return self.reached(place) is False

    def chosen(self, choice: Choice) -> tuple[Symbol, ...]:
        """The sides of a choice that training may take."""
        truth = self.truth(choice.test)
        if truth is None:
            return choice.then, choice.other
        return (choice.then,) if truth else (choice.other,)

    def _passes(self, place: Place) -> bool | None:
        if place.step is Step.BRANCH and place.value is not None:
            truth = self.truth(place.value)
            return None if truth is None else truth is place.truth
        if place.step is Step.UNLESS and place.barred is not None:
            barred = self.reached(place.barred)
            return None if barred is None else not barred
        return True


def _joined(either: bool, parts: list[bool | None]) -> bool | None:
    """`or` and `and` where a part may be unknown."""
    if either in parts:
        return either
    return None if None in parts else not either
