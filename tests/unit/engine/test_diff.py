"""What becomes of the findings of rules over two programs: what counts, what is meant, what crashed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tests.unit.report.builders import span
from tests.unit.report.comparisons import CANDIDATE, REFERENCE, both, comparison
from trainlint.diagnostic import Confidence, Harm, Severity
from trainlint.engine.diff import judged
from trainlint.engine.isolation import Crash
from trainlint.facts.comparison import Comparison
from trainlint.facts.settings import FileSettings, Settings
from trainlint.facts.suppression import Intended
from trainlint.facts.value import Unknown
from trainlint.report.comparison import DiffOutcome
from trainlint.rules.base import Finding, Rule, difference
from trainlint.source import Span

HERE, THERE = span("candidate.py:3:24", 4), span("reference.py:3:16", 3)


def rule(
    findings: Callable[[Comparison], Iterator[Finding]],
    code: str = "TL613",
    name: str = "hyperparameter-drift",
) -> Rule[Comparison]:
    return difference(code, name, severity=Severity.ERROR, harm=Harm.RESULTS)(findings)


def drifted(compared: Comparison) -> Iterator[Finding]:
    """A value differs."""
    yield Finding(HERE, "it is 0.01: the reference has 0.1", reference=THERE)


@difference(
    "TL642", "unused-intended", severity=Severity.WARNING, harm=Harm.NOTES, needs=("unused_intended",)
)
def unused(compared: Comparison) -> Iterator[Finding]:
    """Something is meant for nothing."""
    for entry in compared.unused_intended:
        yield Finding(entry.span, f"{entry.codes} is unused")


DRIFT = rule(drifted)


def judge(
    folder: Path,
    *rules: Rule[Comparison],
    settings: Settings | None = None,
    reference: str = REFERENCE,
    candidate: str = CANDIDATE,
    compared: Comparison | None = None,
) -> tuple[DiffOutcome, list[Crash]]:
    files = both(folder, reference, candidate)
    return judged(compared or comparison(), settings or Settings(), files, rules)


def messages(outcome: DiffOutcome) -> list[str]:
    return [entry.diagnostic.message for entry in outcome.found.diagnostics if not entry.suppressed]


def test_a_finding_has_both_places_and_its_harm(tmp_path: Path) -> None:
    outcome, crashes = judge(tmp_path, DRIFT)
    (entry,) = outcome.found.diagnostics
    assert (entry.diagnostic.span, entry.diagnostic.reference) == (HERE, THERE)
    assert (entry.diagnostic.harm, entry.suppressed, crashes) == (Harm.RESULTS, False, [])
    assert (outcome.reference, outcome.candidate) == (("reference.py",), "candidate.py")
    assert outcome.reference_files == ("reference.py",)


def test_a_comment_in_the_candidate_says_that_it_is_meant(tmp_path: Path) -> None:
    commented = CANDIDATE.replace("0.01):", "0.01):  # trainlint: intended[TL613] it trains better so")
    outcome, _ = judge(tmp_path, DRIFT, unused, candidate=commented)
    (entry,) = outcome.found.diagnostics
    assert entry.suppressed
    assert entry.intended is not None
    assert (entry.intended.reason, entry.intended.span.line) == ("it trains better so", 3)


def test_a_comment_in_the_reference_does_so_too_and_names_may_stand_for_codes(tmp_path: Path) -> None:
    above = REFERENCE.replace("weight", "# trainlint: intended[hyperparameter-drift]\nweight", 1)
    moved = replace(THERE, line=4, end_line=4)

    def found(compared: Comparison) -> Iterator[Finding]:
        """A value differs."""
        yield Finding(HERE, "it drifted", reference=moved)

    outcome, _ = judge(tmp_path, rule(found), unused, reference=above)
    assert [entry.intended is not None for entry in outcome.found.diagnostics] == [True]


def test_a_comment_of_another_rule_or_line_means_nothing_and_is_told(tmp_path: Path) -> None:
    commented = CANDIDATE.replace("import torch", "import torch  # trainlint: intended[TL613, TL620] no")
    outcome, _ = judge(tmp_path, DRIFT, unused, candidate=commented)
    assert messages(outcome) == ["('TL613', 'TL620') is unused", "it is 0.01: the reference has 0.1"]


def settings_of(*entries: Intended) -> Settings:
    return Settings(intended=entries)


def test_the_settings_say_it_of_all_files_or_of_some(tmp_path: Path) -> None:
    place = Span.at("pyproject.toml", 3)
    everywhere = Intended(place, ("TL613",), "")
    of_one = replace(everywhere, pattern="candidate.py")
    of_another = replace(everywhere, pattern="other/*.py")
    assert messages(judge(tmp_path, DRIFT, unused, settings=settings_of(everywhere))[0]) == []
    assert messages(judge(tmp_path, DRIFT, unused, settings=settings_of(of_one))[0]) == []
    assert messages(judge(tmp_path, DRIFT, unused, settings=settings_of(of_another))[0]) == [
        "it is 0.01: the reference has 0.1",
        "('TL613',) is unused",
    ]


def test_what_no_rule_looked_for_is_not_called_unused(tmp_path: Path) -> None:
    entry = Intended(Span.at("pyproject.toml"), ("TL613",), "")
    told = settings_of(entry)
    assert messages(judge(tmp_path, DRIFT, unused, settings=replace(told, select=("TL642",)))[0]) == []
    assert messages(judge(tmp_path, unused, settings=told)[0]) == ["('TL613',) is unused"]

    def fails(compared: Comparison) -> Iterator[Finding]:
        """It fails."""
        yield Finding(HERE, str(1 // 0))

    assert messages(judge(tmp_path, rule(fails), unused, settings=told)[0]) == []


def test_ignore_comments_and_settings_drop_findings_as_in_a_check(tmp_path: Path) -> None:
    commented = CANDIDATE.replace("0.01):", "0.01):  # trainlint: ignore[TL613] seen")
    outcome, _ = judge(tmp_path, DRIFT, candidate=commented)
    assert [(entry.suppressed, entry.intended) for entry in outcome.found.diagnostics] == [(True, None)]
    for settings in (
        Settings(ignore=("TL613",)),
        Settings(per_file=(FileSettings("candidate.py", None, ("TL6",)),)),
    ):
        assert judge(tmp_path, DRIFT, settings=settings)[0].found.diagnostics == ()
    weaker = judge(tmp_path, DRIFT, settings=Settings(severity={"hyperparameter-drift": "info"}))[0]
    assert weaker.found.diagnostics[0].diagnostic.severity is Severity.INFO


def test_a_finding_of_low_confidence_is_no_error(tmp_path: Path) -> None:
    def doubtful(compared: Comparison) -> Iterator[Finding]:
        """It may be."""
        yield Finding(HERE, "perhaps", confidence=Confidence.LOW)

    (entry,) = judge(tmp_path, rule(doubtful))[0].found.diagnostics
    assert entry.diagnostic.severity is Severity.WARNING


def test_a_rule_that_fails_leaves_the_others_their_findings(tmp_path: Path) -> None:
    def fails(compared: Comparison) -> Iterator[Finding]:
        """It fails."""
        yield Finding(HERE, str(1 // 0))

    outcome, (crash,) = judge(tmp_path, rule(fails, "TL601", "eval-split-lost"), DRIFT)
    assert messages(outcome) == ["it is 0.01: the reference has 0.1"]
    assert crash.code == "TL601"
    assert "ZeroDivisionError" in str(crash)


def test_what_is_unknown_is_told_once(tmp_path: Path) -> None:
    unknown = Unknown("the environment decides", span("reference.py:1:1"))

    def asks(compared: Comparison) -> Iterator[Finding]:
        """It asks."""
        yield Finding(HERE, str(Unknown("only a run knows", HERE).value))

    compared = comparison(unfollowed=(unknown,), not_checked=(unknown,))
    outcome, _ = judge(tmp_path, rule(asks), compared=compared)
    assert [(entry.reason, entry.span.file) for entry in outcome.found.not_checked] == [
        ("hyperparameter-drift: only a run knows", "candidate.py"),
        ("the environment decides", "reference.py"),
    ]


def test_a_finding_that_several_ways_lead_to_is_told_once(tmp_path: Path) -> None:
    def twice(compared: Comparison) -> Iterator[Finding]:
        """Twice."""
        yield from drifted(compared)
        yield from drifted(compared)

    assert len(judge(tmp_path, rule(twice))[0].found.diagnostics) == 1
