"""The traces of two runs in, where one draws random numbers that the other does not out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from trainlint.parity.passes import passes
from trainlint.parity.trace import Event, Trace
from trainlint.record import record

#: A generator and a function that draws from it.
Source = tuple[str, str]
#: What is said of the generators whose states are noted.
_GENERATORS = {"torch": "torch's generator", "python": "Python's generator", "numpy": "numpy's generator"}


@record
class Interval:
    """Where the generators stand at a pass, and what was drawn since the one before.

    `own` are generators that the program made of numpy, by where they stood then: the lines that made them,
    and where they stand. `before` is the interval before this one.
    """

    step: int
    states: Mapping[str, int]
    counts: Counter[Source]
    sites: Mapping[Source, str]
    own: Mapping[tuple[int, int], tuple[str, int]]
    before: Interval | None


def drawn(reference: Trace, candidate: Trace) -> dict[int, str]:
    """What was drawn more or less before the pass at which generators first stand elsewhere, by its update.

    What comes before the first pass counts for the weights, too. Where both drew alike the seeds differ, or
    the order: that is not told here.
    """
    for place, (ours, theirs) in enumerate(zip(_intervals(reference), _intervals(candidate), strict=False)):
        own = list(_own(ours, theirs))
        if ours.states != theirs.states or own:
            said = [*_counted(ours, theirs), *_unseen(ours, theirs), *own]
            steps = [ours.step, *([] if place else [-1])]
            return dict.fromkeys(steps, ", ".join(said)) if said else {}
    return {}


def _counted(ours: Interval, theirs: Interval) -> Iterator[str]:
    """Calls that only one side makes."""
    more, less = theirs.counts - ours.counts, ours.counts - theirs.counts
    yield from (f"the candidate draws {_said(source, count, theirs)}" for source, count in more.items())
    yield from (f"the reference draws {_said(source, count, ours)}" for source, count in less.items())


def _unseen(ours: Interval, theirs: Interval) -> Iterator[str]:
    """Generators that one side alone moves, by functions that it imported before they were watched."""
    if ours.before is None or theirs.before is None:
        return
    seen = {generator for generator, _ in [*ours.counts, *theirs.counts]}
    for name in ours.states.keys() & theirs.states.keys():
        moves = [side.states[name] != side.before.states.get(name) for side in (ours, theirs) if side.before]
        generator = _GENERATORS.get(name, name)
        if moves[0] is not moves[1] and generator not in seen:
            yield f"only the {'reference' if moves[0] else 'candidate'} draws from {generator}"


def _own(ours: Interval, theirs: Interval) -> Iterator[str]:
    """Generators that both made of the same seed, and that one moves further."""
    for key in ours.own.keys() & theirs.own.keys():
        (line, one), (other_line, other) = ours.own[key], theirs.own[key]
        if one != other:
            begun = [
                side.before.own[key][1] if side.before and key in side.before.own else key[0]
                for side in (ours, theirs)
            ]
            if one == begun[0]:
                yield f"only the candidate draws from the generator of numpy that it makes at {other_line}"
            elif other == begun[1]:
                yield f"only the reference draws from the generator of numpy that it makes at {line}"
            else:
                yield f"the two draw otherwise from the generator of numpy made at {line} and {other_line}"


def _said(source: Source, count: int, interval: Interval) -> str:
    generator, function = source
    often = "" if count == 1 else f"{count} times "
    return f"{often}from {generator} with `{function}` ({interval.sites[source]})"


def _intervals(trace: Trace) -> Iterator[Interval]:
    """One for each pass; draws within a pass belong to the next."""
    steps = {id(event): there for event, there in passes(trace)}
    counts: Counter[Source] = Counter()
    sites: dict[Source, str] = {}
    before: Interval | None = None
    for event in trace.events:
        for generator, function, at, count in event.data.get("draws", ()):
            counts[generator, function] += count
            sites[generator, function] = _site(trace, event, at)
        if event.kind == "forward":
            step = event.step if steps[id(event)].micro else event.step - 1
            before = Interval(
                step,
                event["random"],
                counts,
                sites,
                _made(trace, event),
                before and replace(before, before=None),
            )
            yield before
            counts, sites = Counter(), {}


def _made(trace: Trace, event: Event) -> dict[tuple[int, int], tuple[str, int]]:
    """Generators by where they stood when they were made; of several alike, by their order."""
    alike: Counter[int] = Counter()
    found = {}
    for line, begun, now in event.data.get("made", ()):
        found[begun, alike[begun]] = _site(trace, event, line), now
        alike[begun] += 1
    return found


def _site(trace: Trace, event: Event, at: str) -> str:
    return str(trace.site(Event(event.kind, event.step, {"at": at})) or "in a library")
