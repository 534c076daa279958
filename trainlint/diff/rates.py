"""A learning rate that is set under settings in, the rate that there is with and without them out."""

from __future__ import annotations

from dataclasses import replace

from trainlint.diff.kinds import kind_of_function
from trainlint.diff.terms import Terms
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term

_SETTLED = (Sort.OPTION, Sort.CONSTANT, Sort.OPERATION, Sort.NOTHING)


def whole_rate(effect: Effect, group: Term, terms: Terms) -> Effect:
    """A rate that is set only under some settings; without them it is what the optimizer began with."""
    tests = tuple(term for term in effect.condition if _is_of_settings(term))
    initial, value = _initial(group), effect.part("value")
    if not tests or initial is None or value is None:
        return effect
    always = terms.choice(terms.logic("and", tests), value, initial)
    rest = tuple(term for term in effect.condition if term not in tests)
    return replace(effect, parts=(("value", always),), condition=rest)


def _is_of_settings(term: Term) -> bool:
    return all(part.sort in _SETTLED for part in term.walk())


def _initial(group: Term) -> Term | None:
    """The rate of the one optimizer that a group is of."""
    made = [
        part
        for part in group.walk()
        if part.sort is Sort.CALL and kind_of_function(str(part.value)) is Kind.OPTIMIZER
    ]
    rates = {given.operands[0] for call in made for given in call.operands[1:] if given.value == "lr"}
    return next(iter(rates)) if len(rates) == 1 else None


def is_group(term: Term) -> bool:
    """Whether a value is one of an optimizer's groups."""
    inside = (part for part in term.walk() if part is term or part.sort is Sort.OPERATION)
    return any("param_groups" in str(part.value) for part in inside)
