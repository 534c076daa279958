"""The trace of a run in, its parameters and the wholes that they make out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trainlint.facts.parity import Digest
from trainlint.parity.links import Parameter, plain
from trainlint.parity.pieces import Form, whole
from trainlint.parity.trace import Trace
from trainlint.record import record


@record
class View:
    """How the parameters of a run are looked at: the forms of them, and each by its place."""

    forms: tuple[Form, ...]
    parameters: Mapping[int, Parameter]

    @property
    def names(self) -> dict[int, str]:
        """What each parameter goes by: the name of the whole that it is a part of."""
        return {place: form.name for form in self.forms for place in form.parts}

    def wholes(self, digests: Mapping[int, Digest | None]) -> Iterator[tuple[str, Digest | None]]:
        """What the wholes hold whose parts hold this."""
        for form in self.forms:
            if digests.keys() & set(form.parts):
                parts = [digests.get(place) for place in form.parts]
                yield form.name, whole(parts, form, [self.parameters[place].digest for place in form.parts])


def parameters(trace: Trace) -> tuple[Parameter, ...]:
    """What the optimizers update, as it was before the first update, with the first gradients."""
    event = trace.first("init")
    if event is None:
        return ()
    described = list(zip(event["parameters"], event["tensors"], strict=True))
    raw = trace.first("raw")
    gradients = [-1] * len(described) if raw is None else raw["tensors"]
    aliases = event.data.get("aliases", [()] * len(described))
    made = trace.first("optimizer")
    sites = event.data.get("sites", [""] * len(described))
    return tuple(
        Parameter(
            place,
            name,
            trace.digest(number, shape, dtype),
            trainable,
            tuple(map(plain, aliases[place])),
            digest_of(trace, gradients[place] if place < len(gradients) else -1, shape, dtype),
            trace.line(sites[place]) or (None if made is None else trace.site(made)),
        )
        for place, ((name, shape, dtype, trainable), number) in enumerate(described)
    )


def digest_of(trace: Trace, number: int, shape: list[int], dtype: str) -> Digest | None:
    """The tensor of a record, None where there is none."""
    return None if number < 0 else trace.digest(number, shape, dtype)
