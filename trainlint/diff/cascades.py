"""Aligned effects in, what of the candidate's values follows from a difference that is told of already out.

Where an optimizer is made otherwise, everything that is done with it differs too. Each difference that is a
root gives a replacement: with the candidate's value of it replaced by the reference's, what only follows
from it is the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field

from trainlint.diff.terms import Terms
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term
from trainlint.facts.uses import parts_of
from trainlint.record import entity

#: Parts of effects from which other values follow: they are told of where they stand.
ROOTS = {
    (Kind.FORWARD, "times"),
    (Kind.BACKWARD, "times"),
    (Kind.BACKWARD, "loss"),
    (Kind.LEARNING_RATE, "value"),
}
#: What makes a thing that other effects use.
_MAKING = {
    *(Kind.DATA, Kind.SPLIT, Kind.LOADER, Kind.DRAW, Kind.TOKENIZER, Kind.MODEL, Kind.OPTIMIZER),
    *(Kind.TRAINER, Kind.SCHEDULER, Kind.LOSS, Kind.SCALER, Kind.DISTRIBUTED, Kind.LOAD, Kind.SETUP),
}


@entity
class Replacements:
    """Values of the candidate with those of the reference that stand in for them.

    `alike` says whether two values are the same for all that is known: what a loop carries has a term of its
    own inside and behind the loop.
    """

    terms: Terms
    alike: Callable[[Term, Term], bool]
    values: dict[Term, Term] = field(default_factory=dict)
    _known: dict[Term, Term] = field(default_factory=dict)

    def learn(self, mine: Term, theirs: Term) -> None:
        """Take the candidate's value for the reference's from now on; of a product what data make."""
        if theirs.sort is Sort.OPERATION and theirs.value == "*":
            base = next((factor for factor in theirs.operands if _is_called(factor)), theirs)
            scale = [factor for factor in theirs.operands if factor is not base]
            if base is not theirs:
                mine, theirs = self.terms.product((mine, *map(self.terms.inverse, scale))), base
        if theirs.sort is not Sort.CONSTANT and mine is not theirs:
            self.values.setdefault(theirs, mine)
            self._known.clear()

    def put(self, term: Term) -> Term:
        """A term with whatever is replaced in it."""
        found = self._known.get(term)
        if found is None:
            self._known[term] = term
            found = self._value(term) or self.terms.rebuilt(term, tuple(map(self.put, term.operands)))
            self._known[term] = found
        return found

    def _value(self, term: Term) -> Term | None:
        found = self.values.get(term)
        if found is None and term.sort is Sort.CALL:
            calls = (key for key in self.values if key.sort is Sort.CALL and key.value == term.value)
            twin = next((key for key in calls if self.alike(key, term)), None)
            found = self.values[twin] if twin is not None else None
        return found


def _is_called(term: Term) -> bool:
    return any(part.sort is Sort.CALL for part in term.walk())


def roots(pairs: Iterable[tuple[Effect, Effect]], terms: Terms) -> Iterable[tuple[Term, Term]]:
    """The values of both sides that others may follow from, in the order of the reference."""
    pairs = tuple(pairs)
    made = set(parts_of(part for one, _ in pairs for _, part in one.parts))
    for one, other in pairs:
        for key, mine in one.parts:
            theirs = other.part(key)
            if theirs is not None and (one.kind, key) in ROOTS:
                yield mine, theirs
        if one.kind in _MAKING:
            mine, theirs = _result(one, terms), _result(other, terms)
            if theirs not in made:
                yield mine, theirs


def _result(effect: Effect, terms: Terms) -> Term:
    """What the call that is an effect gives."""
    given = [terms.make(Sort.ARGUMENT, key, term) for key, term in effect.parts if key != "object"]
    owner = effect.part("object")
    name = effect.name if owner is None else f".{effect.name}"
    return terms.make(Sort.CALL, name, owner or terms.nothing, *given)
