"""The text of a function in, its own parameters out, before anything is followed."""

from __future__ import annotations

import ast
from dataclasses import replace

from trainlint.facts.module import ModuleFacts
from trainlint.facts.signature import ParameterFacts, Passing, SignatureFacts
from trainlint.parse.python.arguments.signature import parameters
from trainlint.parse.python.places import name_span, node_span
from trainlint.parse.python.scope import Function


def partly(found: SignatureFacts, positional: int, names: frozenset[str]) -> SignatureFacts:
    """What is left to give: behind an argument given by name no position is free."""
    used = found.by_position[:positional]
    kept: list[ParameterFacts] = []
    blocked = False
    for entry in found.parameters:
        if entry in used:
            continue
        given = entry.name in names and entry.passing is not Passing.POSITION
        blocked = blocked or (given and entry.passing is Passing.EITHER)
        passing = Passing.NAME if blocked and entry.passing is Passing.EITHER else entry.passing
        kept.append(replace(entry, passing=passing, required=entry.required and not given))
    taken = found.taken | {entry.name for entry in used if entry.passing is Passing.EITHER}
    more = found.more_positional and not blocked
    return replace(found, parameters=tuple(kept), more_positional=more, taken=taken)


def plain(module: ModuleFacts, node: Function | ast.Lambda, shown: str) -> SignatureFacts:
    """The parameters as they are written."""
    function = node if not isinstance(node, ast.Lambda) else _as_function(node)
    only = {entry.arg for entry in node.args.posonlyargs}
    found = []
    for entry in parameters(function):
        if entry.stars:
            continue
        passing = Passing.POSITION if entry.name in only else Passing.EITHER
        found.append(
            ParameterFacts(
                entry.name,
                Passing.NAME if entry.keyword_only else passing,
                entry.default is None,
                shown,
                node_span(module.source, entry.node),
                entry.annotation,
                entry.keyword_only,
            )
        )
    span = node_span(module.source, node) if isinstance(node, ast.Lambda) else name_span(module.source, node)
    many, named = node.args.vararg is not None, node.args.kwarg is not None
    return SignatureFacts(shown, span, tuple(found), many, named, outside=outside(module))


def outside(module: ModuleFacts) -> frozenset[str]:
    """The installed package that a module belongs to, empty for the project's own."""
    parts = module.path.parts
    for place in ("site-packages", "dist-packages"):
        if place in parts:
            return frozenset((parts[parts.index(place) + 1].removesuffix(".py"),))
    return frozenset()


def _as_function(node: ast.Lambda) -> ast.FunctionDef:
    made = ast.FunctionDef("<lambda>", node.args, [ast.Return(node.body)], [], None)
    return ast.copy_location(made, node)
