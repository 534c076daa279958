"""What runs showed of gradients in, those that are not the reference's though losses are out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.clipping_differs import is_of_clipping
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "the update goes in another direction, or is made from more or fewer passes than in the reference"
_HELP = (
    "compare what is divided before the backward pass, what is detached or frozen, "
    "and when gradients are set to zero"
)


@divergence("TL706", "gradients-differ", severity=Severity.ERROR, harm=Harm.RESULTS)
def gradients_differ(outcome: ParityOutcome) -> Iterator[Finding]:
    """From the reference's losses come other gradients."""
    entries = [entry for entry in of_phases(outcome, Phase.GRAD, Phase.GRADNORM) if not is_of_clipping(entry)]
    yield from findings(outcome, entries, runtime=_RUNTIME, help=_HELP)
