"""The calls of two programs in, those of the candidate that do not fit what they call out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.contracts import misfits
from trainlint.diagnostic import Harm, Note, Severity
from trainlint.facts.comparison import Comparison
from trainlint.rules.base import Finding, difference


@difference("TL626", "contract-broken", severity=Severity.ERROR, harm=Harm.RESULTS)
def contract_broken(comparison: Comparison) -> Iterator[Finding]:
    """A call does not fit the function that it calls, as moved code often does not."""
    known = {(found.name, found.what) for found in misfits(comparison.reference.modules)}
    places = {
        other.span: one.span for one, other in comparison.definitions if one is not None and other is not None
    }
    for found in misfits(comparison.candidate.modules):
        if (found.name, found.what) in known:
            continue
        yield Finding(
            found.place,
            f"`{found.name}` {found.what}",
            runtime="TypeError at this call, or at the first use of the None that it gives",
            help=f"make `{found.name}` and its calls fit again; the reference shows how they did",
            chain=(Note(found.defined, f"`{found.name}` is defined here"),),
            reference=places.get(found.defined),
        )
