"""Looks at the keys that the code asks for, yields those that the composed config does not have."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.config import InclusionKind
from trainlint.facts.keys import AbsentKey
from trainlint.rules.base import Finding, inclusion_story, rule
from trainlint.rules.config.nearest_key import nearest_key
from trainlint.rules.wording import listed, or_nearest
from trainlint.source import Span


@rule(
    "TL540",
    "key-read-but-absent",
    severity=Severity.ERROR,
    link=LinkKind.CONFIG,
    needs=("keys", "compositions"),
)
def key_read_but_absent(chain: Chain) -> Iterator[Finding]:
    """The code reads a key that no config supplies, and gives no default for it."""
    for absent in chain.keys.absent:
        yield _finding(absent, chain)


def _finding(absent: AbsentKey, chain: Chain) -> Finding:
    name = absent.read.setting.path[-1]
    near = nearest_key(absent.key, name, absent.available, chain.compositions)
    part = absent.key[: -len(name)].rstrip(".")
    where = f"`{part}`" if part else "the config"
    depends = "" if absent.condition is None else f", under `{absent.condition}`"
    keys = f"; {where} has {listed(absent.available)}" if absent.available else ""
    story = _story(absent, chain, where)
    if absent.place is not None:
        story = (Note(absent.place, f"only under `{absent.condition}`"), *story)
    return Finding(
        absent.read.span,
        f"`{absent.key}` is read here{depends} and is no key of this config{or_nearest(near)}",
        help=f"read `{near}`, or set `{absent.key}` in the config" if near else f"set `{absent.key}`{keys}",
        runtime=_words(absent, name),
        chain=story,
        severity=None if absent.condition is None else Severity.WARNING,
    )


def _story(absent: AbsentKey, chain: Chain, where: str) -> tuple[Note, ...]:
    """Where the part is set that lacks the key; the config as a whole is what the primary config makes it."""
    if absent.holder.inclusion.kind is not InclusionKind.HYDRA:
        return (Note(absent.holder.span, f"{where} is set here"), *inclusion_story(absent.holder.inclusion))
    primary = next((found.primary for found in chain.compositions if found.primary is not None), None)
    return (Note(Span.at(primary), "the primary config"),) if primary is not None else ()


def _words(absent: AbsentKey, name: str) -> str:
    setting = absent.read.setting
    if setting.schema is not None or absent.read.holder.schema is not None:
        return f"AttributeError: no attribute '{name}'"
    if setting.plain:
        return f"KeyError: '{name}'"
    return f"omegaconf.errors.ConfigAttributeError: Key '{name}' is not in struct"
