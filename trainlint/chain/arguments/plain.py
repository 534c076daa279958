"""A text, list or dict and one of its methods in, the result out."""

from __future__ import annotations

from trainlint.chain.arguments.items import collected, items_of
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


def grown(owner: Constant | Items | Pairs, name: str, site: Site) -> Value | None:
    """A list or dict after a method has changed it."""
    if isinstance(owner, Pairs):
        return _updated(owner, site) if name == "update" else None
    items = items_of(owner)
    if items is None or site.hidden is not None or len(site.positional) != 1:
        return None
    if name == "append":
        return collected((*items, *site.positional), site.span)
    more = items_of(site.positional[0])
    return collected((*items, *more), site.span) if name == "extend" and more is not None else None


def _updated(owner: Pairs, site: Site) -> Value | None:
    given = site.positional[0] if site.positional else Pairs({}, site.span)
    if not isinstance(given, Pairs) or site.hidden is not None or len(site.positional) > 1:
        return None
    pairs = dict(owner.pairs)
    pairs.update(given.pairs)
    pairs.update(site.named)
    return Pairs(pairs, owner.span)


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


def formatted(left: Constant, right: Constant) -> Value | None:
    """`"text %s" % value`."""
    if not isinstance(left.value, str):
        return None
    try:
        return Constant(left.value % right.value, left.span)
    except (TypeError, ValueError, OverflowError):
        return None
