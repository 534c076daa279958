"""A term in, what it comes to in a run that is started without arguments, anew and on one process, out."""

from __future__ import annotations

from dataclasses import field

from trainlint.diff.computing import FAILED, UNSAID, Case, Thing, attempt
from trainlint.diff.kinds import kind_of_function
from trainlint.diff.terms import Terms, truth
from trainlint.facts.effects import Kind
from trainlint.facts.terms import Sort, Term
from trainlint.record import entity

_START = Case(0, 1, 0, {}, "")


@entity
class Starting:
    """Puts the defaults in for what can be set, and decides the tests that follow from them."""

    terms: Terms
    _known: dict[Term, Term] = field(default_factory=dict)

    def term(self, term: Term) -> Term:
        """A term with all that is settled put in."""
        found = self._known.get(term)
        if found is None:
            self._known[term] = term
            found = self._known[term] = self._settled(term)
        return found

    def value(self, term: Term) -> object:
        """What a term comes to; `UNSAID` where only a run knows."""
        settled = self.term(term)
        if settled.sort is Sort.NAME:
            return str(settled.value).rpartition(".")[2]
        found = attempt(settled, _START, {})
        return UNSAID if found is FAILED or isinstance(found, Thing) else found

    def _settled(self, term: Term) -> Term:
        if term.sort in (Sort.OPTION, Sort.ENVIRONMENT):
            return term.operands[0] if term.operands[0].sort is Sort.CONSTANT else term
        if term.sort is Sort.FACT:
            return self.terms.alone(term)
        if term.sort is Sort.OPERATION and term.value == "if":
            return self._choice(*term.operands)
        return self.terms.rebuilt(term, tuple(map(self.term, term.operands)))

    def _choice(self, test: Term, then: Term, other: Term) -> Term:
        """Which of two is taken: where that is unknown, not what a checkpoint or a loop puts there later."""
        asked = self.term(test)
        if truth(asked) is None and not asked.is_known:
            later = [any(map(_is_later, part.walk())) for part in (then, other)]
            if later[0] is not later[1]:
                return self.term(other if later[0] else then)
        return self.terms.choice(asked, self.term(then), self.term(other))


def _is_later(term: Term) -> bool:
    if term.sort is Sort.CALL:
        return kind_of_function(str(term.value)) is Kind.LOAD
    return term.sort is Sort.CARRIED
