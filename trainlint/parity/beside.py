"""The trace of a run in, what it shows of buffers, copies of the weights and helpers of training out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from trainlint.facts.parity import Digest, Observation, Phase, Value
from trainlint.parity.links import plain
from trainlint.parity.trace import Event, Trace
from trainlint.parity.view import View


def beside(trace: Trace, view: View) -> Iterator[Observation]:
    """What schedulers, scalers and loaders did, and what buffers and copies of the weights held."""
    yield from _schedules(trace)
    yield from _frozen(trace, view)
    modules, shapes = _modules(view), _described(trace)
    constant = _buffers_of(trace) - _changing(trace)
    loaded: Counter[int] = Counter()
    for event in trace.events:
        if event.kind == "scale":
            # It is set for the next update once this one is made.
            value, step = float(event["scale"]), event.step - 1
            yield Observation(step, Phase.GRAD, "factor of the loss", value, trace.site(event), optional=True)
        elif event.kind == "loader":
            for name, value in event["options"].items():
                yield _seen(trace, event, Phase.BATCH, f"{name} of the loader", str(value), Phase.BATCH)
        elif event.kind == "loaded":
            loaded[event.step] += 1
            yield from _loaded(trace, event, loaded[event.step])
        elif event.kind == "aside":
            for name, number in event["buffers"].items():
                if name in shapes:
                    quantity, held = _spelled(name, modules), trace.digest(number, *shapes[name])
                    # A mask may be laid out otherwise; a statistic may not.
                    why = Phase.UPDATE if name in constant else None
                    yield _seen(trace, event, Phase.UPDATE, quantity, held, why, optional=True)
            yield from _copies(trace, event, view)


def _seen(
    trace: Trace,
    event: Event,
    phase: Phase,
    quantity: str,
    value: Value,
    explains: Phase | None = None,
    *,
    optional: bool = False,
) -> Observation:
    site = trace.site(event)
    return Observation(event.step, phase, quantity, value, site, optional=optional, explains=explains)


def _schedules(trace: Trace) -> Iterator[Observation]:
    """How often a scheduler was called before each update."""
    calls: list[Event] = []
    for event in trace.events:
        if event.kind == "schedule":
            calls.append(event)
        elif event.kind == "step":
            quantity, count = "calls of a scheduler since the last update", float(len(calls))
            site = trace.site(calls[0] if calls else event)
            yield Observation(event.step, Phase.LR, quantity, count, site, explains=Phase.LR)
            calls = []


def _loaded(trace: Trace, event: Event, number: int) -> Iterator[Observation]:
    """A batch as it leaves its loader, which may be long before it enters the network."""
    for (path, shape, dtype), record in zip(event["inputs"], event["tensors"], strict=True):
        value = trace.digest(record, shape, dtype)
        quantity = f"{path or 'tensor'} of loaded batch {number}"
        yield _seen(trace, event, Phase.BATCH, quantity, value, Phase.BATCH, optional=True)


def _described(trace: Trace) -> dict[str, tuple[list[int], str]]:
    """Shape and type of all that the network holds and no optimizer updates."""
    event = trace.first("init")
    described = () if event is None else event.data.get("others", ())
    return {name: (shape, dtype) for name, shape, dtype, _ in described}


def _frozen(trace: Trace, view: View) -> Iterator[Observation]:
    """What was there before the first pass beside what is trained."""
    event = trace.first("init")
    if event is None:
        return
    modules, buffers = _modules(view), _buffers_of(trace)
    for (name, shape, dtype, _), number in zip(
        event.data.get("others", ()), event.data.get("other_tensors", ()), strict=True
    ):
        value = trace.digest(number, shape, dtype)
        quantity = f"{_spelled(name, modules)}, not trained"
        why = Phase.INIT if name in buffers else None
        yield Observation(-1, Phase.INIT, quantity, value, None, optional=True, explains=why)


def _buffers_of(trace: Trace) -> set[str]:
    event = trace.first("aside")
    return set() if event is None else set(event["buffers"])


def _changing(trace: Trace) -> set[str]:
    """The buffers that do not stay what they were before the first pass."""
    event, shapes = trace.first("init"), _described(trace)
    if event is None:
        return set()
    others = zip(event.data.get("others", ()), event.data.get("other_tensors", ()), strict=True)
    before = {name: trace.digest(number, shape, dtype).crc for (name, shape, dtype, _), number in others}
    return {
        name
        for event in trace.events
        if event.kind == "aside"
        for name, number in event["buffers"].items()
        if name in before and trace.digest(number, *shapes[name]).crc != before[name]
    }


def _copies(trace: Trace, event: Event, view: View) -> Iterator[Observation]:
    """Copies of the weights, such as their moving average, under the names of what they follow."""
    places = {entry.plain: place for place, entry in view.parameters.items()}
    copies = zip(event["copies"], event["types"], strict=True)
    for number, (copy, types) in enumerate(copies, start=1):
        which = f" {number} of {len(event['copies'])}" if len(event["copies"]) > 1 else ""
        held: dict[int, Digest | None] = {}
        for order, (name, record) in enumerate(copy.items()):
            place = places.get(plain(name), order if name.isdigit() else -1)
            like = view.parameters.get(place)
            if like is not None:
                held[place] = trace.digest(record, list(like.shape), types.get(name, "torch.float32"))
        for name, value in view.wholes(held):
            quantity = f"copy{which} of {name}"
            yield _seen(trace, event, Phase.UPDATE, quantity, value, optional=True)


def _modules(view: View) -> dict[str, str]:
    """What the modules of this run are called in the other one, as far as their parameters tell."""
    names = view.names
    found = {}
    for place, entry in view.parameters.items():
        other, _, last = names.get(place, "").rpartition(".")
        if last == entry.last:
            found[entry.module] = other
    return found


def _spelled(name: str, modules: Mapping[str, str]) -> str:
    """A name within a module that may be called otherwise in the other run."""
    module, _, last = plain(name).rpartition(".")
    module = modules.get(module, module)
    return f"{module}.{last}" if module else last
