"""What runs showed of saved files in, keys and tensors that are not the reference's out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome, Phase
from trainlint.rules.base import Finding, divergence
from trainlint.rules.parity.showing import findings, of_phases

_RUNTIME = "a run that resumes from it, or a program that loads it, does not get what it was written for"
_HELP = "save the same keys, or change all that load them"


@divergence("TL710", "checkpoint-differs", severity=Severity.ERROR, harm=Harm.FEATURES)
def checkpoint_differs(outcome: ParityOutcome) -> Iterator[Finding]:
    """A file that is saved has other keys or other tensors."""
    yield from findings(outcome, of_phases(outcome, Phase.CHECKPOINT), runtime=_RUNTIME, help=_HELP)
