"""Facts of keys that code asks for and nothing supplies, and of keys that a job sets and nothing reads."""

from __future__ import annotations

from trainlint.facts.behaviour import Read
from trainlint.facts.config import Origin
from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Span


@record
class AbsentKey:
    """A key that is read where it is not in the config.

    `holder` is the part that lacks it, `available` are the keys there. `condition` is the test or loop on
    which the read depends and `place` where it stands, None where every run comes to it. `items` is how
    many items the part has where it is a list.
    """

    key: str
    read: Read
    available: tuple[str, ...]
    holder: Origin
    condition: str | None = None
    place: Span | None = None
    items: int | None = None


@record
class UnreadKey:
    """A key, or a whole part, that the job or a config file sets and that no code asks for.

    `near` is a key beside it that code reads, `from_command` says that the job's own command line sets it,
    and `recorder` is what keeps it with the results of the run.
    """

    key: str
    origin: Origin
    near: str | None
    from_command: bool = True
    recorder: str | None = None


@record
class KeyUse:
    """Both for one launch; `undecided` says why keys that the job sets were not looked at."""

    absent: tuple[AbsentKey, ...] = ()
    unread: tuple[UnreadKey, ...] = ()
    undecided: tuple[Unknown, ...] = ()
