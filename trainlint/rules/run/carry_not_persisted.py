"""Looks at the state that forwards pass on, yields a training loop that makes it anew for every batch."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.profile import ModeFault
from trainlint.rules.base import Finding, rule
from trainlint.rules.mode_story import mode_findings


@rule("TL504", "carry-not-persisted", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("profile",))
def carry_not_persisted(chain: Chain) -> Iterator[Finding]:
    """The model decides which samples go on, and every batch starts from a new state."""
    return mode_findings(chain.profile, ModeFault.CARRY_DROPPED)
