"""Looks at a job that overrides its script's config name, yields it when another script owns that config."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Confidence, LinkKind, Note, Severity
from trainlint.facts.value import Known
from trainlint.rules.base import Finding, rule


@rule(
    "TL204",
    "config-name-mismatch",
    severity=Severity.WARNING,
    link=LinkKind.CONFIG,
    needs=("rivals", "entry", "arguments"),
)
def config_name_mismatch(chain: Chain) -> Iterator[Finding]:
    """The job gives its script a config that just one other script declares as its own."""
    owners = {entry.file: entry for entry in chain.rivals}
    given = chain.arguments.config_name if chain.arguments is not None else None
    if len(owners) != 1 or chain.entry is None or not isinstance(given, Known):
        return
    (owner,) = owners.values()
    own, other = chain.entry.file.name, owner.file.name
    yield Finding(
        given.span,
        f"`{given.value}` is the config of `{other}`, but this job starts `{own}`",
        help=f"start `{other}`, or give the config `{chain.entry.config_name.value}`",
        runtime="the run composes and trains, with the other script's settings",
        chain=(
            Note(chain.entry.span, f"`{own}` declares `{chain.entry.config_name.value}`"),
            Note(owner.span, f"`{other}` declares `{given.value}`"),
        ),
        confidence=Confidence.LOW,
    )
