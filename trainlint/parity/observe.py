"""The trace of a run and the forms of its parameters in, its observations in causal order out."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from trainlint.facts.parity import Digest, Observation, Phase, Value
from trainlint.parity.beside import beside
from trainlint.parity.carried import continued
from trainlint.parity.checkpoints import saved
from trainlint.parity.compare import ORDER
from trainlint.parity.links import Parameter, by_place
from trainlint.parity.norms import NORM
from trainlint.parity.parts import called
from trainlint.parity.passes import ahead, counted, in_passes, is_backward
from trainlint.parity.pieces import Form
from trainlint.parity.told import told
from trainlint.parity.trace import Event, Trace
from trainlint.parity.view import View, digest_of, parameters

#: Options of optimizers that choose how the same numbers are computed.
_MEANS = {"foreach", "fused", "capturable", "differentiable", "initial_lr"}
#: Those that say what a group is called.
_SAYING = {"name", "param_names"}


def generators(trace: Trace) -> Mapping[str, int]:
    """Where each random generator stood before the first pass of the network, as a digest."""
    event = trace.first("forward")
    return {} if event is None else event["random"]


def observations(trace: Trace, forms: Sequence[Form]) -> list[Observation]:
    """All that can be held against another run; each step, phase and quantity stands once."""
    view = View(tuple(forms), by_place(parameters(trace)))
    found = [
        *_init(view),
        *in_passes(trace),
        *_events(trace, view),
        *beside(trace, view),
        *counted(trace),
        *ahead(trace),
        *continued(trace),
        *called(trace, view),
        *told(trace),
    ]
    seen: Counter[tuple[int, Phase, str]] = Counter()
    distinct = []
    for entry in found:
        key = (entry.step, entry.phase, entry.quantity)
        seen[key] += 1
        again = f" ({seen[key]})" if seen[key] > 1 else ""
        distinct.append(replace(entry, quantity=entry.quantity + again))
    # What differs stands before what explains it.
    return sorted(distinct, key=lambda entry: (entry.step, ORDER[entry.phase], entry.explains is not None))


def _init(view: View) -> Iterator[Observation]:
    sites = {form.name: view.parameters[form.parts[0]].site for form in view.forms}
    for name, digest in view.wholes({place: entry.digest for place, entry in view.parameters.items()}):
        yield Observation(-1, Phase.INIT, name, digest, sites[name])
    for form in view.forms:
        parts = [view.parameters[place] for place in form.parts]
        trained = _together(str(entry.trainable) for entry in parts)
        yield Observation(-1, Phase.CONFIG, f"{form.name} is trained", trained, sites[form.name])
        dtype = _together(entry.digest.dtype for entry in parts)
        yield Observation(-1, Phase.CONFIG, f"dtype of {form.name}", dtype, sites[form.name])


def _together(values: Iterable[str]) -> str:
    """What parts have in common, or what each has."""
    return ", ".join(dict.fromkeys(values))


def _events(trace: Trace, view: View) -> Iterator[Observation]:
    for event in trace.events:
        if is_backward(event):
            for value in event["losses"]:
                yield _at(trace, event, Phase.FORWARD, "the loss of a backward pass", _float(value))
        elif event.kind in ("raw", "gradients"):
            yield from _gradients(trace, event, view)
        elif event.kind == "clip":
            yield _at(trace, event, Phase.CLIP, f"the bound of {event['name']}", _float(event["limit"]))
            yield _at(trace, event, Phase.GRADNORM, f"what {event['name']} returns", _float(event["norm"]))
        elif event.kind == "step":
            yield from _options(trace, event, view.names)
        elif event.kind == "update":
            yield from _update(trace, event, view)
        elif event.kind == "save":
            yield from saved(trace, event, view)


def _at(trace: Trace, event: Event, phase: Phase, quantity: str, value: Value) -> Observation:
    return Observation(event.step, phase, quantity, value, trace.site(event))


def _gradients(trace: Trace, event: Event, view: View) -> Iterator[Observation]:
    """Gradients as they come from the backward passes, and as the optimizer takes them."""
    phase = Phase.GRAD if event.kind == "raw" else Phase.CLIP
    what = "gradient" if event.kind == "raw" else "gradient taken"
    found = _digests(trace, event["tensors"], view)
    for name, digest in view.wholes(found):
        yield _at(trace, event, phase, f"{what} of {name}", digest)
    if event.kind == "raw":
        norms = [entry.norm for entry in found.values() if entry is not None]
        yield _at(trace, event, Phase.GRADNORM, NORM, math.hypot(*norms))


def _digests(trace: Trace, numbers: Sequence[int], view: View) -> dict[int, Digest | None]:
    """Tensors that have the shapes of the parameters."""
    like = view.parameters
    return {
        place: digest_of(trace, number, list(like[place].shape), like[place].digest.dtype)
        for place, number in enumerate(numbers)
        if place in like
    }


def _options(trace: Trace, event: Event, names: Mapping[int, str]) -> Iterator[Observation]:
    """The options of an optimizer at an update; the learning rate is a phase of its own."""
    held: dict[str, dict[str, Any]] = {}
    for group in event["groups"]:
        for option, value in group["options"].items():
            for place in group["parameters"]:
                held.setdefault(option, {})[names.get(place, str(place))] = value
    for option, values in held.items():
        if option not in _MEANS | _SAYING:
            phase = Phase.LR if option == "lr" else Phase.CONFIG
            yield _at(trace, event, phase, option, _shared(values))


def _shared(values: Mapping[str, Any]) -> Value:
    """A number that all parameters share; else which parameters have which."""
    distinct = {json.dumps(value) for value in values.values()}
    if len(distinct) == 1:
        value = next(iter(values.values()))
        return float(value) if isinstance(value, int | float) else json.dumps(value)
    return json.dumps(values, sort_keys=True)


def _update(trace: Trace, event: Event, view: View) -> Iterator[Observation]:
    for name, digest in view.wholes(_digests(trace, event["tensors"], view)):
        yield _at(trace, event, Phase.UPDATE, name, digest)
    states = event["state"]
    kinds = event.data.get("kinds", [{}] * len(states))
    for key in dict.fromkeys(key for state in states for key in state):
        held = {
            place: _state(trace, view.parameters[place], kinds[place].get(key), state[key])
            for place, state in enumerate(states)
            if key in state
        }
        for name, digest in view.wholes(held):
            yield _at(trace, event, Phase.UPDATE, f"{key} of {name}", digest)


def _state(trace: Trace, parameter: Parameter, kind: tuple[list[int], str] | None, number: int) -> Digest:
    """What an optimizer remembers; without a kind of its own it has the parameter's shape and type."""
    shape, dtype = kind or (list(parameter.digest.shape), parameter.digest.dtype)
    return trace.digest(number, shape, dtype)


def _float(value: object) -> Value:
    return float(value) if isinstance(value, int | float) else None if value is None else str(value)
