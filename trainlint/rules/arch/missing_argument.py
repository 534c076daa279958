"""Looks at the classes and functions that the config has built, yields required arguments nothing gives."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.construction import MissingArgument
from trainlint.rules.arch.construction_story import construction_notes, link_of, refused, weight
from trainlint.rules.base import Finding, rule, value_story


@rule("TL407", "missing-argument", severity=Severity.ERROR, link=LinkKind.MODEL, needs=("constructions",))
def missing_argument(chain: Chain) -> Iterator[Finding]:
    """Neither the config nor the call gives a class or function an argument that it needs."""
    for built, problem in refused(chain, MissingArgument):
        names = " and ".join(f"`{name}`" for name in problem.names)
        severity, confidence = weight(built)
        below = f"below `{built.key}`" if built.key else "in the config"
        yield Finding(
            problem.deleted or built.origin.span,
            f"`{built.text}` needs {names}, which nothing gives",
            help=f"set {names} {below}",
            runtime=problem.runtime,
            chain=(
                Note(problem.declared, f"`{problem.names[0]}` is declared without a default here"),
                *construction_notes(built)[1:],
                *value_story(built.origin),
            ),
            confidence=confidence,
            severity=severity,
            link=link_of(built),
        )
