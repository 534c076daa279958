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
        yield _finding(absent, chain) if absent.items is None else _of_list(absent, chain, absent.items)


def _of_list(absent: AbsentKey, chain: Chain, items: int) -> Finding:
    """An item behind the end of a list, or a key of it."""
    *above, name = absent.read.setting.path
    part = f"`{'.'.join(above)}`"
    depends = "" if absent.condition is None else f", under `{absent.condition}`"
    is_index = name.removeprefix("-").isdecimal()
    is_a = f"has {items} item{'' if items == 1 else 's'}" if is_index else "is a list"
    return Finding(
        absent.read.span,
        f"`{absent.key if is_index else '.'.join((*above, name))}` is read here{depends}, and {part} {is_a}",
        help=f"read an item that is there, or add it to {part}" if is_index else f"make {part} a mapping",
        runtime=_words_of_list(absent, is_index=is_index),
        chain=_story(absent, chain, part),
        severity=None if absent.condition is None else Severity.WARNING,
    )


def _words_of_list(absent: AbsentKey, *, is_index: bool) -> str:
    plain = absent.read.setting.plain
    if is_index:
        return f"{'IndexError' if plain else 'omegaconf.errors.ConfigIndexError'}: list index out of range"
    if plain:
        return "TypeError: list indices must be integers or slices, not str"
    return "omegaconf.errors: ListConfig does not support attribute access, its indices must be integers"


def _finding(absent: AbsentKey, chain: Chain) -> Finding:
    name = absent.read.setting.path[-1]
    near = nearest_key(absent.key, name, absent.available, chain.compositions)
    part = absent.key[: -len(name)].rstrip(".")
    where = f"`{part}`" if part else "the config"
    depends = "" if absent.condition is None else f", under `{absent.condition}`"
    keys = f"; {where} has {listed(absent.available)}" if absent.available else ""
    return Finding(
        absent.read.span,
        f"`{absent.key}` is read here{depends} and is no key of this config{or_nearest(near)}",
        help=f"read `{near}`, or set `{absent.key}` in the config" if near else f"set `{absent.key}`{keys}",
        runtime=_words(absent, name),
        chain=_story(absent, chain, where),
        severity=None if absent.condition is None else Severity.WARNING,
    )


def _story(absent: AbsentKey, chain: Chain, where: str) -> tuple[Note, ...]:
    """Where the part is set that lacks the key; the config as a whole is what the primary config makes it."""
    only = () if absent.place is None else (Note(absent.place, f"only under `{absent.condition}`"),)
    if absent.holder.inclusion.kind is not InclusionKind.HYDRA:
        place = Note(absent.holder.span, f"{where} is set here")
        return (*only, place, *inclusion_story(absent.holder.inclusion))
    primary = next((found.primary for found in chain.compositions if found.primary is not None), None)
    return (*only, *([Note(Span.at(primary), "the primary config")] if primary is not None else ()))


def _words(absent: AbsentKey, name: str) -> str:
    setting = absent.read.setting
    if setting.schema is not None or absent.read.holder.schema is not None:
        return f"AttributeError: no attribute '{name}'"
    if setting.plain:
        return f"KeyError: '{name}'"
    return f"omegaconf.errors.ConfigAttributeError: Key '{name}' is not in struct"
