"""Looks at the keys that a job and its options set, yields those read only on closed branches."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.closed import ClosedKey
from trainlint.facts.value import UnknownValueError
from trainlint.rules.base import Finding, rule, value_story
from trainlint.rules.run.refused import shown


@rule("TL532", "key-of-other-branch", severity=Severity.WARNING, link=LinkKind.CONFIG, needs=("closed",))
def key_of_other_branch(chain: Chain) -> Iterator[Finding]:
    """A job, or an option that it chooses, sets a key that only a closed branch reads."""
    for closed in chain.closed.found:
        yield _finding(closed)
    for unknown in chain.closed.undecided:
        raise UnknownValueError(unknown)


def _finding(closed: ClosedKey) -> Finding:
    values = ", ".join(f"`{given.name}` is {shown(given.value)}" for given in closed.given)
    place = f"`if {closed.test}`" if closed.test else "a branch"
    where = f"under {place}" if closed.taken else f"in the `else` of {place}"
    first = closed.given[0]
    origin = value_story(first.origin) if first.origin is not None else ()
    return Finding(
        closed.origin.span,
        f"`{closed.key}` has no effect: it is read {where} only, and {values}",
        help=f"leave it out, or set `{first.name}` so that it counts",
        runtime=f"the run starts and never looks at `{closed.key}`",
        chain=(Note(closed.read.span, f"`{closed.key}` would be read here"), *origin),
    )
