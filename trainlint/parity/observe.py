"""The trace of a run and names for its parameters in, its observations in causal order out."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from trainlint.facts.parity import Digest, Observation, Phase, Value
from trainlint.parity.match import Parameter, plain
from trainlint.parity.told import told
from trainlint.parity.trace import Event, Trace

#: Options of optimizers that choose how the same numbers are computed.
_MEANS = {"foreach", "fused", "capturable", "differentiable", "initial_lr"}
_ORDER = {phase: place for place, phase in enumerate(Phase)}

Names = Mapping[int, str]


def parameters(trace: Trace) -> tuple[Parameter, ...]:
    """What the optimizers update, as it was before the first update."""
    event = trace.first("init")
    if event is None:
        return ()
    described = zip(event["parameters"], event["tensors"], strict=True)
    return tuple(
        Parameter(place, name, trace.digest(number, shape, dtype), trainable)
        for place, ((name, shape, dtype, trainable), number) in enumerate(described)
    )


def own_names(trace: Trace) -> dict[int, str]:
    """What a program calls its parameters, by their place."""
    return {entry.place: plain(entry.name) or str(entry.place) for entry in parameters(trace)}


def draws(trace: Trace) -> str:
    """Where torch's random generator stood before the first pass of the network, as a digest."""
    event = trace.first("forward")
    return "" if event is None else str(event["random"]["torch"])


def observations(trace: Trace, names: Names) -> list[Observation]:
    """All that can be held against another run; each step, phase and quantity stands once."""
    shapes = {entry.place: entry for entry in parameters(trace)}
    found = [*_init(trace, names), *_events(trace, names, shapes), *_structure(trace), *told(trace)]
    seen: Counter[tuple[int, Phase, str]] = Counter()
    distinct = []
    for entry in found:
        key = (entry.step, entry.phase, entry.quantity)
        seen[key] += 1
        again = f" ({seen[key]})" if seen[key] > 1 else ""
        distinct.append(replace(entry, quantity=entry.quantity + again))
    return sorted(distinct, key=lambda entry: (entry.step, _ORDER[entry.phase]))


def _init(trace: Trace, names: Names) -> Iterator[Observation]:
    event = trace.first("init")
    if event is None:
        return
    for entry in parameters(trace):
        name = names[entry.place]
        yield Observation(-1, Phase.INIT, name, entry.digest, None)
        yield Observation(-1, Phase.CONFIG, f"{name} is trained", str(entry.trainable), None)
        yield Observation(-1, Phase.CONFIG, f"dtype of {name}", entry.digest.dtype, None)


def _events(trace: Trace, names: Names, shapes: Mapping[int, Parameter]) -> Iterator[Observation]:
    for event in trace.events:
        if event.kind in ("forward", "output"):
            yield from _pass(trace, event)
        elif event.kind == "backward":
            for value in event["losses"]:
                yield _at(trace, event, Phase.FORWARD, "the loss of a backward pass", _float(value))
        elif event.kind in ("raw", "gradients"):
            yield from _gradients(trace, event, names, shapes)
        elif event.kind == "clip":
            yield _at(trace, event, Phase.CLIP, f"the bound of {event['name']}", _float(event["limit"]))
            yield _at(trace, event, Phase.GRADNORM, f"what {event['name']} returns", _float(event["norm"]))
        elif event.kind == "step":
            yield from _options(trace, event, names)
        elif event.kind == "update":
            yield from _update(trace, event, names, shapes)
        elif event.kind == "save":
            yield from _save(trace, event, names)


def _at(trace: Trace, event: Event, phase: Phase, quantity: str, value: Value) -> Observation:
    return Observation(event.step, phase, quantity, value, trace.site(event))


def _is_training(event: Event) -> bool:
    return bool(event["grad"]) and bool(event["training"])


def _pass(trace: Trace, event: Event) -> Iterator[Observation]:
    """What enters or leaves the network; passes without gradients belong to an evaluation."""
    training = _is_training(event)
    # An evaluation comes after the update before it.
    step = event.step if training else event.step - 1
    side, phase = ("inputs", Phase.BATCH) if event.kind == "forward" else ("outputs", Phase.FORWARD)
    phase = phase if training else Phase.EVAL
    where = f"micro-step {event['micro'] + 1}" if training else "evaluation"
    site = trace.site(event)
    for (path, shape, dtype), number in zip(event[side], event["tensors"], strict=True):
        value = trace.digest(number, shape, dtype)
        what = f"{side[:-1]} {path}".strip()
        yield Observation(step, phase, f"{what} of {where}", value, site)
    if event.kind == "forward" and not training:
        mode = "training mode" if event["training"] else "eval mode"
        mode += f", gradients {'on' if event['grad'] else 'off'}"
        yield Observation(step, phase, "mode of evaluation", mode, site)


