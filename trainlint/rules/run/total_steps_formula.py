"""Looks at the number of steps that code computes for a run, yields those that the run does not take."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.rules.base import Finding, rule
from trainlint.rules.timing import count


@rule("TL524", "total-steps-formula", severity=Severity.WARNING, link=LinkKind.SCRIPT, needs=("times",))
def total_steps_formula(chain: Chain) -> Iterator[Finding]:
    """The number of steps that schedules are made for is not the one that the loops come to."""
    for time in chain.times:
        for formula in time.formulas:
            wrong, right = formula.wrong.value, formula.right.value
            apart = count(abs(wrong - right))
            which = "more" if wrong > right else "fewer"
            yield Finding(
                formula.span,
                f"`{formula.name}` comes to {count(wrong)} here, {apart} {which} than the {count(right)} "
                f"steps that the run takes: {formula.cause}",
                help=formula.instead,
                runtime="nothing stops or warns: every schedule made for this number misses its end",
                chain=(Note(formula.counted, "the steps are counted here"),),
            )
