"""A key that is not there and the composed trees in, the key that was probably meant out."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from trainlint.facts.config import Composition, ConfigMap, ConfigNode

#: Keys that share their last part with very many others say nothing about which one was meant.
_MAX_NAMESAKES = 64


def nearest_key(
    key: str, part: str, siblings: tuple[str, ...], compositions: tuple[Composition, ...]
) -> str | None:
    """The key of a composed config that `key` was probably meant to be, or None.

    The last part decides: the same one elsewhere (`arch.kl_weight` for `arch.loss.kl_weight`), else
    a near miss of it. The whole path only ranks the candidates, so the search stays cheap. `part` is
    the first part of `key` that is not there and `siblings` are the keys in its place.
    """
    by_last = _keys_by_last_part(compositions)
    head, _, last = key.rpartition(".")
    if part == last and last not in by_last:
        close = difflib.get_close_matches(last, siblings, n=1, cutoff=0.65)
        longer = [name for name in siblings if name.startswith(f"{last}_")]
        if close or longer:
            best = (close or longer)[0]
            return f"{head}.{best}" if head else best
    for name in (last, *difflib.get_close_matches(last, by_last, n=3, cutoff=0.75)):
        namesake = _closest(key, by_last.get(name, []))
        if namesake is not None:
            return namesake
    return None


def _keys_by_last_part(compositions: tuple[Composition, ...]) -> dict[str, list[str]]:
    """Every key of the first whole tree, by its last part."""
    by_last: dict[str, list[str]] = {}
    for composition in compositions:
        paths = (*_paths(composition.root, ()), *_paths(composition.hydra, ("hydra",)))
        for path in paths:
            by_last.setdefault(path[-1], []).append(".".join(path))
        if composition.root is not None:
            break
    return by_last


def _closest(key: str, candidates: list[str]) -> str | None:
    others = [candidate for candidate in candidates if candidate != key]
    if not others or len(others) > _MAX_NAMESAKES:
        return None
    return max(others, key=lambda candidate: difflib.SequenceMatcher(None, key, candidate).ratio())


def _paths(node: ConfigNode | None, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(node, ConfigMap):
        for key, child in node.children.items():
            below = (*path, str(key))
            yield below
            yield from _paths(child, below)
