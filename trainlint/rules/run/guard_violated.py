"""Looks at the guards that every run comes to, yields those that the values of the launch do not pass."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.refusal import Refusal
from trainlint.facts.value import UnknownValueError
from trainlint.rules.base import Finding, rule
from trainlint.rules.run.refused import shown, story


@rule("TL531", "guard-violated", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("refusals",))
def guard_violated(chain: Chain) -> Iterator[Finding]:
    """The code stops every run with these values: an assert fails, or a raise is reached."""
    for refusal in chain.refusals.found:
        if not refusal.accepted:
            yield _finding(refusal)
    for open_guard in chain.refusals.undecided:
        if not open_guard.stated:
            raise UnknownValueError(open_guard.unknown)


def _finding(refusal: Refusal) -> Finding:
    values = ", ".join(f"`{given.name}` is {shown(given.value)}" for given in refusal.given)
    return Finding(
        refusal.given[0].span,
        f"`{refusal.test}` stops this run: {values}",
        help=f"change one of the values, or the guard at {refusal.guard.span}",
        runtime=refusal.words,
        chain=story(refusal),
    )
