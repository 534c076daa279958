"""What enters and leaves networks of two programs is found again under other paths."""

from __future__ import annotations

from dataclasses import replace

from trainlint.facts.parity import Digest, Observation, Phase
from trainlint.parity.paths import aligned

TOKENS = Digest((4, 16), "torch.int64", 1, 1.0, 1.0, 1.0)
TARGETS = Digest((4, 16), "torch.int64", 2, 2.0, 2.0, 2.0)
LOGITS = Digest((4, 16, 13), "torch.float32", 3, 3.0, 3.0, 3.0)
LOSS = Digest((), "torch.float32", 4, 4.0, 4.0, 4.0)


def seen(what: str, value: Digest, micro: int = 1) -> Observation:
    phase = Phase.BATCH if what.startswith("input") else Phase.FORWARD
    return Observation(0, phase, f"{what} of micro-step {micro}", value, None)


def test_a_tensor_given_by_name_is_the_one_given_by_position() -> None:
    ours = [seen("input 0", TOKENS), seen("input 1", TARGETS)]
    theirs = [seen("input targets", TARGETS), seen("input x", TOKENS)]
    assert aligned(ours, theirs) == (tuple(ours), (ours[1], ours[0]))


def test_other_contents_are_told_apart_by_their_order() -> None:
    shifted = replace(TARGETS, crc=5)
    ours = [seen("input 0", TOKENS), seen("input 1", TARGETS)]
    theirs = [seen("input 0", TOKENS), seen("input targets", shifted)]
    assert aligned(ours, theirs)[1] == (ours[0], seen("input 1", shifted))


def test_what_only_one_has_counts_for_nothing_beside_others() -> None:
    ours = [seen("output 0", LOGITS), seen("output 1", LOSS)]
    found = aligned(ours, [seen("output", LOGITS)])
    assert found == ((ours[0], replace(ours[1], optional=True)), (ours[0],))


def test_what_has_nothing_in_common_stays() -> None:
    ours, theirs = (seen("output 0", LOGITS),), (seen("output loss", LOSS),)
    assert aligned(ours, theirs) == (ours, theirs)


def test_passes_are_told_apart() -> None:
    ours = [seen("input 0", TOKENS), seen("input 0", TARGETS, 2)]
    theirs = [seen("input x", TOKENS), seen("input x", TARGETS, 2)]
    assert aligned(ours, theirs)[1] == tuple(ours)


def test_the_same_paths_are_left_alone() -> None:
    ours = (seen("input 0", TOKENS), seen("input 1", TARGETS))
    theirs = (seen("input 0", TARGETS), seen("input 1", TOKENS))
    assert aligned(ours, theirs) == (ours, theirs)
