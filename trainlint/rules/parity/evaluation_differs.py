"""What runs showed of evaluations in, those that are not the reference's out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "what is reported, and what is chosen by it, is no longer comparable"
_HELP = "evaluate the same data, in `eval()` and without gradients"


@divergence("TL709", "evaluation-differs", severity=Severity.ERROR, harm=Harm.REPORTS)
def evaluation_differs(outcome: ParityOutcome) -> Iterator[Finding]:
    """An evaluation sees other data, another mode, or gives other outputs."""
    yield from findings(outcome, of_phases(outcome, Phase.EVAL), runtime=_RUNTIME, help=_HELP)
