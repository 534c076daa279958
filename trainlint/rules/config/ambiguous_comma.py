"""Looks at override values with a comma outside brackets, yields those of launches that are no sweep."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.config import AmbiguousComma
from trainlint.rules.base import Finding, inclusion_story, rule
from trainlint.rules.config.quoting import quoted_override


@rule("TL307", "ambiguous-comma", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def ambiguous_comma(chain: Chain) -> Iterator[Finding]:
    """A value with commas could be a list, a string or a sweep, and the launch is no multirun."""
    for problem in problems(chain, AmbiguousComma):
        key, _, value = problem.override.partition("=")
        yield Finding(
            problem.span,
            f"`{problem.override}` could be a list, a string or a sweep",
            help=(
                f"a list: '{key}=[{value}]'; a string: {quoted_override(key, value)}; "
                "a sweep: add `--multirun`"
            ),
            runtime=problem.hydra,
            chain=inclusion_story(problem.inclusion),
        )
