"""Launches in, the checklist of each one's links from job to model out, with a sign for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.report.clean import one_line
from trainlint.report.layout import Line, Role, wrapped
from trainlint.report.outcome import AspectResult, LaunchResult, LinkResult, LinkStatus, Verdict

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
    """A head and one line a link for every launch, with why it is not verified; then its modes."""
    for launch in launches:
        yield head(launch, width)
        for link in launch.chain:
            yield from _link(link, width)
        for aspect in launch.profile:
            yield from _aspect(aspect, width)
        yield ()


def head(launch: LaunchResult, page_width: int | None) -> Line:
    """A launch's place, verdict and as much of its command as fits on one line."""
    width = page_width or _COMMAND_WIDTH
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
    place = one_line(f"{link.file}:{link.line}" if link.file and link.line else link.file or "")
    name = one_line(link.name)
    # A name that the place repeats says nothing new: `cfg.yaml  config/cfg.yaml:1`.
    shown = place if name in (place, link.file, (link.file or "").rsplit("/", 1)[-1]) else f"{name}  {place}"
    head = f"{link.kind.value:<10} "
    yield (
        (f"  {sign} ", role),
        (head, Role.LABEL),
        (shown.rstrip(), Role.PLAIN),
    )
    indent = 4 + len(head)
    for text in wrapped(one_line(link.reason or ""), width and max(20, width - indent)):
        if text:
            yield ((" " * indent, Role.PLAIN), (text, Role.QUIET))


def _aspect(aspect: AspectResult, width: int | None) -> Iterator[Line]:
    """The value of one aspect of the modes, and what says so; nothing where nothing is known of it."""
    if not aspect.evidence:
        return
    label = f"{aspect.name.replace('_', ' '):<10} "
    yield (
        ("    ", Role.PLAIN),
        (label, Role.LABEL),
        (aspect.value or "not clear", Role.PLAIN),
    )
    indent = 4 + len(label)
    for entry in aspect.evidence:
        shown = f"{one_line(entry.file)}:{entry.line}  {one_line(entry.message)}"
        for text in wrapped(shown, width and max(20, width - indent)):
            yield ((" " * indent, Role.PLAIN), (text, Role.QUIET))
