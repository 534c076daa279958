"""What runs showed of the shape of an update in, counts that are not the reference's out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "an update is made from more or fewer examples, or the loss is not divided by as many"
_HELP = "compare the number of micro-steps and the conditions under which a step or an evaluation happens"


@divergence("TL711", "passes-per-update-differ", severity=Severity.ERROR, harm=Harm.RESULTS)
def passes_per_update_differ(outcome: ParityOutcome) -> Iterator[Finding]:
    """An update has more or fewer passes, backward passes, optimizer steps or evaluations."""
    yield from findings(outcome, of_phases(outcome, Phase.STRUCTURE), runtime=_RUNTIME, help=_HELP)
