"""The trace of a run in, how often each part of the network runs in an update out.

A part is what the names of parameters first part in, by the names that both sides know them by. Of what is in
it the most frequent counts: one layer may be three in the other program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.facts.parity import Observation, Phase
from trainlint.parity.trace import Trace
from trainlint.parity.view import View


def called(trace: Trace, view: View) -> Iterator[Observation]:
    """Programs that train the same may compute something anew or keep it: that explains other gradients."""
    parts = _parts([form.name for form in view.forms])
    for event in trace.events:
        calls: Sequence[int] = event.data.get("calls", ()) if event.kind == "update" else ()
        most: dict[str, int] = {}
        for form, part in zip(view.forms, parts, strict=True):
            counts = [calls[place] for place in form.parts if place < len(calls)]
            most[part] = max([most.get(part, 0), *counts])
        for part, count in most.items():
            # One that is called by its weights alone is not seen.
            if count:
                yield Observation(
                    event.step,
                    Phase.GRAD,
                    f"calls of {part}",
                    float(count),
                    trace.site(event),
                    optional=True,
                    explains=Phase.GRAD,
                )


def _parts(names: Sequence[str]) -> list[str]:
    modules = [name.split(".")[:-1] or [name] for name in names]
    levels = [set(level) for level in zip(*modules, strict=False)]
    common = next((depth for depth, level in enumerate(levels) if len(level) > 1), 0)
    return [".".join(words[: common + 1]) for words in modules]
