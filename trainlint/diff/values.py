"""Two terms in, whether they are the same value out: by their form, else by trying many cases.

Sums, products, tests and choices are computed for many values of what they depend on: options and the
environment at their defaults and off them, world sizes, steps around every number that either term
mentions. What cannot be computed (a tensor, a batch) stands for itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import field
from enum import Enum
from itertools import chain, islice, permutations, product

from trainlint.diff.cascades import Replacements
from trainlint.diff.computing import (
    FAILED,
    UNSAID,
    Case,
    Thing,
    Turns,
    Unsaid,
    attempt,
    cases,
    equal,
    is_computed,
    is_half_told,
    settles,
    shown,
    things_of,
)
from trainlint.diff.large import far_apart
from trainlint.diff.terms import Terms
from trainlint.diff.turning import numbers_tried, turns_of
from trainlint.facts.splits import splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.record import entity, record

#: So many things that are alike are matched in all ways.
_PERMUTED = 4
#: So many cases are tried beside the usual ones, at numbers where tests turn.
_TURNING = 192
#: What has no parts that a comparison could have missed.
_PLAIN = (Sort.CONSTANT, Sort.OPTION, Sort.ENVIRONMENT, Sort.NAME, Sort.NOTHING, Sort.FACT)


#: Methods of tensors that make one number of many, each another one.
_REDUCTIONS = (".mean", ".sum", ".max", ".min", ".median", ".std", ".var", ".prod", ".norm")


_Tries = Callable[
    [Term, Term, Mapping[int, object], Mapping[int, object]], Iterator[tuple[Case, Mapping[int, object]]]
]


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


def _is_reduction(term: Term) -> bool:
    return term.sort is Sort.CALL and term.value in _REDUCTIONS


@entity
class Judge:
    """Compares terms.

    `explained` are pairs of defaults that are told of already, `replaced` other values; `told` are the
    judgements on those. `shared` are the options that both programs have.
    """

    terms: Terms
    explained: set[tuple[int, int]] = field(default_factory=set)
    shared: frozenset[str] = frozenset()
    replaced: Replacements | None = None
    told: dict[tuple[Term, Term], Judgement] = field(default_factory=dict)
    _known: dict[tuple[int, int], Judgement] = field(default_factory=dict)
    _same: dict[tuple[int, int], bool] = field(default_factory=dict)
    _alike: dict[tuple[int, int], bool] = field(default_factory=dict)
    _turns: dict[tuple[object, ...], Turns] = field(default_factory=dict)

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

    def whole(self, condition: Iterable[Term]) -> Term:
        """The tests of a condition as one."""
        return self.terms.logic("and", condition)

    def same(self, one: Term, other: Term) -> bool:
        """Whether two terms are known to be the same; this ends with the first case in which they are not."""
        if one is other:
            return True
        key = (id(one), id(other))
        if key in self.explained or key in self._known or not _has_cases(one, other):
            return self.judge(one, other).verdict is Verdict.SAME
        found = self._same.get(key)
        if found is None:
            named = self._matched(one, other)
            found = any(self._agree(one, other, *pair[:2], self._tries) for pair in named)
            self._same[key] = found
        return found

    def alike(self, one: Term, other: Term) -> bool:
        """Whether two terms are the same in the usual cases: enough to pair by, not to call them the same."""
        if one is other:
            return True
        key = (id(one), id(other))
        if key in self.explained or key in self._known or key in self._same or not _has_cases(one, other):
            return self.same(one, other)
        found = self._alike.get(key)
        if found is None:
            named = self._matched(one, other)
            found = any(self._agree(one, other, *pair[:2], self._usual) for pair in named)
            self._alike[key] = found
        return found

    def _agree(
        self, one: Term, other: Term, mine: Mapping[int, object], theirs: Mapping[int, object], tries: _Tries
    ) -> bool:
        """Whether two values are the same in each case in which the arithmetic does not fail for both."""
        agreed = list[Case]()
        for case, kinds in tries(one, other, mine, theirs):
            values = attempt(one, case, {**mine, **kinds}), attempt(other, case, {**theirs, **kinds})
            if values[0] is FAILED and values[1] is FAILED:
                continue
            if UNSAID in values or FAILED in values or is_half_told(*values) or not equal(*values):
                return False
            agreed.append(case)
        return bool(agreed) and far_apart(one, other, agreed, mine, theirs) is None

    def _usual(
        self, one: Term, other: Term, mine: Mapping[int, object], theirs: Mapping[int, object]
    ) -> Iterator[tuple[Case, Mapping[int, object]]]:
        """Each case with each choice of what things come to that are asked for."""
        kinds = _kinds(one, other, mine, theirs)
        return ((case, kind) for case in cases(one, other, self.shared) for kind in kinds)

    def _tries(
        self, one: Term, other: Term, mine: Mapping[int, object], theirs: Mapping[int, object]
    ) -> Iterator[tuple[Case, Mapping[int, object]]]:
        """The usual cases, then those in which tests turn."""
        usual, kinds = list[Case](), _kinds(one, other, mine, theirs)
        for case in cases(one, other, self.shared):
            usual.append(case)
            yield from ((case, kind) for kind in kinds)
        turns = self._turning(one, mine), self._turning(other, theirs)
        known = {_place(case) for case in usual}
        turning = (case for case in cases(one, other, self.shared, turns) if _place(case) not in known)
        numbers = numbers_tried(mine, theirs, turns)
        yield from islice(chain(product(usual, numbers), product(turning, kinds)), _TURNING)

    def _turning(self, term: Term, things: Mapping[int, object]) -> Turns:
        key = (id(term), *((name, value) for name, value in things.items() if isinstance(value, float)))
        found = self._turns.get(key)
        if found is None:
            found = self._turns[key] = turns_of(term, things)
        return found

    def may_be_same(self, one: Term, other: Term) -> bool:
        """Whether two terms are not known to differ."""
        return self.judge(one, other).verdict is not Verdict.DIFFERENT

    def _judge(self, one: Term, other: Term) -> Judgement:
        if Sort.UNKNOWN in (one.sort, other.sort):
            return Judgement(Verdict.UNCLEAR)
        if _has_cases(one, other):
            return self._tried(one, other)
        return self._by_form(one, other)

    def _by_form(self, one: Term, other: Term) -> Judgement:
        """Two things that are not computed: the same where they are made alike."""
        alike = one.sort is other.sort and one.value == other.value
        if alike and len(one.operands) == len(other.operands):
            return self._together(zip(one.operands, other.operands, strict=True))
        if alike and one.sort is Sort.CALL:
            return self._by_arguments(one, other)
        if _is_reduction(one) and _is_reduction(other) and self.same(one.operands[0], other.operands[0]):
            return Judgement(Verdict.DIFFERENT)
        if one.is_measured and other.is_measured:
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
        if any(
            term.operands[0].sort is Sort.CONSTANT and not is_implied(term.value, one.value) for term in only
        ):
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
        """Two values that are computed, for many cases; things that are alike are taken for the same.

        Of several that are alike nobody knows which is which, so that each way to match them is tried.
        """
        found = Judgement(Verdict.UNCLEAR)
        for number, (mine, theirs, unsure) in enumerate(self._matched(one, other)):
            judged = self._in_cases(one, other, mine, theirs, unsure)
            if judged.verdict is Verdict.SAME:
                return judged
            found = judged if number == 0 else found
        return found

    def _in_cases(
        self,
        one: Term,
        other: Term,
        mine: Mapping[int, object],
        theirs: Mapping[int, object],
        unsure: Set[int],
    ) -> Judgement:
        """Whether two values are the same in each case; where they differ it may not be by what is unsure."""
        agreed, doubted = list[Case](), False
        for case, kinds in self._tries(one, other, mine, theirs):
            values = [attempt(one, case, {**mine, **kinds}), attempt(other, case, {**theirs, **kinds})]
            if UNSAID in values or is_half_told(*values):
                return Judgement(Verdict.UNCLEAR)
            if FAILED in values:
                doubted = doubted or values[0] is not values[1]
            elif equal(*values):
                agreed.append(case)
            elif _settled(one, case, mine, unsure) and _settled(other, case, theirs, unsure):
                return self._differing(case, values)
            else:
                doubted = True
        if not agreed or doubted:
            return Judgement(Verdict.UNCLEAR)
        apart = far_apart(one, other, agreed, mine, theirs)
        return Judgement(Verdict.SAME) if apart is None else Judgement(Verdict.DIFFERENT, apart.told or None)

    def _differing(self, case: Case, values: list[object]) -> Judgement:
        mine, theirs = values
        if isinstance(mine, Thing) and isinstance(theirs, Thing):
            return Judgement(Verdict.UNCLEAR)
        if isinstance(mine, Thing) or isinstance(theirs, Thing):
            return Judgement(Verdict.DIFFERENT, case.told or None)
        where = shown(mine, theirs)
        return Judgement(Verdict.DIFFERENT, f"{case.told}: {where}" if case.told else where)

    def _matched(
        self, one: Term, other: Term
    ) -> Iterator[tuple[dict[int, object], dict[int, object], set[int]]]:
        """What stands for itself on each side, named alike where it is, and what may not have its like.

        Only a run knows what a thing without its like comes to.
        """
        mine = {id(term): term for term in things_of(one)}
        theirs = {id(term): term for term in things_of(other)}
        named = {key: _stand_in(term, number) for number, (key, term) in enumerate(mine.items())}
        sure, free = dict[int, int](), dict(theirs)
        for key, term in mine.items():
            twin = key if key in free else self._twin(term, free)
            if twin is not None:
                sure[twin] = key
                del free[twin]
        rest = [key for key in mine if key not in sure.values()]
        unmatched = {key: _stand_in(term, 1000 + number) for number, (key, term) in enumerate(free.items())}
        known = {twin: named[key] for twin, key in sure.items()}
        unsure = {*rest, *free}
        if rest and len(rest) == len(free) <= _PERMUTED:
            for order in permutations(free):
                pairs = dict(zip(order, rest, strict=True))
                if all(_alike(mine[key], free[twin]) for twin, key in pairs.items()):
                    put = {twin: named[key] for twin, key in pairs.items()}
                    yield named, known | put, unsure if len(rest) > 1 else set()
        yield named, known | unmatched, unsure

    def _twin(self, term: Term, free: Mapping[int, Term]) -> int | None:
        """The thing of the other side that is the same for all that can be said."""
        for key, other in free.items():
            if self.judge(term, other).verdict is Verdict.SAME:
                return key
        return None


def _place(case: Case) -> tuple[object, ...]:
    return case.step, case.world, case.rank, *sorted(map(str, case.settings.items()))


def is_implied(key: object, name: object) -> bool:
    """Whether the library may find an argument out by itself as it is given: the dimension of a softmax."""
    return key == "dim" and str(name).lower().endswith("softmax")


def _has_cases(one: Term, other: Term) -> bool:
    """Whether two values are compared by what they are in many cases."""
    if Sort.UNKNOWN in (one.sort, other.sort):
        return False
    return is_computed(one) or is_computed(other) or settles(one) or settles(other)


def _settled(term: Term, case: Case, things: Mapping[int, object], unsure: Set[int]) -> bool:
    """Whether a value is the same whatever the things come to that are unsure."""
    open_ = [key for key in things if key in unsure]
    if not open_:
        return True
    found = attempt(term, case, things)
    for most, order in product((-1e9, 1e9), (open_, open_[::-1])):
        # Each another number: the quotient of two that are alike would be 1 whatever they are.
        other = {**things, **{key: most / 8**place for place, key in enumerate(order)}}
        again = attempt(term, case, other)
        if again is UNSAID or again is FAILED or not equal(found, again):
            return False
    return True


def _kinds(
    one: Term, other: Term, mine: Mapping[int, object], theirs: Mapping[int, object]
) -> list[dict[int, object]]:
    """Values for things that are asked which of some texts they are: each of those that are mentioned."""
    texts: dict[object, dict[object, None]] = {}
    holders: dict[object, set[int]] = {}
    for term, known in ((one, mine), (other, theirs)):
        for part in term.walk():
            if part.sort is not Sort.OPERATION or part.value not in ("==", "!="):
                continue
            for thing, text in (part.operands, part.operands[::-1]):
                if id(thing) in known and isinstance(text.value, str):
                    texts.setdefault(known[id(thing)], {})[text.value] = None
                    holders.setdefault(known[id(thing)], set()).add(id(thing))
    most = max(map(len, texts.values()), default=0)
    return [
        {key: list(values)[index % len(values)] for name, values in texts.items() for key in holders[name]}
        for index in range(most)
    ] or [{}]


def _alike(one: Term, other: Term) -> bool:
    """What is measured on the same split counts as the same here: what made it is compared elsewhere."""
    if Sort.UNKNOWN in (one.sort, other.sort):
        return True
    mine, theirs = splits_of(one), splits_of(other)
    return one.is_measured and other.is_measured and (not mine or not theirs or mine == theirs)


def _stand_in(term: Term, number: int) -> object:
    if term.sort is Sort.UNKNOWN:
        return Unsaid(number)
    if term.is_measured:
        return 0.5 + random.Random(number).random()
    return Thing(f"{term.sort.value} {number}")
