"""Looks at the config files of a launch, yields the keys written twice in one mapping."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.config import DuplicateYamlKey
from trainlint.rules.base import Finding, inclusion_story, rule


@rule("TL314", "duplicate-yaml-key", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def duplicate_yaml_key(chain: Chain) -> Iterator[Finding]:
    """A config file writes a key twice in one mapping, which OmegaConf refuses to load for texts."""
    for problem in problems(chain, DuplicateYamlKey):
        yield Finding(
            problem.span,
            f"the key `{problem.key}` stands twice in this mapping (first on line {problem.first.line})",
            help="remove one of the two",
            runtime=problem.hydra or "the last one counts and nothing says so",
            severity=None if problem.refused else Severity.WARNING,
            chain=(Note(problem.first, "written here first"), *inclusion_story(problem.inclusion)),
        )
