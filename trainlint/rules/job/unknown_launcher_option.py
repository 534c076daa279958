"""Looks at the options given to launchers, yields those that the launcher does not have."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Confidence, LinkKind, Severity
from trainlint.facts.launch import UnknownOption
from trainlint.rules.base import Finding, replace, rule
from trainlint.rules.wording import or_nearest, written_at


@rule("TL103", "unknown-launcher-option", severity=Severity.ERROR, link=LinkKind.LAUNCHER, needs=("launch",))
def unknown_launcher_option(chain: Chain) -> Iterator[Finding]:
    """A launcher is given an option that it does not have."""
    for problem in chain.launch.problems:
        if not isinstance(problem, UnknownOption):
            continue
        place = written_at(problem.span, problem.option)
        yield Finding(
            problem.span,
            f"`{problem.option}` is not an option of {problem.launcher}{or_nearest(problem.nearest)}",
            help=f"write `{problem.nearest}`" if problem.nearest else f"see `{problem.launcher} --help`",
            runtime=f"{problem.launcher} stops before it starts anything: unrecognized {problem.option}",
            confidence=Confidence.HIGH if problem.certain else Confidence.LOW,
            severity=None if problem.certain else Severity.WARNING,
            fix=replace(place, problem.nearest) if place and problem.nearest else None,
        )
