"""Looks at the config folder that a script names, yields one that lies outside the script's project."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import Confidence, LinkKind, Severity
from trainlint.facts.config import ConfigNotFound
from trainlint.rules.base import Finding, rule


@rule(
    "TL205",
    "config-path-outside",
    severity=Severity.WARNING,
    link=LinkKind.CONFIG,
    needs=("script", "entry", "arguments", "compositions"),
)
def config_path_outside(chain: Chain) -> Iterator[Finding]:
    """The script takes its configs from a folder that is no part of its project."""
    entry, script = chain.entry, chain.script
    overridden = chain.arguments is not None and chain.arguments.config_path is not None
    if entry is None or script is None or script.project is None or overridden:
        return
    if any(problem.missing_directory for problem in problems(chain, ConfigNotFound)):
        return
    folder = entry.folder
    if folder is None or script.project in (folder, *folder.parents):
        return
    yield Finding(
        entry.config_path.span,
        f"the config folder `{entry.config_path.value}` lies outside the project",
        help="keep the configs inside the project and name them relative to the script",
        runtime="another checkout, or another machine, trains with other configs or stops without any",
        confidence=Confidence.LOW,
    )
