"""The trace of a run in, the numbers that the program itself printed or logged as observations out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from trainlint.facts.parity import Observation, Phase
from trainlint.parity.figures import Figure, figures, is_place, label
from trainlint.parity.passes import is_of_copy
from trainlint.parity.trace import Event, Trace

#: Words of a label for the part of an update that its number is of.
_WORDS = {
    Phase.LR: {"lr", "lrs"},
    Phase.GRADNORM: {"norm", "gnorm", "gradnorm", "grad", "gradient"},
    Phase.FORWARD: {
        "loss",
        "losses",
        "acc",
        "accuracy",
        "ppl",
        "perplexity",
        "nll",
        "mse",
        "ce",
        "bpb",
        "bpc",
    },
}
_HELD_OUT = {"val", "valid", "validation", "eval", "evaluation", "evaluate", "test", "dev", "held"}
#: What a number without such words is of: the event that it follows.
_AFTER = {
    "forward": Phase.FORWARD,
    "output": Phase.FORWARD,
    "backward": Phase.FORWARD,
    "raw": Phase.GRADNORM,
    "clip": Phase.GRADNORM,
    "gradients": Phase.CLIP,
    "update": Phase.UPDATE,
    "save": Phase.CHECKPOINT,
}


def told(trace: Trace) -> Iterator[Observation]:
    """Numbers by label and update. They belong to the last update that a training pass was made for.

    Where a label stands several times in an update, how often is part of its name: another line with the
    same label in one of two programs shifts those that follow, which then answer to nothing.
    """
    found = list(_numbers(trace))
    often = Counter((step, where, entry.label) for _, step, _, where, entry in found)
    seen: Counter[tuple[int, str, str]] = Counter()
    for event, step, phase, where, entry in found:
        key = (step, where, entry.label)
        seen[key] += 1
        again = f" ({seen[key]} of {often[key]})" if often[key] > 1 else ""
        quantity = f"{where} {entry.label}{again}"
        yield Observation(
            step,
            phase,
            quantity,
            entry.value,
            trace.site(event),
            optional=True,
            told=True,
            unit=entry.unit,
            slack=1.0 if entry.is_place else 0.0,
        )


def _numbers(trace: Trace) -> Iterator[tuple[Event, int, Phase, str, Figure]]:
    """Each number with its event, update, phase and how it was told."""
    step, last = -1, Phase.INIT
    for event in trace.events:
        if event.kind in ("forward", "output") and (not event["grad"] or is_of_copy(event)):
            last = Phase.EVAL
        elif event.kind == "forward":
            step, last = event.step, Phase.FORWARD
        elif event.kind == "print":
            found = list(figures(event["text"]))
            is_held_out = any(not _HELD_OUT.isdisjoint(entry.label.split()) for entry in found)
            for entry in found:
                yield event, step, _phase(entry.label, last, is_held_out=is_held_out), "printed", entry
        elif event.kind == "log":
            for entry in _logged(event):
                yield event, step, _phase(entry.label, last, is_held_out=False), event["where"], entry
        else:
            last = _AFTER.get(event.kind, last)


def _logged(event: Event) -> Iterator[Figure]:
    """The numbers that are logged under names, and the place in the run that they are logged for."""
    place = event.data.get("place")
    for name, value in event["values"].items():
        words = label(name)
        if words:
            yield Figure(words, value, 0.0, is_place(words) and value.is_integer())
            if place is not None:
                yield Figure(f"step of {words}", place, 0.0, is_place=True)


def _phase(name: str, last: Phase, *, is_held_out: bool) -> Phase:
    """What part of an update a number is of; `is_held_out`: one beside it is of an evaluation."""
    words = set(name.split())
    if words & _HELD_OUT or (is_held_out and "train" in words):
        return Phase.EVAL
    if "learning rate" in name:
        return Phase.LR
    phase = next((phase for phase, known in _WORDS.items() if words & known), last)
    return Phase.EVAL if is_held_out and phase is Phase.FORWARD else phase
