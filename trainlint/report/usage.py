"""Settings that cannot be followed in, what to say before giving up out."""

from __future__ import annotations

from trainlint.facts.settings import SettingsProblem, SettingsProblems
from trainlint.report.clean import one_line


def render(problems: SettingsProblems) -> str:
    """Two lines a problem: the place with what is wrong, and the remedy."""
    return "".join(_problem(problem) for problem in problems.problems)


def _problem(problem: SettingsProblem) -> str:
    span = problem.span
    place = f"{one_line(span.file)}:{span.line}:{span.column}"
    return f"{place} settings: {one_line(problem.message)}\n    fix: {one_line(problem.help)}\n"
