"""A composed config in, its text with the story of every value out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from trainlint.facts.config import (
    Composition,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    Inclusion,
    Key,
    Origin,
    ScalarValue,
    leaves,
)
from trainlint.facts.value import Known, Value
from trainlint.source import Span

#: Turns a span into the text that stands there.
Excerpt = Callable[[Span], str]
Path = tuple[Key, ...]
#: Follows the interpolation at a path to the node that it stands for.
Resolve = Callable[[Path], Value[ConfigNode]]


def whole(composition: Composition, resolve: Resolve) -> str:
    """The composed config as YAML, each value with the place it comes from behind it."""
    if composition.root is None:
        return "# the config could not be composed\n"
    rows = list(_rows(composition.root, (), resolve))
    width = min(60, max((len(text) for text, _ in rows), default=0))
    return "".join(f"{text:<{width}}  # {place}\n" if place else f"{text}\n" for text, place in rows)


def _rows(node: ConfigNode, path: Path, resolve: Resolve) -> Iterator[tuple[str, str]]:
    indent = "  " * len(path)
    if isinstance(node, ConfigMap):
        for key, child in node.children.items():
            yield from _entry(f"{indent}{_scalar(key)}:", child, (*path, key), resolve)
    elif isinstance(node, ConfigList):
        for index, child in enumerate(node.items):
            yield from _entry(f"{indent}-", child, (*path, index), resolve)


def _entry(head: str, node: ConfigNode, path: Path, resolve: Resolve) -> Iterator[tuple[str, str]]:
    if (isinstance(node, ConfigMap) and node.children) or (isinstance(node, ConfigList) and node.items):
        yield head, ""
        yield from _rows(node, path, resolve)
    else:
        yield f"{head} {_leaf(node, path, resolve)}", str(node.origin.span)


def _leaf(node: ConfigNode, path: Path, resolve: Resolve) -> str:
    if isinstance(node, ConfigMap):
        return "{…}" if node.children else "{}"
    if isinstance(node, ConfigList):
        return "[…]" if node.items else "[]"
    if not isinstance(node, ConfigScalar):
        return f"?  ({node.unknown.reason})"
    if not node.is_interpolation:
        return _scalar(node.value)
    found = resolve(path)
    meant = _leaf(found.value, path, resolve) if isinstance(found, Known) else f"?  ({found.reason})"
    return f"{_scalar(node.value)} → {meant}"


def _scalar(value: ScalarValue | Key) -> str:
    """A scalar as YAML would write it; strings are quoted only where they would read as something else."""
    if isinstance(value, str):
        plain = value and value == value.strip() and value.lower() not in _WORDS and not _looks_special(value)
        return value if plain else json.dumps(value, ensure_ascii=False)
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "~", "nan", "inf"})


def _looks_special(text: str) -> bool:
    numeric = text.lstrip("+-")[:1].isdigit()
    return numeric or text[0] in "[]{}&*#|>!%@`\"',?-" or ": " in text or " #" in text or "\n" in text


def one(path: Path, node: ConfigNode, excerpt: Excerpt, resolve: Resolve) -> str:
    """One key's whole story; for a mapping or list, that of each leaf below it."""
    stories = []
    for below, leaf in list(leaves(node)) or [((), node)]:
        whole_path = (*path, *below)
        name = ".".join(str(part) for part in whole_path)
        stories.append(
            f"{name} = {_leaf(leaf, whole_path, resolve)}\n" + "".join(_story(leaf.origin, excerpt))
        )
    return "\n".join(stories)


def _story(origin: Origin, excerpt: Excerpt) -> Iterator[str]:
    yield f"    set at         {origin.span}\n"
    steps = list(_steps(origin.inclusion))
    if steps:
        yield f"    composed from  {' ← '.join(steps)}\n"
    earlier = origin.overrode
    while earlier is not None:
        text = " ".join(excerpt(earlier.span).split())
        yield f"    overrides      {text or '?'}  at {earlier.span}\n"
        earlier = earlier.overrode


def _steps(inclusion: Inclusion | None) -> Iterator[str]:
    while inclusion is not None:
        yield f"{inclusion.span} ({inclusion.label})"
        inclusion = inclusion.parent
