"""A run that is held to the reference takes what the same rank of it had, from the process that trained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from trainlint.parity.probe.digests import written
from trainlint.parity.probe.replay import Replay
from trainlint.parity.probe.stream import Stream

ROOM = 1 << 20
FORM = {"parts": [0], "is_turned": False, "rows": []}


def process(folder: Path, name: str, value: float, updates: int) -> None:
    """What a process of the reference left that holds one weight."""
    stream = Stream(str(folder), ROOM)
    stream.open()
    weight = torch.full((3,), value)
    described = [["w", [3], "torch.float32", True]]
    stream.event("init", step=0, parameters=described, tensors=written([weight], stream))
    for step in range(updates):
        stream.event("update", step=step, tensors=written([weight + step], stream), state=[{}])
    stream.flush()
    for path in folder.glob(f"rank{stream.rank}-*"):
        if path.stem.partition("-")[2].isdigit():
            path.rename(path.with_stem(f"rank{stream.rank}-{name}"))


@pytest.fixture
def links(tmp_path: Path) -> str:
    path = tmp_path / "links.json"
    path.write_text(json.dumps([{"reference": FORM, "candidate": FORM}]))
    return str(path)


@pytest.mark.parametrize(("rank", "value"), [("0", 1.0), ("1", 5.0)])
def test_each_rank_is_held_to_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: str, rank: str, value: float
) -> None:
    reference = tmp_path / "reference"
    for number, name, held, updates in (
        ("0", "a", 1.0, 2),
        ("1", "a", 7.0, 0),
        ("1", "b", 5.0, 2),
        ("1", "c", 8.0, 0),
    ):
        monkeypatch.setenv("RANK", number)
        process(reference, name, held, updates)
    # A program that starts its ranks itself is told which it is when it begins to train, not before.
    monkeypatch.delenv("RANK")
    stream = Stream(str(tmp_path / "candidate"), 0)
    replay = Replay(str(reference), links, stream)
    monkeypatch.setenv("RANK", rank)
    stream.open()
    weight = torch.nn.Parameter(torch.zeros(3))
    replay.weights("init", 0, [weight])
    assert weight.tolist() == [value] * 3
    replay.weights("update", 1, [weight])
    assert weight.tolist() == [value + 1] * 3
    replay.weights("update", 2, [weight])
    assert weight.tolist() == [value + 1] * 3


def test_what_was_not_kept_stays_as_it_is(tmp_path: Path, links: str) -> None:
    stream = Stream(str(tmp_path / "reference"), 0)
    stream.open()
    described = [["w", [3], "torch.float32", True]]
    stream.event("init", step=0, parameters=described, tensors=written([torch.ones(3)], stream))
    stream.flush()
    weight = torch.nn.Parameter(torch.zeros(3))
    Replay(str(tmp_path / "reference"), links, stream).weights("init", 0, [weight])
    assert weight.tolist() == [0.0] * 3
