"""Where two programs switch their model between training and evaluation in, switches that are gone out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind
from trainlint.mending.lines import with_switch
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import lost
from trainlint.source import Span

_AUTOCAST = "within torch.autocast"
_HARMS = {
    "eval": "dropout stays active and batch norm takes the statistics of the batches it is evaluated on: the "
    "losses that are reported are worse and noisier than the model",
    "train": "dropout is off and batch norm keeps its statistics from then on: another model is trained",
}


@difference("TL622", "mode-switch-lost", severity=Severity.ERROR, harm=Harm.RESULTS)
def mode_switch_lost(comparison: Comparison) -> Iterator[Finding]:
    """A call of `train()` or `eval()`, or the autocast around a forward, is gone."""
    seen = set[tuple[Span, str]]()
    for effect in lost(comparison, Kind.MODE):
        place = comparison.place_of(effect)
        if (place, effect.name) not in seen:
            seen.add((place, effect.name))
            yield _lost(comparison, effect, place)
    for pair in comparison.pairs_of(Kind.FORWARD, Kind.EVALUATION):
        found = pair.difference(_AUTOCAST)
        if found is not None and found.candidate is None and (pair.candidate.span, "") not in seen:
            seen.add((pair.candidate.span, ""))
            yield _full_precision(pair)


def _lost(comparison: Comparison, effect: Effect, place: Span) -> Finding:
    return Finding(
        place,
        f"the model is not switched by `{effect.name}()` any more, as the reference does",
        runtime=_HARMS.get(effect.name),
        help=f"call `{effect.name}()` where the reference does",
        fix=with_switch(comparison, effect),
        reference=effect.span,
    )


def _full_precision(pair: Pair) -> Finding:
    which = "evaluation" if pair.reference.kind is Kind.EVALUATION else "training"
    return Finding(
        pair.candidate.span,
        f"the forward of the {which} is not inside `torch.autocast` any more",
        runtime="it computes in the precision of the weights: slower, with more memory, with other losses",
        help="put the context of the reference around it",
        reference=pair.reference.span,
    )
