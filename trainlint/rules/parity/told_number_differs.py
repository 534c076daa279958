"""What two programs printed and logged in, numbers that differ by themselves out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings

_RUNTIME = "logs and curves of the two cannot be compared, though they train the same"
_HELP = (
    "compute the number as the reference does: from the same values, over as many of them, on the same ranks"
)


@divergence("TL712", "told-number-differs", severity=Severity.ERROR, harm=Harm.REPORTS)
def told_number_differs(outcome: ParityOutcome) -> Iterator[Finding]:
    """A number that is printed or logged is not the reference's."""
    entries = [entry for entry in outcome.told() if entry.told]
    yield from findings(outcome, entries, runtime=_RUNTIME, help=_HELP)
