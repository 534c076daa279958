"""What each rank of a run showed in, what they show together, or where they drift apart, out.

One process and several that share a batch train the same if what enters all ranks is the same rows, in
whatever order, their losses have the same mean, and gradients after they were exchanged, and all that follows
of them, are the same on rank 0. What each rank computes on its way there is no one's counterpart.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from trainlint.facts.parity import Digest, Divergence, Kind, Observation, Phase, Site, Value
from trainlint.parity.compare import shown
from trainlint.parity.distance import distance, is_same, numpy_kind

Ranks = Sequence[Sequence[Observation]]

#: What is the same on all ranks once they have exchanged their gradients.
_SHARED = (
    Phase.CONFIG,
    Phase.INIT,
    Phase.LR,
    Phase.GRAD,
    Phase.GRADNORM,
    Phase.CLIP,
    Phase.UPDATE,
    Phase.CHECKPOINT,
)
_MICRO = re.compile(r" of micro-step \d+(?: \(\d+\))?$")
_LOSS = "the loss of a backward pass"
_STEPS = "optimizer steps"
#: Weights of replicas, which nothing but the exchange of gradients keeps equal.
_WEIGHTS = (Phase.INIT, Phase.UPDATE)
_DRIFT = "ranks of the candidate do not hold the same weights: something is not exchanged between them"


def together(ranks: Ranks) -> tuple[Observation, ...]:
    """What all ranks of a run show as one."""
    first = ranks[0] if ranks else ()
    shared = [
        entry
        for entry in first
        if not entry.told
        and (entry.phase in _SHARED or (entry.phase is Phase.STRUCTURE and entry.quantity == _STEPS))
    ]
    return (*shared, *_batches(ranks), *_losses(ranks))


def _batches(ranks: Ranks) -> Iterator[Observation]:
    """The rows that enter in an update, from all ranks and passes."""
    held: dict[tuple[int, str], list[tuple[Observation, Digest]]] = defaultdict(list)
    for entry in (entry for rank in ranks for entry in rank if entry.phase is Phase.BATCH):
        if isinstance(entry.value, Digest):
            held[entry.step, _MICRO.sub("", entry.quantity)].append((entry, entry.value))
    for (step, name), entries in held.items():
        value = rows([digest for _, digest in entries])
        yield Observation(step, Phase.BATCH, f"{name}, all ranks and micro-steps", value, entries[0][0].site)


def rows(parts: Sequence[Digest]) -> Digest:
    """The rows of several tensors as one, in no order: what is known without contents knows none either."""
    count = sum(part.shape[0] if part.shape else 1 for part in parts)
    norm, total = math.hypot(*(part.norm for part in parts)), math.fsum(part.total for part in parts)
    largest, contents = max(part.largest for part in parts), _sorted(parts)
    known = contents if contents is not None else repr((f"{norm:.10g}", f"{total:.10g}", largest)).encode()
    shape = (count, *parts[0].shape[1:])
    return Digest(shape, parts[0].dtype, zlib.crc32(known), norm, total, largest, contents)


def _sorted(parts: Sequence[Digest]) -> bytes | None:
    """The contents of all rows, sorted, None where some are not known."""
    import numpy

    found: list[bytes] = []
    for part in parts:
        kind = numpy_kind(part.dtype)
        if part.contents is None or kind is None or not part.shape:
            return None
        values = numpy.frombuffer(part.contents, kind)
        if values.size != math.prod(part.shape):
            return None
        found += [row.tobytes() for row in values.reshape(part.shape)]
    return b"".join(sorted(found))


def _losses(ranks: Ranks) -> Iterator[Observation]:
    """The loss of an update: the sum over its backward passes, the mean over ranks."""
    sums: dict[int, float] = defaultdict(float)
    sites: dict[int, Site | None] = {}
    for entry in (entry for rank in ranks for entry in rank if entry.phase is Phase.FORWARD):
        if entry.quantity.startswith(_LOSS) and isinstance(entry.value, float):
            sums[entry.step] += entry.value / len(ranks)
            sites.setdefault(entry.step, entry.site)
    for step, value in sums.items():
        yield Observation(step, Phase.FORWARD, "the loss, mean over ranks", value, sites[step])


def drifts(reference: Ranks, candidate: Ranks, updates: int) -> Iterator[Divergence]:
    """Weights that ranks of the candidate hold differently, where those of the reference hold the same.

    Shards differ between ranks of both; replicas must not, not by a rounding.
    """
    ours = {place for place, values in _weights(reference).items() if _are_same(values)}
    for place, values in _weights(candidate).items():
        step, phase, name = place
        replicas = place in ours or len(reference) == 1
        if replicas and step < updates and not _are_same(values):
            apart = next(rank for rank, value in enumerate(values) if not is_same(values[0], value))
            yield Divergence(
                step,
                phase,
                f"{name} on rank {apart} and on rank 0",
                "the same on all ranks",
                f"{shown(values[apart])}; on rank 0 {shown(values[0])}",
                None,
                None,
                distance(values[0], values[apart]),
                None,
                rank=apart,
                kind=Kind.DRIFT,
                cause=_DRIFT,
            )


def _weights(ranks: Ranks) -> Mapping[tuple[int, Phase, str], list[Value]]:
    """What each rank holds of each weight; averages of an optimizer may be sharded and are left out."""
    names = {entry.quantity for rank in ranks for entry in rank if entry.phase is Phase.INIT}
    held: dict[tuple[int, Phase, str], list[Value]] = defaultdict(list)
    for entry in (entry for rank in ranks for entry in rank):
        if entry.phase in _WEIGHTS and entry.quantity in names:
            held[entry.step, entry.phase, entry.quantity].append(entry.value)
    return {place: values for place, values in held.items() if len(values) == len(ranks) > 1}


def _are_same(values: Sequence[Value]) -> bool:
    return all(is_same(values[0], value) for value in values[1:])
