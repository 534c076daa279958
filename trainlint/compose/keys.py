"""Dotted key texts in, their parts out, as OmegaConf splits them."""

from __future__ import annotations

from functools import lru_cache

from trainlint.facts.config import ConfigList, ConfigNode, Key, select
from trainlint.regex import regex

_HEAD = regex(r"\.*[^.\[]*")
_OTHER = regex(r"\.([^.\[]*)|\[(.*?)\]")


@lru_cache(maxsize=8192)
def split_key(text: str) -> tuple[str, ...]:
    """`a.b` and `a[b]` are `("a", "b")`; leading dots give empty parts."""
    if "[" not in text:
        return tuple(text.split("."))
    head = _HEAD.match(text)
    end = head.end() if head else 0
    parts = text[:end].split(".")
    if text[end : end + 1] == "[" and not parts[-1]:
        parts.pop()
    return (*parts, *(dotted or bracketed for dotted, bracketed in _OTHER.findall(text[end:])))


def _text(key: Key) -> str:
    return key if isinstance(key, str) else str(key)


def join_key(path: tuple[Key, ...]) -> str:
    """A path as people write it: `a.b.0`."""
    return ".".join([_text(key) for key in path])


def full_key(root: ConfigNode, path: tuple[Key, ...]) -> str:
    """A path as OmegaConf prints it: `a[0].b` for the items of lists."""
    text = ""
    here: ConfigNode | None = root
    for key in path:
        if isinstance(here, ConfigList) or (here is None and isinstance(key, int)):
            text += f"[{_text(key)}]"
        else:
            text += f".{_text(key)}" if text else _text(key)
        here = None if here is None else select(here, (key,))
    return text


def whole_number(text: str) -> int | None:
    """The index that a key part is, None when it is no whole number."""
    try:
        return int(text)
    except ValueError:
        return None
