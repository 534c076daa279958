"""Looks at the arguments that a script's own parser insists on, yields a launch that lacks some."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Confidence, LinkKind, Note, Severity
from trainlint.facts.arguments import MissingArgument
from trainlint.rules.base import Finding, rule
from trainlint.rules.wording import listed


@rule(
    "TL207",
    "missing-required-argument",
    severity=Severity.ERROR,
    link=LinkKind.SCRIPT,
    needs=("command_line", "script"),
)
def missing_required_argument(chain: Chain) -> Iterator[Finding]:
    """A script is started without an argument that its parser requires."""
    script = chain.script.module.display if chain.script is not None else "the script"
    found = chain.command_line.problems if chain.command_line is not None else ()
    missing = [problem for problem in found if isinstance(problem, MissingArgument)]
    for runtime in dict.fromkeys(problem.runtime for problem in missing):
        same = [problem for problem in missing if problem.runtime == runtime]
        names = [problem.name.replace(" or ", "` or `") for problem in same]
        certain = all(problem.certain for problem in same)
        yield Finding(
            same[0].span,
            f"`{script}` is not given {listed(names)}, which it requires",
            help=f"add {listed(names)}",
            runtime=runtime,
            chain=tuple(
                Note(problem.defined, "required here") for problem in same if problem.defined is not None
            ),
            confidence=Confidence.HIGH if certain else Confidence.LOW,
            severity=None if certain else Severity.WARNING,
        )
