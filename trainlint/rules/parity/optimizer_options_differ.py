"""What runs showed of the optimizers in, options that are not the reference's out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "updates of the parameters concerned are others, though the first losses may look alike"
_HELP = "give the optimizer the options that it has in the reference, in groups of the same parameters"


@divergence("TL701", "optimizer-options-differ", severity=Severity.ERROR, harm=Harm.RESULTS)
def optimizer_options_differ(outcome: ParityOutcome) -> Iterator[Finding]:
    """An option of the optimizer, a dtype, or what is trained, is not the reference's."""
    yield from findings(outcome, of_phases(outcome, Phase.CONFIG), runtime=_RUNTIME, help=_HELP)
