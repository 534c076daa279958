"""A chain in, the profile of its modes in the form that reporters print out."""

from __future__ import annotations

from trainlint.chain.model import Chain
from trainlint.facts.profile import Aspect
from trainlint.report.outcome import AspectResult, EvidenceResult


def profile(chain: Chain) -> tuple[AspectResult, ...]:
    """The aspects of a launch's modes; none where its code was not followed."""
    if chain.profile is None:
        return ()
    found = chain.profile
    return (
        _aspect("act_mode", found.act_mode),
        _aspect("encoder", found.encoder),
        _aspect("data", found.data),
    )


def _aspect(name: str, aspect: Aspect) -> AspectResult:
    evidence = (EvidenceResult(entry.span.file, entry.span.line, entry.message) for entry in aspect.evidence)
    return AspectResult(name, aspect.value, tuple(dict.fromkeys(evidence)))
