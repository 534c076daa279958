"""Generated pairs of terms that differ at one number: what a case tells apart is not the same."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

import pytest

from trainlint.diff.computing import FAILED, UNSAID, Case, attempt, equal, things_of
from trainlint.diff.terms import Terms
from trainlint.diff.turning import turns_of
from trainlint.diff.values import Judge, Verdict
from trainlint.facts.terms import Sort, Term

STEPS = [*range(60), *range(480, 520), *range(2990, 3010)]
WORLDS = (1, 2, 3, 4, 5, 8, 9, 17)
NUMBERS = (2, 3, 5, 7, 16, 30, 500, 3000)
OPERATORS = ("<", "<=", "==", "!=")


def step(terms: Terms, start: int = 0, added: int = 1) -> Term:
    return terms.make(Sort.COUNTER, 1, terms.constant(start), terms.constant(added))


def option(terms: Terms, name: str, default: float) -> Term:
    return terms.make(Sort.OPTION, name, terms.constant(default))


def fact(terms: Terms, name: str) -> Term:
    return terms.make(Sort.FACT, name)


def measured(terms: Terms) -> Term:
    return terms.make(Sort.CALL, ".item", terms.make(Sort.NAME, "loss"))


def side(terms: Terms, draw: random.Random) -> Term:
    """Something that a program compares with a number."""
    count = draw.choice((1, 2, 10))
    sides: list[Callable[[], Term]] = [
        lambda: step(terms, draw.choice((0, 1)), count),
        lambda: terms.operation("*", step(terms), option(terms, "batch_size", 8)),
        lambda: terms.operation("//", step(terms), terms.constant(count + 1)),
        lambda: fact(terms, "rank"),
        lambda: fact(terms, "world size"),
        lambda: option(terms, "warmup", 10),
        lambda: option(terms, "rate", 0.5),
    ]
    return draw.choice(sides)()


def question(terms: Terms, draw: random.Random, around: Term, number: int) -> Term:
    given = [around, terms.constant(number)]
    asked = terms.operation(draw.choice(OPERATORS), *(given if draw.random() < 0.7 else given[::-1]))
    others = [terms.operation("<", terms.constant(draw.choice(NUMBERS)), step(terms))]
    return terms.logic(draw.choice(("and", "or")), [asked, *others]) if draw.random() < 0.3 else asked


def pairs(seed: int) -> Iterator[tuple[Terms, Term, Term]]:
    """A test, and the one that an edit of a number, of an operator, or of the whole would make of it."""
    draw = random.Random(seed)
    for _ in range(12):
        terms = Terms()
        around, number, form = side(terms, draw), draw.choice(NUMBERS), draw.random()
        one = question(terms, random.Random(form), around, number)
        moved = question(terms, random.Random(form), around, number + draw.choice((-1, 1)))
        other = question(terms, random.Random(form + 1), around, number)
        yield terms, one, draw.choice((moved, other, terms.constant(True), terms.constant(False)))


def every_case(*terms: Term) -> Iterator[Case]:
    """Far more cases than are tried: all that are near a number that the pairs may have.

    Where steps are counted options have their defaults: what both together turn is not looked for.
    """
    parts = {part for term in terms for part in term.walk()}
    names = {f"{part.sort.value} {part.value}": part for part in parts if part.sort is Sort.OPTION}
    tried = {"batch_size": (8, 1, 11), "warmup": (10, *range(9), 15, 16, 17, 29, 30, 31, 499, 500, 501)}
    tried |= {"rate": (0.5, 0, 0.875, 2, 2.001, 1.999, 3, 7, 30)}
    counted = any(part.sort is Sort.COUNTER for part in parts)
    kept = 1 if counted else None
    values = [[(name, value) for value in tried[str(part.value)][:kept]] for name, part in names.items()]
    steps = STEPS if counted else [0]
    worlds = WORLDS if any(part.sort is Sort.FACT for part in parts) else (1,)
    for settings in itertools.product(*values):
        for at, world in itertools.product(steps, worlds):
            for rank in {0, 1, 2, 3, 4, 5, 7, 8, 16} if world > 1 else {0}:
                if rank < world:
                    yield Case(at, world, rank, dict(settings), "")


def are_apart(one: Term, other: Term) -> bool:
    for case in every_case(one, other):
        values = attempt(one, case, {}), attempt(other, case, {})
        if FAILED not in values and UNSAID not in values and not equal(*values):
            return True
    return False


@pytest.mark.parametrize("seed", range(20))
def test_what_a_case_tells_apart_is_not_the_same(seed: int) -> None:
    for terms, one, other in pairs(seed):
        names = frozenset(
            f"{part.sort.value} {part.value}" for part in one.walk() if part.sort is Sort.OPTION
        )
        found = Judge(terms, shared=names)
        if are_apart(one, other):
            assert found.judge(one, other).verdict is not Verdict.SAME
            assert not Judge(terms, shared=names).same(one, other)


@pytest.mark.parametrize("turned", [2.5, 100.0, 1e-3])
def test_a_measured_value_is_tried_on_both_sides_of_what_it_is_held_against(turned: float) -> None:
    terms = Terms()
    below = [terms.operation("<", measured(terms), terms.constant(at)) for at in (turned, turned * 1.5)]
    assert Judge(terms).judge(*below).verdict is Verdict.DIFFERENT
    assert Judge(terms).judge(below[0], terms.operation("<", measured(terms), terms.constant(turned))).verdict
    scaled = terms.operation("*", measured(terms), terms.constant(2))
    twice = terms.operation("<", scaled, terms.constant(2 * turned))
    assert Judge(terms).judge(below[0], twice).verdict is Verdict.SAME


def test_where_tests_turn() -> None:
    terms = Terms()
    turns = turns_of(terms.operation("==", step(terms, 0, 10), terms.constant(500)), {})
    assert {49, 50, 51} <= turns.steps
    assert {2, 3, 4} <= turns_of(terms.operation("==", fact(terms, "rank"), terms.constant(3)), {}).ranks
    assert 9 in turns_of(terms.operation("<", terms.constant(8), fact(terms, "world size")), {}).worlds
    warm = turns_of(terms.operation("<", option(terms, "warmup", 10), terms.constant(100)), {})
    assert {99, 100, 101} <= warm.settings["option warmup"]
    loss = measured(terms)
    things = {id(part): 0.7 for part in things_of(loss)}
    assert 3.0 in turns_of(terms.operation("<", loss, terms.constant(3)), things).things[id(loss)]
