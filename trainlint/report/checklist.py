"""Launches in, the checklist of each one's links from job to model out, with a sign for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.report.clean import one_line
from trainlint.report.layout import Line, Role, wrapped
from trainlint.report.outcome import LaunchResult, LinkResult, LinkStatus, Verdict

_SIGNS = {
    LinkStatus.VERIFIED: ("✓", Role.GOOD),
    LinkStatus.BROKEN: ("✗", Role.ERROR),
    LinkStatus.UNVERIFIED: ("?", Role.WARNING),
}
VERDICT_ROLES = {
    Verdict.PASS: Role.GOOD,
    Verdict.WARN: Role.WARNING,
    Verdict.FAIL: Role.ERROR,
    Verdict.UNVERIFIED: Role.WARNING,
}
_COMMAND_WIDTH = 100


def checklist(launches: Sequence[LaunchResult], width: int | None) -> Iterator[Line]:
    """A head and one line a link for every launch, with the reason where a link is not verified."""
    for launch in launches:
        yield _head(launch, width or _COMMAND_WIDTH)
        for link in launch.chain:
            yield from _link(link, width)
        yield ()


def _head(launch: LaunchResult, width: int) -> Line:
    place, verdict = f"{one_line(launch.file)}:{launch.line}", launch.verdict.value
    command = one_line(launch.command.replace("\\\n", " "))
    room = max(20, width - len(place) - len(verdict) - 3)
    shown = command if len(command) <= room else f"{command[: room - 2].rstrip()} …"
    return (
        (place, Role.PLACE),
        (f" {verdict} ", VERDICT_ROLES[launch.verdict]),
        (shown, Role.QUIET),
    )


def _link(link: LinkResult, width: int | None) -> Iterator[Line]:
    sign, role = _SIGNS[link.status]
    place = f"{link.file}:{link.line}" if link.file and link.line else link.file or ""
    shown = link.name if place.startswith(link.name) else f"{link.name}  {place}"
    head = f"{link.kind.value:<10} "
    yield (
        (f"  {sign} ", role),
        (head, Role.LABEL),
        (one_line(place if place.startswith(link.name) else shown).rstrip(), Role.PLAIN),
    )
    indent = 4 + len(head)
    for text in wrapped(one_line(link.reason or ""), width and max(20, width - indent)):
        if text:
            yield ((" " * indent, Role.PLAIN), (text, Role.QUIET))
