"""Looks at the primary config and the chosen group options, yields those named like left-over copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trainlint.chain.model import Chain
from trainlint.diagnostic import Fix, LinkKind, Severity
from trainlint.facts.config import Composition, Inclusion, InclusionKind, leaves
from trainlint.facts.value import Known
from trainlint.rules.base import Finding, inclusion_story, replace, rule
from trainlint.rules.stale import StaleName, stale_name
from trainlint.rules.wording import written_at


@dataclass(frozen=True, slots=True)
class _Named:
    """A config by the name under which the launch asks for it."""

    what: str
    name: str
    inclusion: Inclusion
    siblings: tuple[str, ...]


@rule(
    "TL315",
    "stale-config-name",
    severity=Severity.WARNING,
    link=LinkKind.CONFIG,
    needs=("compositions", "settings"),
)
def stale_config_name(chain: Chain) -> Iterator[Finding]:
    """A launch uses a config whose name ends like that of a left-over copy."""
    seen = set()
    for named in (named for composition in chain.compositions for named in _names(composition)):
        place = (named.inclusion.span, named.name)
        stale = stale_name(named.name.rpartition("/")[2], chain.settings.stale_suffixes, named.siblings)
        if stale is None or place in seen:
            continue
        seen.add(place)
        yield Finding(
            named.inclusion.span,
            f"{named.what} `{named.name}` is named like a left-over copy (`{stale.suffix}`){_sibling(stale)}",
            help=f"name `{stale.live}` if the current config is meant"
            if stale.live
            else "rename the config if it is the current one",
            runtime="the run starts, with the values of the old config",
            chain=inclusion_story(named.inclusion.parent),
            fix=_rename(named, stale),
        )


def _names(composition: Composition) -> Iterator[_Named]:
    primary = _primary(composition)
    if primary is not None and primary.file is not None:
        name = _stem(primary.file)
        yield _Named("config", name, primary, tuple(_stem(s) for s in composition.primary_siblings))
    for choice in composition.choices:
        if isinstance(choice.option, Known) and choice.option.value is not None:
            name = _stem(choice.option.value)
            what = f"the option of `{choice.group}`," if choice.group else "config"
            yield _Named(what, name, choice.inclusion, tuple(_stem(s) for s in choice.siblings))


def _primary(composition: Composition) -> Inclusion | None:
    for _, leaf in leaves(composition.root) if composition.root is not None else ():
        inclusion: Inclusion | None = leaf.origin.inclusion
        while inclusion is not None and inclusion.kind is not InclusionKind.PRIMARY:
            inclusion = inclusion.parent
        if inclusion is not None:
            return inclusion
    return None


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml")


def _sibling(stale: StaleName) -> str:
    return f"; the live config beside it is `{stale.live}`" if stale.live else ""


def _rename(named: _Named, stale: StaleName) -> Fix | None:
    place = written_at(named.inclusion.span, named.name)
    return replace(place, stale.live) if stale.live and place else None
