"""Looks at the keys of the config files that launchers read, yields those that the library does not have."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.launcher_config import UnknownKey
from trainlint.rules.base import Finding, rule
from trainlint.rules.wording import or_nearest


@rule(
    "TL113", "unknown-launcher-config-key", severity=Severity.ERROR, link=LinkKind.LAUNCHER, needs=("launch",)
)
def unknown_launcher_config_key(chain: Chain) -> Iterator[Finding]:
    """A config file that a launcher reads has a key that the library does not have."""
    for config in chain.launch.configs:
        for problem in config.problems:
            if isinstance(problem, UnknownKey):
                yield Finding(
                    problem.span,
                    f"`{problem.key}` is a key of no {problem.versions}{or_nearest(problem.nearest)}",
                    help=f"rename it to `{problem.nearest}`" if problem.nearest else "remove it",
                    runtime=problem.runtime or f"{problem.library} drops it in silence",
                    chain=(Note(config.span, "the launch reads the file because of this"),),
                    severity=_severity(problem),
                )


def _severity(problem: UnknownKey) -> Severity:
    if problem.refused:
        return Severity.ERROR
    sure = problem.nearest is not None or problem.refused is None
    return Severity.WARNING if sure else Severity.INFO
