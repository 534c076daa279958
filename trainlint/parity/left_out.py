"""What two sides showed in, what of it could not be held against each other out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.facts.parity import Digest, Observation, ParityOutcome

#: What a side shows, by rank.
_Shown = Sequence[Sequence[Observation]]


def left_out(reference: _Shown, candidate: _Shown) -> Iterator[str]:
    """Ranks that one side alone has, and tensors that are compared by their digests."""
    yield from _more("ran", "ranks", len(reference), len(candidate))
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
    if outcome.steps:
        yield from _more("made", "updates", reference.steps, candidate.steps)


def _more(did: str, what: str, ours: int, theirs: int) -> Iterator[str]:
    if ours != theirs:
        compared = f"only the first {min(ours, theirs)} are compared"
        yield f"the reference {did} {ours} {what} and the candidate {theirs}: {compared}"
