"""What runs showed of the learning rate in, where it is not the reference's out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "each update is larger or smaller than the reference's"
_HELP = "compare how the schedule is made, how often it steps, and what scales it"


@divergence("TL703", "learning-rate-differs", severity=Severity.ERROR, harm=Harm.RESULTS)
def learning_rate_differs(outcome: ParityOutcome) -> Iterator[Finding]:
    """The learning rate of an update is not the reference's."""
    yield from findings(outcome, of_phases(outcome, Phase.LR), runtime=_RUNTIME, help=_HELP)
