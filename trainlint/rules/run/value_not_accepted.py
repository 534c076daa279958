"""Looks at config values that code holds against stated ones, yields those that it refuses."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Fix, LinkKind, Severity
from trainlint.facts.refusal import Refusal
from trainlint.facts.value import UnknownValueError
from trainlint.rules.base import Finding, nearest, replace, rule
from trainlint.rules.run.refused import shown, story
from trainlint.rules.wording import listed, or_nearest, written_at


@rule("TL530", "value-not-accepted", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("refusals",))
def value_not_accepted(chain: Chain) -> Iterator[Finding]:
    """A config value is none of those that the code accepts."""
    for refusal in chain.refusals.found:
        if refusal.accepted:
            yield _finding(refusal)
    for open_guard in chain.refusals.undecided:
        if open_guard.stated:
            raise UnknownValueError(open_guard.unknown)


def _finding(refusal: Refusal) -> Finding:
    value = refusal.given[0]
    names = [str(entry) if isinstance(entry, str) else shown(entry) for entry in refusal.accepted]
    close = nearest(str(value.value), names)
    given = value.value if isinstance(value.value, str) else shown(value.value)
    return Finding(
        value.span,
        f"`{value.name}` is `{given}`, which the code does not accept{or_nearest(close)}",
        help=f"accepted: {listed(names, 20)}",
        runtime=refusal.words,
        chain=story(refusal),
        fix=_fix(refusal, close),
    )


def _fix(refusal: Refusal, close: str | None) -> Fix | None:
    value = refusal.given[0]
    place = written_at(value.span, str(value.value)) if close is not None else None
    return replace(place, close) if place is not None and close is not None else None
