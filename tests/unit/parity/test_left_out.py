"""What two runs could not be held against each other in is said."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.report.parities import outcome
from trainlint.facts.parity import Digest, Observation, Phase
from trainlint.parity.left_out import left_out, updates_left_out


def tensor(contents: bytes | None, shape: tuple[int, ...] = (1,)) -> Observation:
    digest = Digest(shape, "torch.float32", 0, 1.0, 1.0, 1.0, contents)
    return Observation(0, Phase.GRAD, "gradient of w", digest, None)


def test_alike_runs_leave_nothing_out() -> None:
    for shown in ([tensor(None), tensor(None)], [tensor(b"1234"), tensor(None, (0,))]):
        assert list(left_out([shown])) == []
    assert list(updates_left_out(outcome())) == []


def test_updates_of_one_side_alone_are_said() -> None:
    reference, candidate = outcome().runs
    shorter = replace(outcome(), runs=(replace(reference, steps=3), candidate))
    (said,) = updates_left_out(shorter)
    assert said == "the reference made 3 updates and the candidate 2: only the first 2 are compared"
    assert list(updates_left_out(replace(shorter, steps=0))) == []


def test_tensors_that_were_not_kept_are_counted() -> None:
    (said,) = left_out([[tensor(b"1234"), tensor(None)]])
    assert said.startswith("1 of 2 tensors were more than a run keeps")
