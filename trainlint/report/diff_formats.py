"""A comparison and the name of a format in, the report in that format out; only its module is imported."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.report.comparison import DiffOutcome
from trainlint.report.formats import Desk, rendered


def rendered_diff(outcome: DiffOutcome, output_format: str, desk: Desk) -> str:
    """The report; formats that are about findings alone are those of a check."""
    own = _REPORTERS.get(output_format)
    return own(outcome, desk) if own is not None else rendered(outcome.found, output_format, desk)


def _text(outcome: DiffOutcome, desk: Desk) -> str:
    from trainlint.report.diff_text import render

    return render(outcome, desk.files, desk.page)


def _json(outcome: DiffOutcome, desk: Desk) -> str:
    from trainlint.report.diff_json import render

    return render(outcome, desk.files)


def _github(outcome: DiffOutcome, _desk: Desk) -> str:
    from trainlint.report.diff_text import count_text
    from trainlint.report.github import commands

    return "".join(f"{line}\n" for line in (*commands(outcome.found), count_text(outcome)))


def _markdown(outcome: DiffOutcome, desk: Desk) -> str:
    from trainlint.report.discrepancies import render

    return render(outcome, desk.files)


_REPORTERS: dict[str, Callable[[DiffOutcome, Desk], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "markdown": _markdown,
}
