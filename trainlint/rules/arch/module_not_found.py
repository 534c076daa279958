"""Looks at every class and function the config names, yields those whose module does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.target import ModuleNotFound
from trainlint.rules.base import Finding, rule
from trainlint.rules.target_story import broken, link_of, rename, target_story
from trainlint.rules.wording import listed, or_nearest


@rule("TL401", "module-not-found", severity=Severity.ERROR, link=LinkKind.MODEL, needs=("targets",))
def module_not_found(chain: Chain) -> Iterator[Finding]:
    """A config names a class or function in a module that does not exist."""
    for target, problem in broken(chain, ModuleNotFound):
        message = (
            f"there is no module `{problem.missing}` (from `{target.text}`){or_nearest(problem.nearest)}"
        )
        help_text = f"looked for {listed(problem.searched)}" if problem.searched else None
        if target.suggestion:
            help_text = f"write `{target.suggestion}`"
        yield Finding(
            target.origin.span,
            message,
            help=help_text,
            runtime=problem.runtime,
            chain=target_story(target),
            fix=rename(target),
            link=link_of(target),
        )
