"""Two terms in, whether they are the same value out: by their form, else by trying many cases.

Sums, products, tests and choices are computed for many values of what they depend on: options and the
environment at their defaults and off them, world sizes, steps around every number that either term
mentions. What cannot be computed (a tensor, a batch) stands for itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import Enum

from trainlint.diff.cascades import Replacements
from trainlint.diff.computing import (
    FAILED,
    UNSAID,
    Case,
    Thing,
    Unsaid,
    attempt,
    cases,
    equal,
    is_computed,
    settles,
    shown,
    things_of,
)
from trainlint.diff.terms import Terms
from trainlint.facts.splits import splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.record import entity, record

#: What has no parts that a comparison could have missed.
_PLAIN = (Sort.CONSTANT, Sort.OPTION, Sort.ENVIRONMENT, Sort.NAME, Sort.NOTHING, Sort.FACT)


class Verdict(Enum):
    """What is known of two terms."""

    SAME = "same"
    DIFFERENT = "different"
    UNCLEAR = "unclear"


@record
class Judgement:
    """`where` says for which case the two differ, and what they are there."""

    verdict: Verdict
    where: str | None = None


def is_measured(term: Term) -> bool:
    """Whether only a run knows a value: it was computed from tensors or data."""
    return any(part.sort in (Sort.CALL, Sort.CARRIED) or _is_member(part) for part in term.walk())


def _is_member(term: Term) -> bool:
    return (term.sort is Sort.OPERATION and str(term.value)[:1] in ("[", ".")) or term.value == "item"


@entity
class Judge:
    """Compares terms.

    `explained` are pairs of defaults that are told of already, `replaced` other values; `told` are the
    judgements on those.
    """

    terms: Terms
    explained: set[tuple[int, int]] = field(default_factory=set)
    replaced: Replacements | None = None
    told: dict[tuple[Term, Term], Judgement] = field(default_factory=dict)
    _known: dict[tuple[int, int], Judgement] = field(default_factory=dict)

    def judge(self, one: Term, other: Term) -> Judgement:
        """Whether the reference's term and the candidate's are the same value."""
        if one is other or (id(one), id(other)) in self.explained:
            return Judgement(Verdict.SAME)
        key = (id(one), id(other))
        found = self._known.get(key)
        if found is None:
            self._known[key] = Judgement(Verdict.UNCLEAR)
            found = self._known[key] = self._judge(one, other)
        return found

    def apart(self, one: Term, other: Term) -> Judgement:
        """The judgement once what follows from other differences is put aside."""
        found = self.judge(one, other)
        if found.verdict is Verdict.SAME or self.replaced is None or not self.replaced.values:
            return found
        put = self.replaced.put(other)
        again = self.judge(one, put) if put is not other else found
        return found if again.verdict is Verdict.DIFFERENT else again

    def same(self, one: Term, other: Term) -> bool:
        """Whether nothing is known to differ."""
        return self.judge(one, other).verdict is Verdict.SAME

    def may_be_same(self, one: Term, other: Term) -> bool:
        """Whether two terms are not known to differ."""
        return self.judge(one, other).verdict is not Verdict.DIFFERENT

    def _judge(self, one: Term, other: Term) -> Judgement:
        if Sort.UNKNOWN in (one.sort, other.sort):
            return Judgement(Verdict.UNCLEAR)
        if is_computed(one) or is_computed(other) or settles(one) or settles(other):
            return self._tried(one, other)
        return self._by_form(one, other)

    def _by_form(self, one: Term, other: Term) -> Judgement:
        """Two things that are not computed: the same where they are made alike."""
        alike = one.sort is other.sort and one.value == other.value
        if alike and len(one.operands) == len(other.operands):
            return self._together(zip(one.operands, other.operands, strict=True))
        if alike and one.sort is Sort.CALL:
            return self._by_arguments(one, other)
        if is_measured(one) and is_measured(other):
            return self._by_split(one, other)
        lists = one.sort is other.sort is Sort.LIST
        parts = (*one.operands, *other.operands) if lists else (one, other)
        plain = all(term.sort in _PLAIN for term in parts)
        return Judgement(Verdict.DIFFERENT if plain else Verdict.UNCLEAR)

    def _by_split(self, one: Term, other: Term) -> Judgement:
        """Two values that only a run knows: what they were measured on can be told apart."""
        mine, theirs = splits_of(one), splits_of(other)
        return Judgement(Verdict.DIFFERENT if mine and theirs and mine != theirs else Verdict.UNCLEAR)

    def _by_arguments(self, one: Term, other: Term) -> Judgement:
        """Two calls with other arguments given."""
        mine = {term.value: term for term in one.operands[1:]}
        theirs = {term.value: term for term in other.operands[1:]}
        only = [term for key, term in (mine | theirs).items() if (key in mine) is not (key in theirs)]
        if any(term.operands[0].sort is Sort.CONSTANT for term in only):
            return Judgement(Verdict.DIFFERENT)
        pairs = [(mine[key], theirs[key]) for key in mine if key in theirs]
        found = self._together([(one.operands[0], other.operands[0]), *pairs])
        return found if found.verdict is Verdict.DIFFERENT else Judgement(Verdict.UNCLEAR)

    def _together(self, pairs: Iterable[tuple[Term, Term]]) -> Judgement:
        unclear = False
        for mine, theirs in pairs:
            found = self.judge(mine, theirs)
            if found.verdict is Verdict.DIFFERENT:
                return found
            unclear = unclear or found.verdict is Verdict.UNCLEAR
        return Judgement(Verdict.UNCLEAR if unclear else Verdict.SAME)

    def _tried(self, one: Term, other: Term) -> Judgement:
        """Two values that are computed, for many cases."""
        things, alike = self._things(one, other)
        agreed = False
        for case in cases(one, other):
            values = [attempt(one, case, things[0]), attempt(other, case, things[1])]
            if UNSAID in values:
                return Judgement(Verdict.UNCLEAR)
            if FAILED in values:
                continue
            if not equal(*values):
                return self._differing(case, values) if alike else Judgement(Verdict.UNCLEAR)
            agreed = True
        return Judgement(Verdict.SAME if agreed else Verdict.UNCLEAR)

    def _differing(self, case: Case, values: list[object]) -> Judgement:
        mine, theirs = values
        if isinstance(mine, Thing) and isinstance(theirs, Thing):
            return Judgement(Verdict.UNCLEAR)
        if isinstance(mine, Thing) or isinstance(theirs, Thing):
            return Judgement(Verdict.DIFFERENT, case.told or None)
        where = f"{shown(mine)} and {shown(theirs)}"
        return Judgement(Verdict.DIFFERENT, f"{case.told}: {where}" if case.told else where)

    def _things(self, one: Term, other: Term) -> tuple[tuple[dict[int, object], dict[int, object]], bool]:
        """What stands for itself on each side, and whether each of them has its like on the other.

        Two things that are the same have the same name; only a run knows what one without its like comes to.
        """
        mine = {id(term): term for term in things_of(one)}
        theirs = {id(term): term for term in things_of(other)}
        named: tuple[dict[int, object], dict[int, object]] = ({}, {})
        for number, (key, term) in enumerate(mine.items()):
            named[0][key] = _stand_in(term, number)
            twin = term if key in theirs else self._twin(term, theirs, named[1])
            if twin is not None:
                named[1][id(twin)] = named[0][key]
        alike = len(named[1]) == len(theirs) and set(named[0].values()) == set(named[1].values())
        for number, (key, term) in enumerate(theirs.items()):
            named[1].setdefault(key, _stand_in(term, 1000 + number))
        return named, alike

    def _twin(self, term: Term, others: Mapping[int, Term], taken: Mapping[int, object]) -> Term | None:
        """The thing of the other side that is the same for all that can be said."""
        free = [other for key, other in others.items() if key not in taken]
        for other in free:
            if self.judge(term, other).verdict is Verdict.SAME:
                return other
        if not is_measured(term) and term.sort is not Sort.UNKNOWN:
            return None
        labels = splits_of(term)
        return next((other for other in free if _alike(other, labels)), None)


def _alike(other: Term, labels: frozenset[str]) -> bool:
    """What is measured on the same split counts as the same here: what made it is compared elsewhere."""
    if other.sort is Sort.UNKNOWN:
        return True
    return is_measured(other) and (not labels or not splits_of(other) or labels == splits_of(other))


def _stand_in(term: Term, number: int) -> object:
    if term.sort is Sort.UNKNOWN:
        return Unsaid(number)
    if is_measured(term):
        return 0.5 + random.Random(number).random()
    return Thing(f"{term.sort.value} {number}")
