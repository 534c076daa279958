"""What runs showed before the first update in, weights that do not begin as the reference's out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "the network starts elsewhere: no number of the run can be compared with the reference's"
_HELP = "initialise as the reference does, from the same seed, or load the same checkpoint"


@divergence("TL702", "initial-weights-differ", severity=Severity.ERROR, harm=Harm.RESULTS)
def initial_weights_differ(outcome: ParityOutcome) -> Iterator[Finding]:
    """A parameter does not begin as in the reference."""
    yield from findings(outcome, of_phases(outcome, Phase.INIT), runtime=_RUNTIME, help=_HELP)
