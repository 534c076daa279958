"""Arguments at which Hydra's own command line parser stops in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.launch import OptionAfterScript
from trainlint.rules.base import Finding, rule


@rule(
    "TL318", "refused-argument", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("arguments", "launch")
)
def refused_argument(chain: Chain) -> Iterator[Finding]:
    """An argument that Hydra's command line parser does not take."""
    if chain.arguments is None:
        return
    ours = {problem.span for problem in chain.launch.problems if isinstance(problem, OptionAfterScript)}
    for refused in chain.arguments.refused:
        if any((span.line, span.column) == (refused.span.line, refused.span.column) for span in ours):
            continue  # said, with its remedy, by launcher-option-after-script
        yield Finding(
            refused.span,
            f"Hydra's command line does not take `{refused.text}` here",
            help=refused.remedy,
            runtime=refused.hydra,
        )
