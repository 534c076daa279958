"""Launches in, a table of each one's schedules out: from when to when, and how much of the run that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.report.checklist import head
from trainlint.report.clean import one_line
from trainlint.report.layout import Line, Role
from trainlint.report.outcome import LaunchResult, ScheduleResult

_TITLES = ("schedule", "start", "end", "of", "part of the run", "")


def timetables(launches: Sequence[LaunchResult], width: int | None) -> Iterator[Line]:
    """A head and one row a schedule for every launch."""
    for launch in launches:
        yield head(launch, width)
        if launch.schedules:
            yield from _table([_row(schedule) for schedule in launch.schedules])
        else:
            yield (("  nothing that changes with the steps was found", Role.QUIET),)
        yield ()


def _table(rows: list[tuple[str, ...]]) -> Iterator[Line]:
    widths = [max(len(row[column]) for row in (_TITLES, *rows)) for column in range(len(_TITLES))]
    for number, row in enumerate((_TITLES, *rows)):
        name, start, end, total, part, place = (
            text.rjust(width) if 1 <= column <= 2 else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        text = f"  {name}  {start}  {end}  {total}  {part}"
        yield ((text, Role.PLAIN if number else Role.LABEL), (f"  {place}", Role.QUIET))


def _row(schedule: ScheduleResult) -> tuple[str, ...]:
    total = schedule.total
    return (
        one_line(schedule.name),
        _count(schedule.start),
        _count(schedule.end),
        f"{_count(total)} {schedule.unit}",
        f"{_part(schedule.start, total)} to {_part(schedule.end, total)}",
        one_line(f"{schedule.file}:{schedule.line}"),
    )


def _count(number: float | None) -> str:
    return "?" if number is None else f"{number:,}".replace(",", " ")


def _part(number: float | None, total: float | None) -> str:
    if number is None or not total:
        return "?" if number != 0 else "0 %"
    percent = 100 * number / total
    return f"{percent:.0f} %" if percent >= 10 or percent == int(percent) else f"{percent:.1f} %"
