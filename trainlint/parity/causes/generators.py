"""A divergence in, the random numbers that only one of the programs draws before it out."""

from __future__ import annotations

from trainlint.facts.parity import Divergence
from trainlint.parity.causes.evidence import Evidence


def extra(entry: Divergence, evidence: Evidence) -> str:
    """One of the programs draws what the other does not: all that is drawn later is other."""
    return evidence.draws.get(entry.step, "")
