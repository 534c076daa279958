"""Looks at the primary config and the chosen group options, yields those named like left-over copies."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Fix, LinkKind, Severity
from trainlint.facts.config import Choice
from trainlint.facts.value import Known
from trainlint.rules.base import Finding, inclusion_story, replace, rule
from trainlint.rules.stale import NamedConfig, StaleName, stale_name
from trainlint.rules.wording import written_at
from trainlint.source import Span


@rule(
    "TL315",
    "stale-config-name",
    severity=Severity.WARNING,
    link=LinkKind.CONFIG,
    needs=("compositions", "settings", "arguments", "entry"),
)
def stale_config_name(chain: Chain) -> Iterator[Finding]:
    """A launch uses a config whose name ends like that of a left-over copy."""
    seen = set()
    for named in _names(chain):
        stale = stale_name(named.name.rpartition("/")[2], chain.settings.stale_suffixes, named.siblings)
        if stale is None or (named.span, named.name) in seen:
            continue
        seen.add((named.span, named.name))
        yield Finding(
            named.span,
            f"{named.what} `{named.name}` is named like a left-over copy (`{stale.suffix}`){_sibling(stale)}",
            help=_help(stale),
            runtime="the run starts, with the values of the old config",
            chain=inclusion_story(named.parent),
            fix=_rename(named, stale),
        )


def _names(chain: Chain) -> Iterator[NamedConfig]:
    for composition in chain.compositions:
        place = _asked(chain)
        if composition.primary is not None and place is not None:
            siblings = tuple(_stem(sibling) for sibling in composition.primary_siblings)
            yield NamedConfig("config", _stem(composition.primary), place, None, siblings)
        for choice in composition.choices:
            yield from _chosen(choice)


def _asked(chain: Chain) -> Span | None:
    """Where the launch names its primary config: on the command line, else in the script."""
    given = chain.arguments.config_name if chain.arguments is not None else None
    if given is None and chain.entry is not None:
        return chain.entry.config_name.span
    return given.span if given is not None else None


def _chosen(choice: Choice) -> Iterator[NamedConfig]:
    if not isinstance(choice.option, Known) or choice.option.value is None:
        return
    what = f"the option of `{choice.group}`," if choice.group else "config"
    siblings = tuple(_stem(sibling) for sibling in choice.siblings)
    inclusion = choice.inclusion
    yield NamedConfig(what, _stem(choice.option.value), inclusion.span, inclusion.parent, siblings)


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml")


def _help(stale: StaleName) -> str:
    if stale.live:
        return f"name `{stale.live}` if the current config is meant"
    return "rename the config if it is the current one"


def _sibling(stale: StaleName) -> str:
    return f"; the live config beside it is `{stale.live}`" if stale.live else ""


def _rename(named: NamedConfig, stale: StaleName) -> Fix | None:
    place = written_at(named.span, named.name)
    return replace(place, stale.live) if stale.live and place else None
