"""What runs of two programs came to and the name of a format in, the report in that format out."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.facts.parity import ParityOutcome


def rendered_parity(outcome: ParityOutcome, output_format: str) -> str:
    """The report."""
    return _REPORTERS[output_format](outcome)


def _text(outcome: ParityOutcome) -> str:
    from trainlint.report.parity_text import render

    return render(outcome)


def _json(outcome: ParityOutcome) -> str:
    from trainlint.report.parity_json import render

    return render(outcome)


_REPORTERS: dict[str, Callable[[ParityOutcome], str]] = {"text": _text, "json": _json}
