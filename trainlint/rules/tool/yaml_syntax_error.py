"""Config files that are no YAML in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.config import YamlSyntax
from trainlint.rules.base import Finding, inclusion_story, rule


@rule("TL003", "yaml-syntax-error", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def yaml_syntax_error(chain: Chain) -> Iterator[Finding]:
    """A config file that the launch composes is no YAML mapping."""
    for problem in problems(chain, YamlSyntax):
        yield Finding(
            problem.span,
            problem.message,
            help="mend the YAML at this place; the file must hold one mapping",
            runtime=problem.hydra,
            chain=inclusion_story(problem.inclusion),
        )
