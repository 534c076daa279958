"""Looks at batches that are divided among ranks or micro-batches, yields those that leave a rest."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.schedule import Division
from trainlint.facts.value import Unknown
from trainlint.rules.base import Finding, rule, value_story


@rule("TL526", "indivisible-batch", severity=Severity.WARNING, link=LinkKind.CONFIG, needs=("times",))
def indivisible_batch(chain: Chain) -> Iterator[Finding]:
    """A batch, or its accumulation, cannot be divided without a rest."""
    divisions = [division for time in chain.times for division in time.divisions]
    for division in sorted(divisions, key=_unsaid):
        whole, parts = int(division.dividend.value.value), int(division.divisor.value.value)
        rest = whole % parts
        if rest:
            place = division.divisor.origin or division.dividend.origin
            of = division.divisor.text if division.divisor.key is None else f"`{division.divisor.text}`"
            yield Finding(
                place.span if place is not None else division.span,
                f"`{division.dividend.text}` is {whole} and {of} is {parts}: each part has {whole // parts}, "
                f"and {rest} of {whole} {'is' if rest == 1 else 'are'} left out",
                help=f"make {division.dividend.text} a multiple of {parts}",
                runtime="nothing stops or warns: the effective batch is smaller than the config says",
                chain=(
                    *(value_story(place) if place is not None else ()),
                    Note(division.span, "it is divided here"),
                ),
            )


def _unsaid(division: Division) -> bool:
    """Divisions that cannot be done come last, so that the others are told."""
    return isinstance(division.dividend.value, Unknown) or isinstance(division.divisor.value, Unknown)
