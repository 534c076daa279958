"""Two lists, and which entry of one answers to which of the other."""

import random
import time

import pytest

from trainlint.diff.align import align_options, in_order
from trainlint.diff.terms import Terms
from trainlint.facts.effects import Option
from trainlint.facts.uses import plain
from trainlint.source import Span


def letters(one: str, other: str) -> list[tuple[int, int]]:
    return in_order(one, other, lambda mine, theirs: float(mine == theirs), str)


@pytest.mark.parametrize(
    ("one", "other", "pairs"),
    [
        ("", "", []),
        ("abc", "", []),
        ("abc", "abc", [(0, 0), (1, 1), (2, 2)]),
        ("abcd", "acd", [(0, 0), (2, 1), (3, 2)]),
        ("acd", "abcd", [(0, 0), (1, 2), (2, 3)]),
        ("ab", "ba", [(1, 0)]),
        ("aXb", "aYb", [(0, 0), (2, 2)]),
    ],
)
def test_short_lists(one: str, other: str, pairs: list[tuple[int, int]]) -> None:
    assert letters(one, other) == pairs


def test_the_greatest_score_wins() -> None:
    scores = {(0, 0): 1.0, (0, 1): 5.0, (1, 1): 3.0}
    pairs = in_order([0, 1], [0, 1], lambda one, other: scores.get((one, other), 0.0), str)
    assert pairs == [(0, 1)]


@pytest.mark.parametrize("seed", range(20))
def test_long_lists_are_aligned_as_short_ones_are(seed: int) -> None:
    """A list with entries taken out, put in and changed; all that was left alone is found."""
    chance = random.Random(seed)
    mine = [chance.randrange(10**6) for _ in range(400)]
    theirs: list[int] = []
    kept: list[tuple[int, int]] = []
    for row, entry in enumerate(mine):
        what = chance.random()
        if what < 0.1:
            continue
        if what < 0.2:
            theirs += [-entry, entry]
        else:
            theirs.append(entry + (what < 0.3))
        if what >= 0.1:
            kept.append((row, len(theirs) - 1))
    pairs = in_order(
        mine, theirs, lambda one, other: 13.0 - abs(one - other) if abs(one - other) < 2 else 0, int
    )
    assert pairs == kept


def test_long_lists_that_have_nothing_once() -> None:
    mine, theirs = [1, 2] * 1000, [1, 2] * 900
    pairs = in_order(mine, theirs, lambda one, other: float(one == other), int)
    assert len(pairs) == 1800
    assert all(mine[row] == theirs[column] for row, column in pairs)
    assert pairs == sorted(set(pairs))


def test_long_lists_take_little_time() -> None:
    started = time.process_time()
    in_order(range(20_000), range(10, 20_010), lambda one, other: float(one == other), int)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("batch_size", "batchsize"),
        ("optim.batch-size", "batchsize"),
        ("BatchSize", "batchsize"),
        ("lr", "lr"),
    ],
)
def test_names_without_groups_and_separators(name: str, letters: str) -> None:
    assert plain(name) == letters


def test_options_by_whole_name_then_without_groups() -> None:
    terms = Terms()

    def option(name: str) -> Option:
        return Option(name, terms.nothing, "--name value", Span.at("train.py"), True)

    mine = [option("lr"), option("batch_size"), option("gone")]
    theirs = [option("optim.lr"), option("data.batch-size"), option("lr"), option("new")]
    pairs = [(one and one.name, other and other.name) for one, other in align_options(mine, theirs)]
    assert pairs == [
        ("lr", "lr"),
        ("batch_size", "data.batch-size"),
        ("gone", None),
        (None, "optim.lr"),
        (None, "new"),
    ]
