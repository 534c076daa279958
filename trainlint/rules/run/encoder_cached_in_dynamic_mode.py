"""Looks at what a step works on, yields an encoding that a sample keeps from batch to batch."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.profile import ModeFault
from trainlint.rules.base import Finding, rule
from trainlint.rules.mode_story import mode_findings


@rule(
    "TL503",
    "encoder-cached-in-dynamic-mode",
    severity=Severity.WARNING,
    link=LinkKind.MODEL,
    needs=("profile",),
)
def encoder_cached_in_dynamic_mode(chain: Chain) -> Iterator[Finding]:
    """A sample goes on from batch to batch with the encoding of its first step."""
    return mode_findings(chain.profile, ModeFault.CACHED_ENCODING)
