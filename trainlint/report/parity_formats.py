"""What runs came to and a format in, the report in that format out; only what it needs is imported."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.report.formats import Desk, rendered
from trainlint.report.runs import ParityReport


def rendered_parity(report: ParityReport, output_format: str, desk: Desk) -> str:
    """The report; formats that are about findings alone are those of a check."""
    own = _REPORTERS.get(output_format)
    return own(report, desk) if own is not None else rendered(report.found, output_format, desk)


def _text(report: ParityReport, desk: Desk) -> str:
    from trainlint.report.parity_text import render

    return render(report.outcome, desk.files)


def _json(report: ParityReport, desk: Desk) -> str:
    from trainlint.report.parity_json import render

    return render(report, desk.files)


def _github(report: ParityReport, _desk: Desk) -> str:
    from trainlint.report.github import commands
    from trainlint.report.parity_words import headline

    return "".join(f"{line}\n" for line in (*commands(report.found), headline(report.outcome)))


def _markdown(report: ParityReport, desk: Desk) -> str:
    from trainlint.report.parity_markdown import render

    return render(report, desk.files)


def _junit(report: ParityReport, _desk: Desk) -> str:
    from trainlint.report.parity_junit import render

    return render(report)


def _html(report: ParityReport, desk: Desk) -> str:
    from trainlint.report.parity_html import render

    return render(report, desk.files)


_REPORTERS: dict[str, Callable[[ParityReport, Desk], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "markdown": _markdown,
    "junit": _junit,
    "html": _html,
}
