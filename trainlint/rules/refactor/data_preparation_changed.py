"""What two programs make of one example of their data in, the columns that are made otherwise out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind
from trainlint.facts.prepared import Prepared
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.spelling import excerpts, listed
from trainlint.source import Span

_MAKES = ("formatting_func", "data_collator")
_RUNTIME = "the model is trained on other texts, tokens or labels than in the reference, and nothing fails"


@difference("TL644", "data-preparation-changed", severity=Severity.WARNING, harm=Harm.RESULTS)
def data_preparation_changed(comparison: Comparison) -> Iterator[Finding]:
    """A function that data are mapped with makes something else of an example."""
    together = dict[tuple[Span, Span], list[Prepared]]()
    moved = _is_made_by_trainer(comparison)
    for found in comparison.prepared:
        if found.after is None and moved:
            continue
        together.setdefault((found.reference, found.candidate), []).append(found)
    for (reference, candidate), columns in together.items():
        names = listed(sorted({found.column for found in columns}))
        yield Finding(
            candidate,
            f"{names} of an example {_told(columns)}",
            runtime=_RUNTIME,
            help="make of the data what the reference makes of them",
            reference=reference,
        )


def _is_made_by_trainer(comparison: Comparison) -> bool:
    """Whether the trainer of the candidate is given something that makes texts of the data."""
    trainers = comparison.candidate.of(Kind.TRAINER)
    return any(trainer.part(name) is not None for trainer in trainers for name in _MAKES)


def _told(columns: list[Prepared]) -> str:
    """How what differs first differs."""
    first = columns[-1]
    if first.before is None or first.after is None:
        return "is no longer made: a function that the reference maps the data with is gone"
    before, after = excerpts(first.before, first.after)
    verb = "is" if len(columns) == 1 else "are"
    return f"{verb} made otherwise: there is `{after}`, in the reference `{before}`"
