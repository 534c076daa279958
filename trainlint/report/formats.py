"""An outcome and the name of a format in, the report in that format out; only its module is imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field

from trainlint.diagnostic import RuleInfo
from trainlint.record import record
from trainlint.report.outcome import Outcome
from trainlint.report.terminal import Page
from trainlint.source import Files


@record
class Desk:
    """All that some reporter needs beside the outcome."""

    files: Files
    rules: Sequence[RuleInfo] = ()
    page: Page = field(default_factory=Page)
    show_chain: bool = False
    show_schedules: bool = False


def rendered(outcome: Outcome, output_format: str, desk: Desk) -> str:
    """The report; the names of the formats are those of the settings."""
    return _REPORTERS[output_format](outcome, desk)


def _text(outcome: Outcome, desk: Desk) -> str:
    from trainlint.report.text import render

    return render(
        outcome,
        desk.files,
        desk.page,
        show_chain=desk.show_chain,
        show_schedules=desk.show_schedules,
    )


def _concise(outcome: Outcome, _desk: Desk) -> str:
    from trainlint.report.concise import render

    return render(outcome)


def _json(outcome: Outcome, desk: Desk) -> str:
    from trainlint.report.json import render

    return render(outcome, desk.files)


def _github(outcome: Outcome, _desk: Desk) -> str:
    from trainlint.report.github import render

    return render(outcome)


def _sarif(outcome: Outcome, desk: Desk) -> str:
    from trainlint.report.sarif import render

    return render(outcome, desk.rules)


_REPORTERS: dict[str, Callable[[Outcome, Desk], str]] = {
    "text": _text,
    "concise": _concise,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
}
