"""Runs that came to nothing in, why out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.parity import ParityOutcome
from trainlint.rules.base import Finding, divergence
from trainlint.source import Span

_HELP = (
    "start the script by hand with the same arguments; give what it needs by --args, --env, --ref-cwd and "
    "--new-cwd"
)


@divergence("TL714", "run-inconclusive", severity=Severity.WARNING, harm=Harm.NOTES)
def run_inconclusive(outcome: ParityOutcome) -> Iterator[Finding]:
    """A run made no update, crashed, or passed a limit, so that nothing is proved."""
    for reason in outcome.missing:
        head, _, said = reason.partition("\n")
        if not outcome.noise:
            script = outcome.scripts[head.startswith("candidate")]
            advice = "; ".join(outcome.advice) or _HELP
            yield Finding(Span.at(script), head, runtime=said or None, help=advice)
