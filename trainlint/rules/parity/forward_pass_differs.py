"""What runs showed of forward passes in, outputs and losses that are not the reference's out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "another function is trained"
_HELP = "compare the forward pass and the loss: what is divided by what, and which terms go in"


@divergence("TL705", "forward-pass-differs", severity=Severity.ERROR, harm=Harm.RESULTS)
def forward_pass_differs(outcome: ParityOutcome) -> Iterator[Finding]:
    """From the reference's inputs and weights comes another output or loss."""
    yield from findings(outcome, of_phases(outcome, Phase.FORWARD), runtime=_RUNTIME, help=_HELP)
