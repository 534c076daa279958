"""What runs showed entering the network in, batches that are not the reference's out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "the candidate learns from other data, or from the same in another order"
_HELP = "compare the data set, its order, the seed of the sampler, and what happens to a batch on its way"


@divergence("TL704", "batch-differs", severity=Severity.ERROR, harm=Harm.RESULTS)
def batch_differs(outcome: ParityOutcome) -> Iterator[Finding]:
    """What enters the network is not what enters it in the reference."""
    yield from findings(outcome, of_phases(outcome, Phase.BATCH), runtime=_RUNTIME, help=_HELP)
