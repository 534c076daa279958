"""A lost effect in, the call of the reference that is lost with all that it does out."""

from __future__ import annotations

from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind


def whole(effect: Effect, comparison: Comparison) -> Effect:
    """The outermost call of the project's own code of which nothing is left; without one the effect."""
    kept = {call for pair in comparison.pairs for call in pair.reference.calls}
    lost = next((call for call in effect.calls if call not in kept), None)
    calls = comparison.reference.of(Kind.CALL, Kind.MODEL)
    return next((call for call in calls if call.span == lost), effect)
