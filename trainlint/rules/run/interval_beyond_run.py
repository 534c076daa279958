"""Looks at what is evaluated or saved every so often, yields the intervals that are longer than the run."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.schedule import Action, Interval
from trainlint.rules.base import Finding, rule, value_story
from trainlint.rules.timing import NEVER, count, known


@rule("TL528", "interval-beyond-run", severity=Severity.WARNING, link=LinkKind.CONFIG, needs=("times",))
def interval_beyond_run(chain: Chain) -> Iterator[Finding]:
    """The run is over before the first evaluation or checkpoint is due."""
    for time in chain.times:
        for interval in time.intervals:
            every, most = known(interval.every), known(interval.horizon)
            if every is None or most is None or interval.finally_too or not most < every < NEVER:
                continue
            unit, origin = interval.unit.value, interval.every.origin
            yield Finding(
                origin.span if origin is not None else interval.span,
                f"`{interval.every.text}` is {count(every)}, but the run has {count(most)} {unit}: "
                f"{_never(interval)}",
                help=f"set it to {count(most)} or less, or do it once more at the end",
                runtime="nothing stops or warns",
                chain=(
                    *(value_story(origin) if origin is not None else ()),
                    Note(interval.span, "it is tested here"),
                ),
            )


def _never(interval: Interval) -> str:
    words = ((Action.EVALUATION, "evaluated"), (Action.CHECKPOINT, "saved"))
    said = [word for action, word in words if action in interval.actions]
    if interval.perhaps_finally:
        nouns = " or ".join(sorted(action.value for action in interval.actions))
        return f"no {nouns} comes before its end"
    if interval.first <= 0:
        return f"it is {' and '.join(said)} only at the very start"
    return f"it is never {said[0]}" if len(said) == 1 else f"it is neither {' nor '.join(said)}"
