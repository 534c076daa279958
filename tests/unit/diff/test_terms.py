"""Operators and operands in, terms in normal form out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trainlint.diff.terms import Terms, truth
from trainlint.facts.terms import Sort, Term

Make = Callable[[Terms, Term, Term], Term]


def settings(terms: Terms) -> tuple[Term, Term]:
    a, b = (terms.make(Sort.OPTION, name, terms.constant(value)) for name, value in (("a", 3), ("b", 8)))
    return a, b


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda t, a, b: t.operation("+", a, b), lambda t, a, b: t.operation("+", b, a)),
        (lambda t, a, b: t.operation("-", a, a), lambda t, a, b: t.constant(0)),
        (
            lambda t, a, b: t.operation("/", t.operation("*", a, b), b),
            lambda t, a, b: a,
        ),
        (lambda t, a, b: t.operation(">", a, b), lambda t, a, b: t.operation("<", b, a)),
        (
            lambda t, a, b: t.negation(t.operation("<", a, b)),
            lambda t, a, b: t.operation(">=", a, b),
        ),
        (
            lambda t, a, b: t.choice(t.operation("!=", a, b), a, b),
            lambda t, a, b: t.choice(t.operation("==", a, b), b, a),
        ),
        (lambda t, a, b: t.operation("**", t.constant(2), t.constant(5)), lambda t, a, b: t.constant(32.0)),
        (lambda t, a, b: t.logic("and", (a, t.negation(a))), lambda t, a, b: t.constant(False)),
        (lambda t, a, b: t.logic("or", (b, a, b)), lambda t, a, b: t.logic("or", (a, b))),
    ],
)
def test_two_ways_to_write_a_value_are_one_term(one: Make, other: Make) -> None:
    terms = Terms()
    a, b = settings(terms)
    assert one(terms, a, b) is other(terms, a, b)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda t, a, b: t.operation("-", a, b), lambda t, a, b: t.operation("-", b, a)),
        (lambda t, a, b: t.operation("<", a, b), lambda t, a, b: t.operation("<=", a, b)),
        (lambda t, a, b: t.constant(True), lambda t, a, b: t.constant(1)),
        (lambda t, a, b: t.constant("1"), lambda t, a, b: t.constant(1)),
        (lambda t, a, b: t.operation("//", a, b), lambda t, a, b: t.operation("/", a, b)),
        (lambda t, a, b: t.logic("and", (a, b)), lambda t, a, b: t.logic("or", (a, b))),
    ],
)
def test_two_values_are_two_terms(one: Make, other: Make) -> None:
    terms = Terms()
    a, b = settings(terms)
    assert one(terms, a, b) is not other(terms, a, b)


def test_a_number_that_is_added_to_a_counter_moves_its_start() -> None:
    terms = Terms()
    counter = terms.make(Sort.COUNTER, 1, terms.constant(0), terms.constant(1))
    later = terms.operation("+", counter, terms.constant(1))
    assert later is terms.make(Sort.COUNTER, 1, terms.constant(1), terms.constant(1))


def test_a_division_by_zero_is_not_known() -> None:
    terms = Terms()
    a, _ = settings(terms)
    assert not terms.operation("/", a, terms.constant(0)).is_known


def test_one_process_alone() -> None:
    terms = Terms()
    a, _ = settings(terms)
    world = terms.make(Sort.FACT, "world size")
    assert terms.alone(terms.operation("*", a, world)) is a
    first = terms.operation("==", terms.make(Sort.FACT, "rank"), terms.constant(0))
    assert truth(first) is None
    assert terms.logic("or", (terms.negation(terms.distributed), first)) is first
