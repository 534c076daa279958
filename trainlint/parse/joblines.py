"""A job list's text in, its lines out: marker, command stretch, process id; nothing is read as shell yet."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.record import record
from trainlint.regex import regex

_HEAD = regex(r"[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+(?=\[.?\]))?(?:\[(?P<mark>[^\]\n]?)\][ \t]*)?")
_PID = regex(r"[ \t]\[(\d+)\]\Z")
_SEPARATOR = regex(r"[-=*_~+#. \t]*\Z")


@record
class Line:
    """One line, or several joined by backslashes.

    `start` is the first character that is no indentation, `body` where the command begins and `end`
    where it ends. `mark` is what stands in the brackets, None without brackets. `runs_on` says that a
    backslash at its end would join the next job to it.
    """

    start: int
    body: int
    end: int
    mark: str | None
    pid: int | None
    is_comment: bool
    runs_on: bool = False


def lines(text: str) -> Iterator[Line]:
    """The lines that hold anything, in order."""
    position = 0
    while position < len(text):
        line, position = _line_at(text, position)
        if line is not None:
            yield line


def extended(text: str, line: Line, more: int) -> Line | None:
    """The line together with `more` lines below it; None where the text or another marked line stops it."""
    end = line.end
    for _ in range(more):
        following = _next_start(text, end)
        if following >= len(text) or _mark_at(text, following) is not None:
            return None
        end = _trimmed(text, following, _physical_end(text, following))
    return Line(line.start, line.body, end, line.mark, line.pid, line.is_comment)


def _line_at(text: str, position: int) -> tuple[Line | None, int]:
    physical = _physical_end(text, position)
    head = _HEAD.match(text, position, physical)
    if head is None:
        return None, physical + 1
    body, mark = head.end(), head["mark"]
    start = position + len(head.group()) - len(head.group().lstrip())
    is_comment = text.startswith("#", body)
    end = physical if is_comment else _logical_end(text, physical)
    after = end + 1
    runs_on = not is_comment and end < len(text) and _continues(text, end)
    end = _trimmed(text, body, _trimmed(text, body, end) - 1 if runs_on else end)
    if body >= end or _is_separator(text, body, end):
        return None, after
    pid = None
    if mark is not None and text.endswith("]", body, end):
        found = _PID.search(text, max(body, end - 24), end)
        if found:
            pid, end = int(found[1]), _trimmed(text, body, found.start())
    return Line(start, body, end, mark, pid, is_comment, runs_on), after


def _is_separator(text: str, start: int, end: int) -> bool:
    return not text[start].isalnum() and bool(_SEPARATOR.match(text, start, end)) and text[start] != "."


def _physical_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _logical_end(text: str, end: int) -> int:
    """The end of the last line that a backslash joins to this one; a marked line is a job of its own."""
    while end < len(text) and _continues(text, end) and _mark_at(text, end + 1) is None:
        end = _physical_end(text, end + 1)
    return end


def _continues(text: str, end: int) -> bool:
    """Whether an odd number of backslashes stands in front of this line end."""
    index = end - 1 if text.endswith("\r", 0, end) else end
    first = index
    while first > 0 and text[first - 1] == "\\":
        first -= 1
    return (index - first) % 2 == 1


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in " \t\r":
        end -= 1
    return end


def _next_start(text: str, end: int) -> int:
    return _physical_end(text, end) + 1


def _mark_at(text: str, position: int) -> str | None:
    head = _HEAD.match(text, position)
    return head["mark"] if head else None
