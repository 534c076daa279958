"""What runs showed of updates in, weights and averages that come out otherwise out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "the optimizer, or what follows it, does something else to the weights"
_HELP = (
    "compare the optimizer's class and state, and what is done to weights beside it: clamped, averaged, tied"
)


@divergence("TL708", "update-differs", severity=Severity.ERROR, harm=Harm.RESULTS)
def update_differs(outcome: ParityOutcome) -> Iterator[Finding]:
    """From the reference's gradients comes another update."""
    yield from findings(outcome, of_phases(outcome, Phase.UPDATE), runtime=_RUNTIME, help=_HELP)
