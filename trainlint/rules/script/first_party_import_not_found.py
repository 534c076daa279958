"""Looks at the imports that run when the script starts, yields those of local modules that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.script import MissingImport
from trainlint.rules.base import Finding, replace, rule
from trainlint.rules.script.story import imported_by
from trainlint.rules.wording import listed, or_nearest, written_at


@rule(
    "TL202",
    "first-party-import-not-found",
    severity=Severity.ERROR,
    link=LinkKind.SCRIPT,
    needs=("script",),
)
def first_party_import_not_found(chain: Chain) -> Iterator[Finding]:
    """The script, or a local module that it imports at once, imports a local module that is not there."""
    for problem in chain.script.import_problems if chain.script is not None else ():
        if isinstance(problem, MissingImport):
            yield _relative(problem) if problem.module.startswith(".") else _missing(problem)


def _missing(problem: MissingImport) -> Finding:
    place = written_at(problem.span, problem.module)
    near = problem.nearest
    searched = f"looked for {listed(problem.searched)}" if problem.searched else "it is not a package"
    return Finding(
        problem.span,
        f"there is no module `{problem.module}`{or_nearest(near)}",
        help=f"import `{near}`, or add the module; {searched}" if near else searched,
        runtime=f"ModuleNotFoundError: No module named '{problem.module}'",
        chain=imported_by(problem),
        fix=replace(place, near) if near and place else None,
    )


def _relative(problem: MissingImport) -> Finding:
    return Finding(
        problem.span,
        f"the relative import `{problem.module}` has no package to start from: the script runs as a file",
        help="import by the full name, or start it with `python -m package.module`",
        runtime="ImportError: attempted relative import with no known parent package",
        chain=imported_by(problem),
    )
