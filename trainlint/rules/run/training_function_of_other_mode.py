"""Looks at the function that training runs, yields one that is not of the mode it is named or asked for."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.profile import ModeFault
from trainlint.rules.base import Finding, rule
from trainlint.rules.mode_story import mode_findings


@rule(
    "TL505",
    "training-function-of-other-mode",
    severity=Severity.WARNING,
    link=LinkKind.MODEL,
    needs=("profile",),
)
def training_function_of_other_mode(chain: Chain) -> Iterator[Finding]:
    """The function that training runs computes in another mode than its name or the arch's parameters say."""
    return mode_findings(chain.profile, ModeFault.OTHER_FUNCTION)
