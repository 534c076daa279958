"""Looks at the config files that launchers read, yields settings that cannot hold together."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Confidence, LinkKind, Note, Severity
from trainlint.facts.launcher_config import Mismatch
from trainlint.rules.base import Finding, rule


@rule("TL114", "launcher-config-mismatch", severity=Severity.ERROR, link=LinkKind.LAUNCHER, needs=("launch",))
def launcher_config_mismatch(chain: Chain) -> Iterator[Finding]:
    """A config file that a launcher reads contradicts itself or the launch."""
    for config in chain.launch.configs:
        for problem in config.problems:
            if isinstance(problem, Mismatch):
                notes = [Note(span, text) for span, text in problem.others]
                notes.append(Note(config.span, "the launch reads the file because of this"))
                yield Finding(
                    problem.span,
                    problem.message,
                    help=problem.help,
                    runtime=problem.runtime,
                    chain=tuple(notes),
                    severity=None if problem.certain else Severity.WARNING,
                    confidence=Confidence.HIGH if problem.certain else Confidence.LOW,
                )
