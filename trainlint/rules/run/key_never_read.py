"""Looks at the keys that a job sets, yields those that no code asks for."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.value import UnknownValueError
from trainlint.rules.base import Finding, rule, value_story
from trainlint.rules.wording import or_nearest


@rule("TL541", "key-never-read", severity=Severity.WARNING, link=LinkKind.CONFIG, needs=("keys", "profile"))
def key_never_read(chain: Chain) -> Iterator[Finding]:
    """A job sets a key that nothing reads."""
    told = {problem.span for problem in chain.profile.problems} if chain.profile is not None else set()
    for unread in chain.keys.unread:
        if unread.origin.span in told or unread.origin.key_span in told:
            continue
        yield Finding(
            unread.origin.span,
            f"nothing reads `{unread.key}`{or_nearest(unread.near)}",
            help=_help(unread.near),
            runtime=f"the run starts and never looks at `{unread.key}`",
            chain=value_story(unread.origin),
        )
    for unknown in chain.keys.undecided:
        raise UnknownValueError(unknown)


def _help(near: str | None) -> str:
    return f"set `{near}` if that is meant" if near else "leave it out, or read it in the code"
