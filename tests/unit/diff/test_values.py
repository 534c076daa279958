"""Two terms in, whether they are the same value out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trainlint.diff.terms import Terms
from trainlint.diff.values import Judge, Verdict
from trainlint.facts.terms import Sort, Term

Make = Callable[[Terms], Term]


def lr(terms: Terms) -> Term:
    return terms.make(Sort.OPTION, "lr", terms.constant(0.5))


def step(terms: Terms) -> Term:
    return terms.make(Sort.COUNTER, 1, terms.constant(0), terms.constant(1))


def asked(terms: Terms, name: str) -> Term:
    """Something of an object that is not known."""
    return terms.make(Sort.OPERATION, f".{name}", terms.make(Sort.NAME, "somewhere.config"))


def every(terms: Terms, count: int, offset: int = 0) -> Term:
    place = terms.operation("+", step(terms), terms.constant(offset))
    return terms.operation("==", terms.operation("%", place, terms.constant(count)), terms.constant(0))


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (lr, lr, Verdict.SAME),
        (lambda t: every(t, 10), lambda t: every(t, 10, offset=20), Verdict.SAME),
        (lambda t: every(t, 10), lambda t: every(t, 10, offset=1), Verdict.DIFFERENT),
        (lambda t: every(t, 10), lambda t: every(t, 11), Verdict.DIFFERENT),
        (
            lambda t: t.operation("min", lr(t), t.constant(1)),
            lambda t: t.choice(t.operation("<", lr(t), t.constant(1)), lr(t), t.constant(1)),
            Verdict.SAME,
        ),
        (lr, lambda t: t.operation("*", t.constant(2), lr(t)), Verdict.DIFFERENT),
        (lr, lambda t: t.operation("*", lr(t), t.make(Sort.FACT, "world size")), Verdict.DIFFERENT),
        (lr, lambda t: t.unknown("not followed"), Verdict.UNCLEAR),
        (
            lambda t: t.operation("+", lr(t), t.unknown("one")),
            lambda t: t.operation("+", t.operation("*", t.constant(2), lr(t)), t.unknown("other")),
            Verdict.UNCLEAR,
        ),
        # Of two things that only a run knows the quotient is not known, though both may be large.
        (lambda t: t.constant(3), lambda t: t.operation("//", asked(t, "a"), asked(t, "b")), Verdict.UNCLEAR),
        # `limit or default` is one of the two, and no truth value.
        (lambda t: t.constant(3), lambda t: t.operation("or", asked(t, "a"), asked(t, "b")), Verdict.UNCLEAR),
        (
            lambda t: t.negation(t.operation("or", lr(t), step(t))),
            lambda t: t.operation("and", t.negation(lr(t)), t.negation(step(t))),
            Verdict.SAME,
        ),
    ],
)
def test_verdicts(one: Make, other: Make, verdict: Verdict) -> None:
    terms = Terms()
    first, second = one(terms), other(terms)
    assert Judge(terms).judge(first, second).verdict is verdict
    # The short answer, of a judge that has not given the long one.
    assert Judge(terms).same(first, second) is (verdict is Verdict.SAME)


def test_a_judgement_says_where_values_differ() -> None:
    terms = Terms()
    scaled = terms.operation("*", lr(terms), terms.make(Sort.FACT, "world size"))
    found = Judge(terms).judge(lr(terms), scaled)
    assert found.where == "on rank 1 of 2 processes: 0.5 and 1"


def test_a_default_that_is_told_of_already_is_no_difference() -> None:
    terms = Terms()
    one, other = terms.constant(1), terms.constant(2)
    assert not Judge(terms).same(one, other)
    assert Judge(terms, {(id(one), id(other))}).same(one, other)


def measured(terms: Terms, name: str) -> Term:
    return terms.make(Sort.CALL, f".{name}", terms.make(Sort.OBJECT, "tensor"))


def test_what_counts_for_little_is_looked_at_where_it_is_large() -> None:
    terms = Terms()
    count, flops = measured(terms, "numel"), terms.constant(1e-12)
    one, other = (
        terms.operation(
            "+",
            lr(terms),
            terms.operation("*", flops, terms.operation("*", terms.constant(factor), count)),
        )
        for factor in (6, 2)
    )
    assert Judge(terms).judge(one, other).verdict is Verdict.DIFFERENT
    assert not Judge(terms).same(one, other)
