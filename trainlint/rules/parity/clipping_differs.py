"""What runs showed of clipping in, where it is not done as in the reference out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import Divergence, ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "updates after a large gradient are others: the run may diverge where the reference does not"
_HELP = "clip the gradients of the same parameters to the same bound, at the same place in the update"


@divergence("TL707", "clipping-differs", severity=Severity.ERROR, harm=Harm.RESULTS)
def clipping_differs(outcome: ParityOutcome) -> Iterator[Finding]:
    """Gradients are clipped to another bound, elsewhere, or not at all."""
    entries = [entry for entry in of_phases(outcome, Phase.GRADNORM, Phase.CLIP) if is_of_clipping(entry)]
    yield from findings(outcome, entries, runtime=_RUNTIME, help=_HELP)


def is_of_clipping(entry: Divergence) -> bool:
    """Whether a quantity is one that clipping makes: a bound, clipped gradients, the norm it returns."""
    return entry.phase is Phase.CLIP or entry.quantity.startswith("what ")
