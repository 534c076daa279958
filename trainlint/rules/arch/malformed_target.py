"""Looks at every name of a class or function in the config, yields those that cannot even be split."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.target import MalformedTarget, TargetVia
from trainlint.rules.base import Finding, rule
from trainlint.rules.target_story import broken, link_of, rename, target_story

_FORM = {
    TargetVia.INSTANTIATE: "write `package.module.Class`",
    TargetVia.LOCATE: "write `package.module.Class`",
    TargetVia.LOADER: "write one module and one name, with the separator that the loader splits at",
}


@rule("TL403", "malformed-target", severity=Severity.ERROR, link=LinkKind.MODEL, needs=("targets",))
def malformed_target(chain: Chain) -> Iterator[Finding]:
    """A config value should name a class or function and has not the form of such a name."""
    for target, problem in broken(chain, MalformedTarget):
        yield Finding(
            target.origin.span,
            problem.message,
            help=f"write `{target.suggestion}`" if target.suggestion else _FORM[target.via],
            runtime=problem.runtime,
            chain=target_story(target),
            fix=rename(target),
            link=link_of(target),
        )
