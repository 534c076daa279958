from __future__ import annotations

from trainlint.facts.settings import SettingsProblem, SettingsProblems
from trainlint.report.usage import render
from trainlint.source import Span


def test_a_problem_has_its_place_and_its_remedy() -> None:
    problem = SettingsProblem(Span("trainlint.toml", 3, 1, 3, 9), "there is no setting `x\x1b`", "remove it")
    assert render(SettingsProblems((problem,))) == (
        "trainlint.toml:3:1 settings: there is no setting `x\\x1b`\n    fix: remove it\n"
    )
