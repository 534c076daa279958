"""Looks at model and training loop, yields a launch in which they compute in different modes."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.profile import ModeFault
from trainlint.rules.base import Finding, rule
from trainlint.rules.mode_story import mode_findings


@rule("TL501", "act-mode-conflict", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("profile",))
def act_mode_conflict(chain: Chain) -> Iterator[Finding]:
    """The model takes a fixed number of steps and the script halts dynamically, or the other way round."""
    return mode_findings(chain.profile, ModeFault.CONFLICT)
