"""Looks at every name of a class or function in the config, yields those that cannot be called."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.target import NotCallable, RefusedTarget
from trainlint.rules.base import Finding, rule
from trainlint.rules.target_story import broken, link_of, rename, target_story


@rule("TL405", "not-callable", severity=Severity.ERROR, link=LinkKind.MODEL, needs=("targets",))
def not_callable(chain: Chain) -> Iterator[Finding]:
    """A config names something that exists and that cannot be called."""
    for target, problem in broken(chain, NotCallable):
        yield Finding(
            target.origin.span,
            f"`{target.text}` is {problem.found}, no class or function",
            help=f"write `{target.suggestion}`" if target.suggestion else "name a class or a function",
            runtime=problem.runtime,
            chain=(Note(problem.span, f"`{problem.name}` stands here"), *target_story(target)),
            fix=rename(target),
            link=link_of(target),
        )
    for target, refused in broken(chain, RefusedTarget):
        yield Finding(
            target.origin.span,
            f"Hydra does not let a config call `{target.text}`",
            help="call it from your own code, and name your function here",
            runtime=refused.runtime,
            chain=target_story(target),
            link=link_of(target),
        )
