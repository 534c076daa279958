"""The traces of two runs in, where one draws random numbers that the other does not out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from trainlint.parity.passes import passes
from trainlint.parity.trace import Event, Trace
from trainlint.record import record

#: A generator and a function that draws from it.
Source = tuple[str, str]


@record
class Interval:
    """Where the generators stand at a pass, and what was drawn since the one before."""

    step: int
    states: Mapping[str, int]
    counts: Counter[Source]
    sites: Mapping[Source, str]


def drawn(reference: Trace, candidate: Trace) -> dict[int, str]:
    """What was drawn more or less before the pass at which generators first stand elsewhere, by its update.

    What comes before the first pass counts for the weights, too. Where both drew alike the seeds differ, or
    the order: that is not told here.
    """
    for place, (ours, theirs) in enumerate(zip(_intervals(reference), _intervals(candidate), strict=False)):
        if ours.states != theirs.states:
            more, less = theirs.counts - ours.counts, ours.counts - theirs.counts
            said = [
                *(f"the candidate draws {_said(source, count, theirs)}" for source, count in more.items()),
                *(f"the reference draws {_said(source, count, ours)}" for source, count in less.items()),
            ]
            steps = [ours.step, *([] if place else [-1])]
            return dict.fromkeys(steps, ", ".join(said)) if said else {}
    return {}


def _said(source: Source, count: int, interval: Interval) -> str:
    generator, function = source
    often = "" if count == 1 else f"{count} times "
    return f"{often}from {generator} with `{function}` ({interval.sites[source]})"


def _intervals(trace: Trace) -> Iterator[Interval]:
    """One for each pass; draws within a pass belong to the next."""
    steps = {id(event): there for event, there in passes(trace)}
    counts: Counter[Source] = Counter()
    sites: dict[Source, str] = {}
    for event in trace.events:
        for generator, function, at, count in event.data.get("draws", ()):
            counts[generator, function] += count
            sites[generator, function] = _site(trace, event, at)
        if event.kind == "forward":
            step = event.step if steps[id(event)].micro else event.step - 1
            yield Interval(step, event["random"], counts, sites)
            counts, sites = Counter(), {}


def _site(trace: Trace, event: Event, at: str) -> str:
    return str(trace.site(Event(event.kind, event.step, {"at": at})) or "in a library")
