"""Looks at the names that imports ask of local modules at start, yields those that are not defined there."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.script import MissingImportedName
from trainlint.rules.base import Finding, replace, rule
from trainlint.rules.script.story import imported_by
from trainlint.rules.wording import or_nearest, written_at
from trainlint.source import Span


@rule("TL203", "imported-name-not-found", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("script",))
def imported_name_not_found(chain: Chain) -> Iterator[Finding]:
    """An import that runs when the script starts asks a local module for a name that it does not have."""
    for problem in chain.script.import_problems if chain.script is not None else ():
        if not isinstance(problem, MissingImportedName):
            continue
        near = problem.nearest
        place = written_at(problem.span, problem.name)
        yield Finding(
            problem.span,
            f"`{problem.module}` does not define `{problem.name}`{or_nearest(near)}",
            help=f"import `{near}`"
            if near
            else f"define it in `{problem.file}`, or import it from elsewhere",
            runtime=f"ImportError: cannot import name '{problem.name}' from '{problem.module}'",
            chain=(Note(Span.at(problem.file), f"`{problem.module}` is this file"), *imported_by(problem)),
            fix=replace(place, near) if near and place else None,
        )
