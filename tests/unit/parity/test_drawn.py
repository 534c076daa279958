"""Where one of two programs draws what the other does not, and that nothing is said where they draw alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trainlint.parity.drawn import drawn
from trainlint.parity.trace import Event, Trace

Draw = tuple[str, str, str, int]
TORCH = "torch's generator"


def trace(*passes: tuple[int, Sequence[Draw]]) -> Trace:
    """A pass for each state of the generator, with what was drawn before it, each of another update."""
    events = []
    for step, (state, draws) in enumerate(passes):
        seen = {"grad": True, "training": True, "random": {"torch": state}, "draws": draws}
        events += [Event("forward", step, seen), Event("update", step, {})]
    return Trace(0, tuple(events), b"", b"", Path("/work"))


ROWS: Draw = (TORCH, "randperm", "/work/train.py:9", 1)
NOISE: Draw = (TORCH, "randn", "/work/new.py:5", 2)
BEFORE = (1, [(TORCH, "uniform_", "/work/train.py:3", 4)])


def test_a_draw_too_many_is_named_with_its_line() -> None:
    found = drawn(trace(BEFORE, (2, [ROWS])), trace(BEFORE, (3, [ROWS, NOISE])))
    assert found == {1: "the candidate draws 2 times from torch's generator with `randn` (new.py:5)"}


def test_one_draw_instead_of_another() -> None:
    found = drawn(trace(BEFORE, (2, [ROWS])), trace(BEFORE, (3, [NOISE])))
    assert found[1].endswith(
        "`randn` (new.py:5), the reference draws from torch's generator with `randperm` (train.py:9)"
    )


def test_what_is_drawn_before_the_first_pass_counts_for_the_weights() -> None:
    assert set(drawn(trace((1, [])), trace((2, [NOISE])))) == {-1, 0}


def test_another_seed_is_no_draw_too_many() -> None:
    assert drawn(trace((1, [ROWS])), trace((2, [ROWS]))) == {}
    # Drawn, but put back.
    assert drawn(trace((1, [ROWS])), trace((1, [ROWS, NOISE]))) == {}


def standing(*passes: tuple[int, int], begun: int = 7) -> Trace:
    """A pass for each state of numpy's generator and of one that the program made of it."""
    events = []
    for step, (state, own) in enumerate(passes):
        made = [["/work/data.py:4", begun, own]]
        seen = {"grad": True, "training": True, "random": {"numpy": state}, "made": made}
        events += [Event("forward", step, seen), Event("update", step, {})]
    return Trace(0, tuple(events), b"", b"", Path("/work"))


def test_a_generator_that_one_side_alone_moves_is_named_without_its_calls() -> None:
    found = drawn(standing((1, 8), (1, 9)), standing((1, 8), (2, 9)))
    assert found == {1: "only the candidate draws from numpy's generator"}


def test_generators_that_a_program_makes_are_followed_by_their_seed() -> None:
    where = "the generator of numpy that it makes at data.py:4"
    assert drawn(standing((1, 8), (1, 8)), standing((1, 8), (1, 9))) == {
        1: f"only the candidate draws from {where}"
    }
    assert drawn(standing((1, 8)), standing((1, 7))) == dict.fromkeys(
        (-1, 0), f"only the reference draws from {where}"
    )
    assert "otherwise" in drawn(standing((1, 8)), standing((1, 9)))[0]
    assert drawn(standing((1, 8)), standing((1, 9), begun=6)) == {}
