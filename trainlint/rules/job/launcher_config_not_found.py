"""Looks at the config files that launchers are told to read, yields those that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.launcher_config import ConfigNotFound
from trainlint.rules.base import Finding, nearest, replace, rule
from trainlint.rules.wording import listed, or_nearest, written_at


@rule(
    "TL117", "launcher-config-not-found", severity=Severity.ERROR, link=LinkKind.LAUNCHER, needs=("launch",)
)
def launcher_config_not_found(chain: Chain) -> Iterator[Finding]:
    """A config file that a launcher is told to read does not exist."""
    for config in chain.launch.configs:
        for problem in config.problems:
            if not isinstance(problem, ConfigNotFound):
                continue
            near = nearest(problem.text, problem.neighbours)
            place = written_at(problem.span, problem.text)
            yield Finding(
                problem.span,
                f"the {problem.library} config `{problem.text}` does not exist{or_nearest(near)}",
                help=f"looked for {listed(problem.searched)}",
                runtime=problem.runtime,
                fix=replace(place, near) if near is not None and place is not None else None,
            )
