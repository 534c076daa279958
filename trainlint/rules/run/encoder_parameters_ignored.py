"""Looks at the encoder and what trains it, yields parameters of it that have no effect."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.profile import ModeFault
from trainlint.rules.base import Finding, rule
from trainlint.rules.mode_story import mode_findings


@rule(
    "TL507", "encoder-parameters-ignored", severity=Severity.WARNING, link=LinkKind.ARCH, needs=("profile",)
)
def encoder_parameters_ignored(chain: Chain) -> Iterator[Finding]:
    """Parameters of an encoder are set, and the model has none, or nothing trains it."""
    return mode_findings(chain.profile, ModeFault.ENCODER_IGNORED)
