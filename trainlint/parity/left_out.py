"""What two sides showed in, what of it could not be held against each other out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.facts.parity import Digest, Observation, ParityOutcome

#: What a side shows, by rank.
_Shown = Sequence[Sequence[Observation]]


def left_out(reference: _Shown) -> Iterator[str]:
    """Tensors that are compared by their digests."""
    values = (entry.value for rank in reference for entry in rank)
    tensors = [value for value in values if isinstance(value, Digest) and 0 not in value.shape]
    dropped = sum(tensor.contents is None for tensor in tensors)
    # Where none was kept, nothing but digests was asked for: equal bytes are equal.
    if 0 < dropped < len(tensors):
        compared = "they are compared by norm, sum and largest value"
        yield f"{dropped} of {len(tensors)} tensors were more than a run keeps: {compared}"


def updates_left_out(outcome: ParityOutcome) -> Iterator[str]:
    """Updates that one side alone made, of runs that were to make as many of them."""
    reference, candidate = outcome.runs[:2]
    ours, theirs = reference.steps, candidate.steps
    if outcome.steps and ours != theirs:
        compared = f"only the first {min(ours, theirs)} are compared"
        yield f"the reference made {ours} updates and the candidate {theirs}: {compared}"
