"""A name and the suffixes of left-over files in, what is stale about it and its live sibling out."""

from __future__ import annotations

from collections.abc import Iterable

from trainlint.facts.config import Inclusion
from trainlint.record import record
from trainlint.source import Span


@record
class StaleName:
    """A name that ends like a left-over copy; `live` is the name without the suffix, when that exists."""

    name: str
    suffix: str
    live: str | None


def stale_name(name: str, suffixes: tuple[str, ...], siblings: Iterable[str]) -> StaleName | None:
    """Whether a name ends in one of the suffixes, longest suffix first; None when it does not."""
    for suffix in sorted(suffixes, key=len, reverse=True):
        if suffix and name.endswith(suffix) and name != suffix:
            live = name[: -len(suffix)]
            return StaleName(name, suffix, live if live in siblings else None)
    return None


@record
class NamedConfig:
    """A config by the name under which the launch asks for it at `span`."""

    what: str
    name: str
    span: Span
    parent: Inclusion | None
    siblings: tuple[str, ...]
