"""The innermost parts of two values that make the difference between them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trainlint.diff.narrowing import narrowed, only
from trainlint.diff.terms import Terms
from trainlint.diff.values import Judge
from trainlint.facts.terms import Sort, Term

Make = Callable[[Terms], Term]


def option(terms: Terms, name: str) -> Term:
    return terms.make(Sort.OPTION, name, terms.constant(ord(name[0])))


def tokens(terms: Terms, *names: str) -> Term:
    return terms.operation("*", *(option(terms, name) for name in names))


def branches(terms: Terms, *names: str) -> Term:
    """A running mean: the quantity itself at first, a share of it later."""
    found = tokens(terms, *names)
    share = terms.operation("*", terms.constant(0.1), found)
    later = terms.operation("+", terms.operation("*", terms.constant(0.9), option(terms, "before")), share)
    return terms.choice(terms.operation("<", option(terms, "step"), terms.constant(5)), found, later)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            lambda t: t.operation("+", tokens(t, "a", "b"), t.constant(1)),
            lambda t: t.operation("+", tokens(t, "a", "c"), t.constant(1)),
            (["b"], ["c"]),
        ),
        (lambda t: branches(t, "a", "b", "c"), lambda t: branches(t, "a", "c"), (["b"], [])),
    ],
)
def test_what_only_one_has(one: Make, other: Make, expected: tuple[list[str], list[str]]) -> None:
    terms = Terms()
    judge = Judge(terms)
    path = narrowed(one(terms), other(terms), judge)
    assert path[0] == (one(terms), other(terms))
    last = path[-1]
    left = only(*last, judge) or ((last[0],), (last[1],))
    assert tuple([part.value for part in side] for side in left) == expected


def test_values_that_differ_at_several_places_are_not_narrowed() -> None:
    terms = Terms()
    one = terms.make(Sort.LIST, None, option(terms, "a"), option(terms, "b"))
    other = terms.make(Sort.LIST, None, option(terms, "c"), option(terms, "d"))
    assert narrowed(one, other, Judge(terms)) == ((one, other),)
