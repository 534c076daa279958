"""A value passed to a definition in, what readers of definitions make of it out."""

from __future__ import annotations

import ast

from trainlint.chain.arguments.items import items_of
from trainlint.chain.arguments.site import Site
from trainlint.chain.arguments.values import Class, Closure, Constant, Library, Pairs, Value
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.arguments.given import Given, OwnClass, OwnFunction, Reference
from trainlint.source import Span


def given_of(value: Value | None, name: str, site: Site) -> Given:
    """The value of one keyword of `add_argument`."""
    if isinstance(value, Constant):
        return Known(value.value, value.span)
    if isinstance(value, Library):
        return Reference(value.name)
    if isinstance(value, Closure):
        return OwnFunction(getattr(value.node, "name", "<lambda>"), value.node)
    if isinstance(value, Class):
        return OwnClass(value.node.name, value.node, _initialises(value))
    if isinstance(value, Pairs):
        return Known(
            tuple(item.value for item in items_of(value) or () if isinstance(item, Constant)), site.span
        )
    return Unknown(f"its `{name}` is only known at run time", _place(name, site))


def _initialises(owner: Class) -> bool:
    """Whether a class, or one that it inherits from, has an `__init__` of its own."""
    bases = [ast.unparse(base) for base in owner.node.bases]
    return "__init__" in owner.attributes or any(not base.endswith("Action") for base in bases)


def _place(name: str, site: Site) -> Span:
    return next(
        (
            site.frame.evaluator.span(word.value, site.frame)
            for word in site.node.keywords
            if word.arg == name
        ),
        site.span,
    )
