"""The trace of a run in, what it was seen to do in each update and in which modes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from trainlint.facts.parity import Watched
from trainlint.parity.carried import Entered, argument, entered, same_batch
from trainlint.parity.passes import counted
from trainlint.parity.trace import Trace
from trainlint.parity.trial import Trial
from trainlint.record import record

#: So many parts of a network are told.
_PARTS = 24


def watched(trial: Trial) -> Watched:
    """What one run shows, of the first rank."""
    trace = trial.traces[0]
    found = [entry for entry in entered(trace) if entry.step < trial.updates]
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for entry in counted(trace):
        if isinstance(entry.value, float):
            counts[entry.quantity][entry.step] = int(entry.value)
    evaluations = [step + 1 for step, count in counts["evaluation passes"].items() for _ in range(count)]
    parts = _parts(trace)
    rows = [
        ("an update", _update(counts, trial.updates)),
        ("batches", _batches(found)),
        ("state", _state(found)),
        ("evaluations", _after(evaluations, "pass")),
        ("checkpoints", _after([event.step for event in trace.events if event.kind == "save"], "file")),
        ("ranks", str(len(trial.traces))),
        *_told(parts),
    ]
    modes = (("act_mode", _act_mode(found, parts)), ("encoder", _encoder(parts)))
    return Watched(trial.side.command, trial.updates, tuple(rows), modes)


def _update(counts: Mapping[str, Mapping[int, int]], updates: int) -> str:
    """How often things happen in an update."""
    told = []
    for what in ("forward pass", "backward pass", "optimizer step"):
        by_step = counts.get(_plural(what, "2"), {})
        count = _range([by_step.get(step, 0) for step in range(updates)])
        told.append(f"{count} {_plural(what, count)}")
    return ", ".join(told)


def _plural(what: str, count: str) -> str:
    return what if count == "1" else f"{what}es" if what.endswith("s") else f"{what}s"


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers, default=0), max(numbers, default=0)
    return str(low) if low == high else f"{low} to {high}"


def _batches(found: Sequence[Entered]) -> str:
    """How many passes in a row get the same batch."""
    lengths, state = [1] if found else [], _state_of(found)
    for before, entry in pairwise(found):
        if same_batch(before, entry, state):
            lengths[-1] += 1
        else:
            lengths.append(1)
    return f"{_range(lengths)} forward {_plural('pass', _range(lengths))} with each"


def _state_of(found: Sequence[Entered]) -> list[str]:
    """The arguments in which state enters."""
    return sorted({argument(path) for entry in found for path in entry.carried})


def _state(found: Sequence[Entered]) -> str:
    going_on = _going_on(found)
    if not going_on:
        return "no pass begins with what the pass before gave"
    return (
        f"{len(going_on)} of {len(found)} passes begin with what the pass before gave, "
        f"{going_on.count(False)} of them with another batch"
    )


def _going_on(found: Sequence[Entered]) -> list[bool]:
    """Of each pass that begins with what the one before gave, whether it has the same batch."""
    state = _state_of(found)
    return [same_batch(before, entry, state) for before, entry in pairwise(found) if entry.carried]


def _after(steps: Sequence[int], what: str) -> str:
    """How often something happens, and after which updates."""
    if not steps:
        return "none"
    places = sorted(set(steps))
    return f"{len(steps)} {_plural(what, str(len(steps)))}, after update {', '.join(map(str, places))}"


@record
class _Part:
    """A part of the network that runs: how often in each pass, and the part around it that runs."""

    name: str
    calls: tuple[int, ...]
    around: str | None


def _parts(trace: Trace) -> list[_Part]:
    """The parts of the network that has the most of them, in its training passes."""
    networks: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for event in trace.events:
        if event.kind == "calls" and event["grad"]:
            for name, count in event["counts"].items():
                networks[event["name"]][name].append(count)
    largest = max(networks.values(), key=lambda parts: len(parts), default=None) or {}
    running = {name: tuple(calls) for name, calls in largest.items() if any(calls)}
    return [_Part(name, calls, _around(name, running)) for name, calls in running.items()]


def _around(name: str, running: Mapping[str, object]) -> str | None:
    outer = name.rpartition(".")[0]
    while outer and outer not in running:
        outer = outer.rpartition(".")[0]
    return outer or None


def _outer(parts: Sequence[_Part]) -> list[_Part]:
    """The parts that the network is made of: what merely wraps it all is looked into."""
    found = [part for part in parts if part.around is None]
    while len(found) == 1 and set(found[0].calls) == {1}:
        inner = [part for part in parts if part.around == found[0].name]
        if not inner:
            break
        found = inner
    return found


def _told(parts: Sequence[_Part]) -> Iterator[tuple[str, str]]:
    """The outer parts, and inner ones that run more or less often than what is around them."""
    calls = {part.name: part.calls for part in parts}
    outer = _outer(parts)
    inside = [
        part
        for part in parts
        if part.around is not None and part not in outer and part.calls != calls[part.around]
    ]
    for part in [*outer, *inside][:_PARTS]:
        count = _range(part.calls)
        yield "part", f"{part.name}: {count} {_plural('call', count)} in a pass"


def _act_mode(found: Sequence[Entered], parts: Sequence[_Part]) -> str | None:
    """Dynamic: state goes on with the next batch. Fixed: each batch gets the same steps, and then no more."""
    going_on = _going_on(found)
    if going_on:
        return "fixed" if all(going_on) else "dynamic"
    repeated = [part for part in _outer(parts) if len(set(part.calls)) == 1 and part.calls[0] > 1]
    return "fixed" if repeated else None


def _encoder(parts: Sequence[_Part]) -> str | None:
    """Whether an outer part runs less often than another, so that what it gave is used again.

    A part that runs at every step may still be asked in vain, where an earlier encoding is taken instead.
    """
    outer = _outer(parts)
    most = [max(calls) for calls in zip(*(part.calls for part in outer), strict=True)]
    if not most:
        return None
    is_rarer = any(part.calls != tuple(most) for part in outer)
    return "at fewer steps than the rest" if is_rarer else "at every step"
