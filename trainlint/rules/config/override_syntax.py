"""Looks at overrides that Hydra's grammar refuses, yields each with the way to write it."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.config import OverrideSyntax
from trainlint.rules.base import Finding, inclusion_story, rule
from trainlint.rules.config.quoting import is_balanced, is_key, quoted_override
from trainlint.rules.placeholder import placeholders


@rule("TL306", "override-syntax", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def override_syntax(chain: Chain) -> Iterator[Finding]:
    """An argument of the script is no override that Hydra can read."""
    for problem in problems(chain, OverrideSyntax):
        if any(placeholders(problem.override)):  # told by unfilled-placeholder
            continue
        yield Finding(
            problem.span,
            f"Hydra cannot read `{problem.override}`: {problem.message}",
            help=_help(problem.override),
            runtime=problem.hydra,
            chain=inclusion_story(problem.inclusion),
        )


def _help(override: str) -> str:
    key, equals, value = override.partition("=")
    if not equals:
        return "write `key=value`"
    if not is_key(key):
        return "the part before `=` has to be a key such as `optimizer.lr` or a group such as `db`"
    if not is_balanced(value):
        return "close every bracket, brace and quote of the value"
    return f"if the value is a string, quote it for the shell and for Hydra: {quoted_override(key, value)}"
