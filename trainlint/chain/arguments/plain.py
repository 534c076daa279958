"""A text, list or dict and one of its methods in, the result out."""

from __future__ import annotations

from trainlint.chain.arguments.items import collected
from trainlint.chain.arguments.site import Site
from trainlint.chain.arguments.values import Constant, Items, Pairs, Value

_TEXT = frozenset(
    [
        "replace",
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "removesuffix",
        "removeprefix",
        "join",
        "split",
        "startswith",
        "endswith",
        "title",
        "capitalize",
    ]
)


def plain_method(owner: Constant | Items | Pairs, name: str, site: Site) -> Value | None:
    """The result, None when it is not known."""
    if isinstance(owner, Pairs):
        return _of_pairs(owner, name, site)
    if isinstance(owner, Constant) and isinstance(owner.value, str):
        return _of_text(owner.value, name, site)
    return owner if name == "copy" else None


def _of_pairs(owner: Pairs, name: str, site: Site) -> Value | None:
    keys = [Constant(key, owner.span) for key in owner.pairs]
    if name == "keys":
        return collected(keys, owner.span)
    if name == "values":
        return Items(tuple(owner.pairs.values()))
    if name == "items":
        return Items(tuple(Items((key, owner.pairs[key.value])) for key in keys))
    if name == "get" and site.positional and isinstance(site.positional[0], Constant):
        key = site.positional[0].value
        if key in owner.pairs:
            return owner.pairs[key]
        return site.positional[1] if len(site.positional) > 1 else Constant(None, site.span)
    return owner if name == "copy" else None


def _of_text(text: str, name: str, site: Site) -> Value | None:
    given = [value.value for value in site.positional if isinstance(value, Constant)]
    named = {key: value.value for key, value in site.named.items() if isinstance(value, Constant)}
    if len(given) != len(site.positional) or len(named) != len(site.named) or site.hidden is not None:
        return None
    try:
        if name in _TEXT:
            return Constant(getattr(text, name)(*given, **named), site.span)
        if name == "format":
            return Constant(text.format(*given, **named), site.span)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        return None
    return None
