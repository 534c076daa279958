"""Looks at the keys that a job and its config files set, yields those that no code asks for."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.chain.unread import HYDRA
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.keys import UnreadKey
from trainlint.facts.value import UnknownValueError
from trainlint.rules.base import Finding, rule, value_story
from trainlint.rules.wording import or_nearest

#: How to call what keeps the config where no code of the project does.
_RECORDERS = {HYDRA: "Hydra's own copy of the config"}


@rule("TL541", "key-never-read", severity=Severity.WARNING, link=LinkKind.CONFIG, needs=("keys", "profile"))
def key_never_read(chain: Chain) -> Iterator[Finding]:
    """A job or a config file sets a key that nothing reads."""
    told = {problem.span for problem in chain.profile.problems} if chain.profile is not None else set()
    for unread in chain.keys.unread:
        if unread.origin.span not in told and unread.origin.key_span not in told:
            yield _finding(unread)
    for unknown in chain.keys.undecided:
        raise UnknownValueError(unknown)


def _finding(unread: UnreadKey) -> Finding:
    place = unread.origin.span if unread.from_command else unread.origin.key_span
    if unread.recorder is not None:
        return Finding(
            place,
            f"nothing reads `{unread.key}` but {_RECORDERS.get(unread.recorder, f'`{unread.recorder}`')}",
            help="leave it as it is if it only tells runs apart",
            runtime=f"`{unread.key}` is kept with the results of the run and changes nothing else",
            chain=value_story(unread.origin),
            severity=Severity.INFO,
        )
    return Finding(
        place,
        f"nothing reads `{unread.key}`{or_nearest(unread.near)}",
        help=_help(unread.near),
        runtime=f"the run starts and never looks at `{unread.key}`",
        chain=value_story(unread.origin),
    )


def _help(near: str | None) -> str:
    return f"set `{near}` if that is meant" if near else "leave it out, or read it in the code"
