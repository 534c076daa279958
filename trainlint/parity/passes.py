"""The trace of a run in, what it shows of each pass of the network out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from trainlint.facts.parity import Digest, Observation, Phase, Value
from trainlint.parity.pieces import Form, whole
from trainlint.parity.trace import Event, Trace
from trainlint.record import record


@record
class Pass:
    """A pass of the network: the update that it belongs to, and which of its training passes it is.

    `micro` counts from 1 and is 0 for an evaluation, which comes after the update that it belongs to.
    `is_of_copy`: it is of a copy of the network, which may be what is evaluated in its place, or a teacher.
    `is_beside`: the network itself is evaluated after that update, too.
    """

    step: int
    micro: int
    is_of_copy: bool = False
    is_beside: bool = False

    @property
    def name(self) -> str:
        """What its quantities are of."""
        if self.micro:
            return f"micro-step {self.micro}"
        return "evaluation of a copy" if self.is_beside else "evaluation"

    def phase(self, training: Phase) -> Phase:
        """The phase of what is seen in it."""
        return training if self.micro else Phase.EVAL


def passes(trace: Trace) -> Iterator[tuple[Event, Pass]]:
    """What happened in each pass, from its inputs to the losses that are computed after it."""
    for events in _updates(trace):
        yield from _of_update(events)


def is_backward(event: Event) -> bool:
    """Whether gradients of what is trained are asked for."""
    return event.kind == "backward" or (event.kind == "grad" and bool(event.data.get("trained")))


def is_of_copy(event: Event) -> bool:
    """Whether a pass is of a copy of the network, which no optimizer updates."""
    return int(event.data.get("root", 0)) < 0


def _updates(trace: Trace) -> Iterator[list[Event]]:
    """The events up to each update."""
    held: list[Event] = []
    for event in trace.events:
        held.append(event)
        if event.kind == "update":
            yield held
            held = []
    yield held


def _of_update(events: Sequence[Event]) -> Iterator[tuple[Event, Pass]]:
    last = max((place for place, event in enumerate(events) if is_backward(event)), default=-1)
    # A program that never sets training mode trains in eval mode; else that is how it evaluates.
    modes = {
        event["training"]
        for event in events
        if event.kind == "forward" and event["grad"] and not is_of_copy(event)
    }
    current, micro = None, 0
    found: list[tuple[Event, Pass]] = []
    for place, event in enumerate(events):
        if event.kind == "forward":
            trains = event["grad"] and (event["training"] or (modes == {False} and place < last))
            is_copy = is_of_copy(event)
            micro += trains and not is_copy
            current = Pass(event.step - 1, 0, is_copy) if is_copy or not trains else Pass(event.step, micro)
        if current is not None and event.kind in ("forward", "output", "criterion"):
            found.append((event, current))
    is_evaluated = any(not there.micro and not there.is_of_copy for _, there in found)
    for event, there in found:
        yield event, replace(there, is_beside=True) if there.is_of_copy and is_evaluated else there


def in_passes(trace: Trace) -> Iterator[Observation]:
    """What enters and leaves the network, in which mode, and what its losses are made with."""
    targets: dict[Pass, list[Event]] = {}
    for event, there in passes(trace):
        if event.kind == "criterion":
            targets.setdefault(there, []).append(event)
            yield _arguments(trace, event, there)
        else:
            yield from _tensors(trace, event, there)
            if event.kind == "forward":
                yield from _modes(trace, event, there)
    for there, events in targets.items():
        yield _targets(trace, events, there)


def _tensors(trace: Trace, event: Event, there: Pass) -> Iterator[Observation]:
    side, phase = ("inputs", Phase.BATCH) if event.kind == "forward" else ("outputs", Phase.FORWARD)
    for (path, shape, dtype), number in zip(event[side], event["tensors"], strict=True):
        value = trace.digest(number, shape, dtype)
        what = f"{side[:-1]} {path}".strip()
        yield _seen(trace, event, there, phase, f"{what} of {there.name}", value)


def _modes(trace: Trace, event: Event, there: Pass) -> Iterator[Observation]:
    mode = "training mode" if event["training"] else "eval mode"
    if not there.micro:
        said = f"{mode}, gradients {'on' if event['grad'] else 'off'}"
        yield _seen(trace, event, there, Phase.EVAL, "mode of evaluation", said)
    else:
        yield _explaining(trace, event, there, "mode", mode)
    others = ", ".join(event.data.get("exceptions", ()))
    yield _explaining(trace, event, there, "modules in the other mode", others or "none")
    yield _explaining(trace, event, there, "autocast", event["autocast"] or "off")


def _arguments(trace: Trace, event: Event, there: Pass) -> Observation:
    said = ", ".join(f"{name}={value}" for name, value in sorted(event["arguments"].items()))
    # A loss that one side writes out itself takes none, and is no other for that.
    return replace(_explaining(trace, event, there, f"arguments of {event['name']}", said), optional=True)


def _targets(trace: Trace, events: Sequence[Event], there: Pass) -> Observation:
    """All that a pass is held against, one after the other: a loss may be computed in parts."""
    parts = [trace.digest(event["tensors"][0], [event["length"]], event["dtype"]) for event in events]
    quantity = f"targets of {there.name}"
    return Observation(
        there.step,
        there.phase(Phase.BATCH),
        quantity,
        whole(parts, Form(quantity, tuple(range(len(parts)))), parts),
        trace.site(events[0]),
        optional=True,
        explains=there.phase(Phase.FORWARD),
    )


def _seen(trace: Trace, event: Event, there: Pass, phase: Phase, quantity: str, value: Value) -> Observation:
    found = Observation(there.step, there.phase(phase), quantity, value, trace.site(event))
    return replace(found, optional=True) if there.is_of_copy else found


def _explaining(trace: Trace, event: Event, there: Pass, what: str, value: Digest | str) -> Observation:
    phase = there.phase(Phase.FORWARD)
    quantity = f"{what} of {there.name}"
    return replace(_seen(trace, event, there, Phase.FORWARD, quantity, value), explains=phase)


def counted(trace: Trace) -> Iterator[Observation]:
    """How often things happen in an update."""
    counts: Counter[tuple[int, str]] = Counter()
    sites: dict[tuple[int, str], Event] = {}
    for event, key in _counts(trace):
        counts[key] += 1
        sites.setdefault(key, event)
    for (step, what), count in counts.items():
        first = sites[step, what]
        # What a teacher says may be kept from before.
        optional = first.kind == "forward" and is_of_copy(first)
        yield Observation(step, Phase.STRUCTURE, what, float(count), trace.site(first), optional=optional)


def ahead(trace: Trace) -> Iterator[Observation]:
    """Training passes that are made before what follows the last update: a batch that was left over.

    It counts only where what follows differs.
    """
    of_pass = {id(event): there for event, there in passes(trace) if event.kind == "forward"}
    count, is_evaluated = 0, False
    for event in trace.events:
        there = of_pass.get(id(event))
        if event.kind == "update":
            count, is_evaluated = 0, False
        elif there is not None and there.micro:
            count += 1
        elif there is not None and not is_evaluated:
            is_evaluated = True
            yield _ahead(trace, event, count, Phase.EVAL, "an evaluation")
        elif event.kind == "save":
            yield _ahead(trace, event, count, Phase.CHECKPOINT, PurePath(event["file"]).name)


def _ahead(trace: Trace, event: Event, count: int, explained: Phase, what: str) -> Observation:
    quantity, site = f"training passes between the update and {what}", trace.site(event)
    return Observation(
        event.step - 1, Phase.STRUCTURE, quantity, float(count), site, optional=True, explains=explained
    )


def _counts(trace: Trace) -> Iterator[tuple[Event, tuple[int, str]]]:
    for event, there in passes(trace):
        if event.kind == "forward" and not there.is_beside:
            yield event, (there.step, "forward passes" if there.micro else "evaluation passes")
    for event in trace.events:
        if is_backward(event):
            yield event, (event.step, "backward passes")
        elif event.kind == "step":
            yield event, (event.step, "optimizer steps")
