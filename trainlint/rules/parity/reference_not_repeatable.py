"""What moved between two runs of the reference in, the first of it out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import place

_RUNTIME = "no run of the reference can be repeated, so that nothing after this can be held against it"
_HELP = (
    "fix the seed (not from the clock), sort what comes out of sets and folders, "
    "and ask torch for deterministic kernels"
)


@divergence("TL713", "reference-not-repeatable", severity=Severity.WARNING, harm=Harm.NOTES)
def reference_not_repeatable(outcome: ParityOutcome) -> Iterator[Finding]:
    """The reference does not do the same twice."""
    for first in outcome.noise[:1]:
        rest = len(outcome.noise) - 1
        more = f", and {rest} more after it" if rest else ""
        where = place(first.site, outcome.scripts[0])
        yield Finding(
            where,
            f"`{first.quantity}` ({first.phase.value}) is another one in a second run of the reference{more}",
            runtime=_RUNTIME,
            help=_HELP,
            reference=where,
        )
