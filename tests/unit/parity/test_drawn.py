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
