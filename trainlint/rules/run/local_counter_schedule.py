"""Looks at the counters that schedules ask, yields those that do not count the steps of the run."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.rules.base import Finding, rule
from trainlint.rules.wording import listed


@rule("TL525", "local-counter-schedule", severity=Severity.WARNING, link=LinkKind.SCRIPT, needs=("times",))
def local_counter_schedule(chain: Chain) -> Iterator[Finding]:
    """A schedule asks a counter of its own although the training loop counts its steps."""
    for time in chain.times:
        for counter in time.counters:
            first = counter.counted or counter.asked[0]
            asked = (Note(span, "a schedule uses it here") for span in counter.asked if span != first)
            yield Finding(
                first,
                f"{listed(counter.functions)} {_asks(counter.functions)} `{counter.counter}`, "
                f"which does not count the steps of the run: {counter.faults[0]}",
                help=f"pass `{counter.step}` on to where it is asked",
                runtime=_runtime(counter.faults),
                chain=(*asked, Note(counter.step_span, f"`{counter.step}` counts every step here")),
            )


def _asks(functions: tuple[str, ...]) -> str:
    return "asks" if len(functions) == 1 else "ask"


def _runtime(faults: tuple[str, ...]) -> str:
    """What else is wrong with it, and what comes of it."""
    return "\n".join(
        ("nothing stops or warns: what it anneals is at another place than training is", *faults[1:])
    )
