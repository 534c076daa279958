"""Looks at the data and the model that reads them, yields data that were made for the other mode."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.profile import ModeFault
from trainlint.rules.base import Finding, rule
from trainlint.rules.mode_story import mode_findings


@rule("TL506", "data-of-other-mode", severity=Severity.ERROR, link=LinkKind.DATA, needs=("profile",))
def data_of_other_mode(chain: Chain) -> Iterator[Finding]:
    """An encoder is given data without demonstrations, or learned vectors data made for an encoder."""
    return mode_findings(chain.profile, ModeFault.OTHER_DATA)
