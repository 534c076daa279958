"""Looks at the modules that the config's classes come from, yields those named like left-over copies."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Fix, LinkKind, Severity
from trainlint.facts.target import TargetFacts, TargetStatus
from trainlint.rules.base import Finding, replace, rule
from trainlint.rules.stale import StaleName, stale_name
from trainlint.rules.target_story import link_of, target_story
from trainlint.rules.wording import written_at


@rule(
    "TL404",
    "stale-module-name",
    severity=Severity.WARNING,
    link=LinkKind.MODEL,
    needs=("targets", "settings"),
)
def stale_module_name(chain: Chain) -> Iterator[Finding]:
    """A class comes from a module whose name ends like that of a left-over copy."""
    seen = set()
    for target in chain.targets:
        stale = _stale(target, chain.settings.stale_suffixes)
        if stale is None or (target.origin.span, target.text) in seen:
            continue
        seen.add((target.origin.span, target.text))
        yield Finding(
            target.origin.span,
            f"module `{target.module}` is named like a left-over copy (`{stale.suffix}`){_sibling(stale)}",
            help=_help(stale),
            runtime="the run starts, with the code of the old module",
            chain=target_story(target),
            fix=_rename(target, stale),
            link=link_of(target),
        )


def _stale(target: TargetFacts, suffixes: tuple[str, ...]) -> StaleName | None:
    # Without neighbours the module is not the project's own, and its name nobody's to mend.
    if target.status is TargetStatus.BROKEN or target.definition is None or not target.neighbours:
        return None
    return stale_name(target.module.rpartition(".")[2], suffixes, target.neighbours)


def _sibling(stale: StaleName) -> str:
    return f"; the live module beside it is `{stale.live}`" if stale.live else ""


def _help(stale: StaleName) -> str:
    if stale.live:
        return f"name `{stale.live}` if the current code is meant"
    return "rename the module if it is the current one"


def _rename(target: TargetFacts, stale: StaleName) -> Fix | None:
    place = written_at(target.origin.span, target.text)
    if stale.live is None or place is None or target.text.count(stale.name) != 1:
        return None
    return replace(place, target.text.replace(stale.name, stale.live))
