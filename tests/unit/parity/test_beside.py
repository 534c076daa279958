"""Buffers, copies and helpers: what is compared, and what only says why something else differs."""

from __future__ import annotations

from pathlib import Path

from trainlint.facts.parity import Observation, Phase
from trainlint.parity.beside import beside
from trainlint.parity.compare import divergences, exactly
from trainlint.parity.probe.stream import RECORD
from trainlint.parity.trace import Event, Trace
from trainlint.parity.view import View

OTHERS = [["mask", [4], "torch.bool", False], ["mean", [2], "torch.float32", False]]
VIEW = View((), {})


def run(mask: int, mean: int, *, calls: int = 1, shape: int = 4) -> list[Observation]:
    """A run with a mask that stays what it is, a mean that the first update changes, and a scheduler."""
    records = b"".join(RECORD.pack(crc, 1.0, 1.0, 1.0, -1, 0) for crc in (mask, 5, mean))
    others = [["mask", [shape], "torch.bool", False], OTHERS[1]]
    events = [
        Event("init", 0, {"parameters": [], "tensors": [], "others": others, "other_tensors": [0, 1]}),
        *[Event("schedule", 0, {})] * calls,
        Event("step", 0, {}),
        Event("update", 0, {}),
        Event("aside", 0, {"buffers": {"mask": 0, "mean": 2}, "copies": [], "types": []}),
    ]
    return list(beside(Trace(0, tuple(events), records, b"", Path()), VIEW))


def apart(ours: list[Observation], theirs: list[Observation]) -> list[tuple[Phase, str]]:
    return [(entry.phase, entry.quantity) for entry in divergences(ours, theirs, exactly, 1)]


def test_statistics_that_differ_are_a_difference() -> None:
    assert apart(run(1, 7), run(1, 8)) == [(Phase.UPDATE, "mean")]


def test_a_mask_may_be_laid_out_otherwise() -> None:
    assert apart(run(1, 7), run(2, 7, shape=8)) == []


def test_a_schedule_may_be_written_without_a_scheduler() -> None:
    assert apart(run(1, 7), run(1, 7, calls=0)) == []
    rates = [Observation(0, Phase.LR, "lr", rate, None) for rate in (0.1, 0.2)]
    found = apart([*run(1, 7), rates[0]], [*run(1, 7, calls=0), rates[1]])
    assert (Phase.LR, "calls of a scheduler since the last update") in found


def test_what_only_one_run_holds_is_no_difference() -> None:
    assert apart(run(1, 7), [entry for entry in run(1, 7) if "mean" not in entry.quantity]) == []
