"""Looks at the arguments of a Hydra script, yields launcher options that the script would get."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.launch import OptionAfterScript
from trainlint.facts.script import EntryKind
from trainlint.rules.base import Finding, rule


@rule(
    "TL105",
    "launcher-option-after-script",
    severity=Severity.ERROR,
    link=LinkKind.LAUNCHER,
    needs=("launch", "entry"),
)
def launcher_option_after_script(chain: Chain) -> Iterator[Finding]:
    """An option of the launcher stands behind the script, which gets it instead."""
    if chain.entry is None or chain.entry.kind is not EntryKind.MAIN:
        return
    for problem in chain.launch.problems:
        if isinstance(problem, OptionAfterScript):
            yield Finding(
                problem.span,
                f"`{problem.option}` of {problem.launcher} stands behind `{problem.script}`, which gets it",
                help=f"put it in front of `{problem.script}`",
                runtime=f"{problem.script}: error: unrecognized arguments: {problem.option}",
            )