def _gradients(
    trace: Trace, event: Event, names: Names, shapes: Mapping[int, Parameter]
) -> Iterator[Observation]:
    """Gradients as they come from the backward passes, and as the optimizer takes them."""
    phase = Phase.GRAD if event.kind == "raw" else Phase.CLIP
    what = "gradient" if event.kind == "raw" else "gradient taken"
    found = dict(_digests(trace, event["tensors"], shapes))
    for place, digest in found.items():
        yield _at(trace, event, phase, f"{what} of {names[place]}", digest)
    if event.kind == "raw":
        norms = [entry.norm for entry in found.values() if entry is not None]
        yield _at(trace, event, Phase.GRADNORM, "norm of the gradients", math.hypot(*norms))


def _digests(
    trace: Trace, numbers: Sequence[int], shapes: Mapping[int, Parameter]
) -> Iterator[tuple[int, Digest | None]]:
    for place, number in enumerate(numbers):
        if place in shapes:
            digest = shapes[place].digest
            yield place, None if number < 0 else trace.digest(number, list(digest.shape), digest.dtype)


def _options(trace: Trace, event: Event, names: Names) -> Iterator[Observation]:
    """The options of an optimizer at an update; the learning rate is a phase of its own."""
    held: dict[str, dict[str, Any]] = {}
    for group in event["groups"]:
        for option, value in group["options"].items():
            for place in group["parameters"]:
                held.setdefault(option, {})[names.get(place, str(place))] = value
    for option, values in held.items():
        if option not in _MEANS:
            phase = Phase.LR if option == "lr" else Phase.CONFIG
            yield _at(trace, event, phase, option, _shared(values))


def _shared(values: Mapping[str, Any]) -> Value:
    """A number that all parameters share; else which parameters have which."""
    distinct = {json.dumps(value) for value in values.values()}
    if len(distinct) == 1:
        value = next(iter(values.values()))
        return float(value) if isinstance(value, int | float) else json.dumps(value)
    return json.dumps(values, sort_keys=True)


def _update(
    trace: Trace, event: Event, names: Names, shapes: Mapping[int, Parameter]
) -> Iterator[Observation]:
    for place, digest in _digests(trace, event["tensors"], shapes):
        name = names[place]
        yield _at(trace, event, Phase.UPDATE, name, digest)
        for key, number in event["state"][place].items():
            # Steps counted by an optimizer are scalars, its averages have the parameter's shape.
            shape = list(shapes[place].digest.shape) if key != "step" else []
            state = trace.digest(number, shape, shapes[place].digest.dtype)
            yield _at(trace, event, Phase.UPDATE, f"{key} of {name}", state)


def _save(trace: Trace, event: Event, names: Names) -> Iterator[Observation]:
    """A file that is written: its keys, and what its tensors hold.

    A parameter goes by the name that both sides know it by: a renamed one is not a lost one.
    """
    renamed = {own: names[place] for place, own in own_names(trace).items()}
    site, step, name = trace.site(event), event.step - 1, PurePath(event["file"]).name
    keys = ", ".join(sorted(_renamed(key, renamed) for key in event["keys"]))
    yield Observation(step, Phase.CHECKPOINT, f"keys of {name}", keys, site)
    for path, shape, dtype, number in event["tensors"]:
        value = trace.digest(number, shape, dtype)
        yield Observation(step, Phase.CHECKPOINT, f"{_renamed(path, renamed)} in {name}", value, site)


def _renamed(path: str, names: Mapping[str, str]) -> str:
    """A path into a checkpoint with the parameter that it ends in under another name."""
    parts = path.split(".")
    for start in range(len(parts)):
        name = names.get(".".join(parts[start:]))
        if name is not None:
            return ".".join([*parts[:start], name])
    return path


def _structure(trace: Trace) -> Iterator[Observation]:
    """How often things happen in an update."""
    counts: Counter[tuple[int, str]] = Counter()
    sites: dict[tuple[int, str], Event] = {}
    for event in trace.events:
        if event.kind == "forward":
            training = _is_training(event)
            what = "forward passes" if training else "evaluation passes"
            key = (event.step if training else event.step - 1, what)
        elif event.kind in ("backward", "step"):
            key = (event.step, {"backward": "backward passes", "step": "optimizer steps"}[event.kind])
        else:
            continue
        counts[key] += 1
        sites.setdefault(key, event)
    for (step, what), count in counts.items():
        yield Observation(step, Phase.STRUCTURE, what, float(count), trace.site(sites[step, what]))


def _float(value: object) -> Value:
    return float(value) if isinstance(value, int | float) else None if value is None else str(value)
