"""The trace of a run in, its training passes out: which of them begin with what the pass before gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from trainlint.facts.parity import Observation, Phase
from trainlint.parity.passes import passes
from trainlint.parity.trace import Event, Trace
from trainlint.record import record

Tensor = tuple[tuple[int, ...], str, int]


@record
class Entered:
    """A training pass of a network: what enters by where it lies, and which of that the pass before gave."""

    event: Event
    step: int
    inputs: Mapping[str, Tensor]
    carried: frozenset[str]


def entered(trace: Trace) -> Iterator[Entered]:
    """The training passes in order; each network goes on from its own."""
    given: dict[int, frozenset[Tensor]] = {}
    for event, there in passes(trace):
        if there.micro and event.kind == "forward":
            found, before = _tensors(trace, event, "inputs"), given.get(event["root"], frozenset())
            carried = frozenset(path for path, tensor in found.items() if tensor in before)
            yield Entered(event, there.step, found, carried)
        elif there.micro and event.kind == "output":
            given[event["root"]] = frozenset(_tensors(trace, event, "outputs").values())


def continued(trace: Trace) -> Iterator[Observation]:
    """How many passes of an update go on from the pass before; nothing where none does."""
    counts: Counter[int] = Counter()
    first: dict[int, Event] = {}
    for entry in entered(trace):
        if entry.carried:
            counts[entry.step] += 1
            first.setdefault(entry.step, entry.event)
    for step, count in counts.items():
        what, site = "passes that begin with what the pass before gave", trace.site(first[step])
        yield Observation(step, Phase.STRUCTURE, what, float(count), site)


def _tensors(trace: Trace, event: Event, which: str) -> dict[str, Tensor]:
    """What enters or leaves, without what says nothing: single numbers, and tensors of zeros."""
    found = {}
    for (path, shape, dtype), number in zip(event[which], event["tensors"], strict=True):
        digest = trace.digest(number, shape, dtype)
        if max(digest.shape, default=1) > 1 and digest.norm > 0:
            found[path] = (digest.shape, digest.dtype, digest.crc)
    return found


def same_batch(before: Entered, entry: Entered, state: Sequence[str]) -> bool:
    """Whether a pass goes on with the batch of the one before; `state` are arguments that hold state."""
    ours, theirs = _batch(before, state), _batch(entry, state)
    return bool(theirs) and ours == theirs


def _batch(entry: Entered, state: Sequence[str]) -> dict[str, Tensor]:
    rest = {path: tensor for path, tensor in entry.inputs.items() if argument(path) not in state}
    return rest or {path: tensor for path, tensor in entry.inputs.items() if path not in entry.carried}


def argument(path: str) -> str:
    """The argument that a tensor enters in."""
    return path.partition(".")[0]
