"""A fault of a launch's modes in, the finding that tells both sides of it out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Confidence, Note, Severity
from trainlint.facts.profile import ModeFault, ModeProblem, Profile, Weight
from trainlint.rules.base import Finding


def mode_findings(profile: Profile | None, fault: ModeFault) -> Iterator[Finding]:
    """The findings of one kind; where a name is one of the two pieces of evidence, no more than a warning."""
    for problem in profile.problems if profile is not None else ():
        if problem.fault is fault:
            yield _finding(problem)


def _finding(problem: ModeProblem) -> Finding:
    return Finding(
        problem.span,
        problem.message,
        help=problem.remedy,
        runtime=problem.runtime,
        chain=tuple(
            Note(entry.span, f"{entry.value}: {entry.message}") for entry in dict.fromkeys(problem.evidence)
        ),
        confidence=Confidence.LOW if _by_name(problem) else Confidence.HIGH,
        severity=Severity.INFO if problem.alone else None if problem.certain else Severity.WARNING,
    )


def _by_name(problem: ModeProblem) -> bool:
    """Whether a name is needed to see the fault."""
    return not problem.certain and any(entry.weight is Weight.NAME for entry in problem.evidence)
