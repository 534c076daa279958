"""Scripts that were merged and the program that they became in, the part of it that answers to each out.

A program that merged several scripts asks which of them it shall be (`if os.environ["CHECKPOINT_PATH"]`). For
each script the answers are taken under which the program is most like it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import product

from trainlint.diff.terms import Terms, truth
from trainlint.facts.effects import Effect, Loop
from trainlint.facts.terms import Sort, Term
from trainlint.record import entity

#: So many questions decide which of the scripts a program is.
_QUESTIONS = 2


@entity
class Assumed:
    """Rewrites terms for answers to some of their tests."""

    terms: Terms
    answers: Mapping[int, bool]
    _known: dict[int, Term] = field(default_factory=dict)

    def term(self, term: Term) -> Term:
        """A term where the tests have these answers."""
        found = self._known.get(id(term))
        if found is None:
            found = self._known[id(term)] = self._rewritten(term)
        return found

    def _rewritten(self, term: Term) -> Term:
        if term.sort is Sort.OPERATION and term.value == "if":
            test, then, other = term.operands
            return self.terms.choice(self.test(test), self.term(then), self.term(other))
        if term.sort is Sort.OPERATION and term.value in ("and", "or", "not"):
            return self.test(term)
        return self.terms.rebuilt(term, tuple(map(self.term, term.operands)))

    def test(self, term: Term) -> Term:
        """The same for what is asked: a test is true or false, what it asks of is left as it is."""
        answer = self.answers.get(id(term))
        if answer is not None:
            return self.terms.constant(answer)
        if term.sort is Sort.OPERATION and term.value in ("and", "or"):
            return self.terms.logic(str(term.value), map(self.test, term.operands))
        if term.sort is Sort.OPERATION and term.value == "not":
            return self.terms.negation(self.test(term.operands[0]))
        return self.term(term)

    def effects(self, effects: Iterable[Effect]) -> Iterator[Effect]:
        """The effects that happen under these answers."""
        for effect in effects:
            condition = [self.test(term) for term in effect.condition]
            if not any(truth(term) is False for term in condition):
                yield replace(
                    effect,
                    condition=self.terms.ordered(term for term in condition if truth(term) is None),
                    parts=tuple((key, self.term(value)) for key, value in effect.parts),
                    loops=tuple(map(self._loop, effect.loops)),
                    within=tuple(map(self.term, effect.within)),
                )

    def _loop(self, loop: Loop) -> Loop:
        return Loop(loop.span, self.term(loop.over), self.test(loop.turns), loop.node)


def ways(
    scripts: Sequence[Sequence[Effect]], candidate: Sequence[Effect], terms: Terms
) -> list[tuple[Effect, ...]]:
    """What the merged program does for each way to answer what none of the scripts asks."""
    asked = {id(term) for script in scripts for effect in script for term in effect.condition}
    counted: Counter[int] = Counter()
    for effect in candidate:
        for term in effect.condition:
            positive = term.operands[0] if term.sort is Sort.OPERATION and term.value == "not" else term
            if _is_setting(positive) and id(term) not in asked:
                counted[id(positive)] += 1
    chosen = [key for key, _ in counted.most_common(_QUESTIONS)]
    return [
        tuple(Assumed(terms, dict(zip(chosen, answers, strict=True))).effects(candidate))
        for answers in product((False, True), repeat=len(chosen))
    ]


def _is_setting(term: Term) -> bool:
    """Whether a test asks for nothing but settings."""
    settings = (Sort.OPTION, Sort.ENVIRONMENT, Sort.CONSTANT, Sort.NOTHING, Sort.OPERATION)
    return all(part.sort in settings for part in term.walk())
