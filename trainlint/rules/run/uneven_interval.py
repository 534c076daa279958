"""Looks at what is evaluated or saved every so often, yields the intervals that miss the end of the run."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.schedule import Action, Interval, Unit
from trainlint.rules.base import Finding, rule, value_story
from trainlint.rules.timing import count, known

#: The part of a run that is worth a note when no checkpoint has it.
_MUCH = 0.25


@rule("TL527", "uneven-interval", severity=Severity.WARNING, link=LinkKind.CONFIG, needs=("times",))
def uneven_interval(chain: Chain) -> Iterator[Finding]:
    """The end of the run is not evaluated, or not saved, because the interval does not divide its length."""
    for time in chain.times:
        for interval in time.intervals:
            every, most = known(interval.every), known(interval.horizon)
            if every is None or most is None or interval.finally_too or not every <= most:
                continue
            rest = (most - 1) % every if interval.first <= 0 else most % every
            if rest < 1 or most % every == 0 or not _matters(interval, rest / most):
                continue
            unit, origin = interval.unit.value, interval.every.origin
            yield Finding(
                origin.span if origin is not None else interval.span,
                f"`{interval.every.text}` is {count(every)}, and the run has {count(most)} {unit}: "
                f"the last {count(rest)} of them are {_missed(interval)}",
                help=f"let it divide {count(most)}, or do it once more at the end",
                runtime="nothing stops or warns: the last part of the run is lost or unseen",
                chain=(
                    *(value_story(origin) if origin is not None else ()),
                    Note(interval.span, "it is tested here"),
                ),
                severity=Severity.WARNING if interval.unit is Unit.EPOCH else Severity.INFO,
            )


def _matters(interval: Interval, part: float) -> bool:
    """Whether a person would mind: some steps behind the last checkpoint are usual."""
    return interval.unit is Unit.EPOCH or (Action.CHECKPOINT in interval.actions and part >= _MUCH)


def _missed(interval: Interval) -> str:
    if len(interval.actions) > 1:
        return "neither evaluated nor saved"
    return "not saved" if Action.CHECKPOINT in interval.actions else "not evaluated"
