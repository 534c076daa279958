"""Looks at what decides who halts, yields the parameter of it that no config sets."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.profile import ModeFault
from trainlint.rules.base import Finding, rule
from trainlint.rules.mode_story import mode_findings


@rule("TL502", "act-parameters-missing", severity=Severity.ERROR, link=LinkKind.ARCH, needs=("profile",))
def act_parameters_missing(chain: Chain) -> Iterator[Finding]:
    """The model halts dynamically, and the probability of exploring is left to a default of zero."""
    return mode_findings(chain.profile, ModeFault.PARAMETERS_MISSING)
