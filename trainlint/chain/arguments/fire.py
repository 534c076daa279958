"""A program in, how it reads its command line with fire out."""

from __future__ import annotations

import ast
from dataclasses import replace

from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.sites import CHANGED, Site, changes_argv, not_read, sites
from trainlint.facts.arguments import (
    ANY_NUMBER,
    COMMAND,
    Argument,
    CommandLineFacts,
    CommandLineReading,
    ParserKind,
    ParserUse,
    Subcommands,
)
from trainlint.facts.module import ModuleFacts, dotted_parts
from trainlint.facts.value import Unknown
from trainlint.parse.arguments.fire import by_name
from trainlint.parse.python.arguments.signature import Parameter, parameters
from trainlint.parse.python.calls import argument
from trainlint.parse.python.constants import fold_scalar
from trainlint.parse.python.places import name_span, node_span
from trainlint.parse.python.scope import Function, Scope

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def read_fire(program: Program) -> CommandLineReading | None:
    """The functions that the program hands to fire, None when there are none."""
    found = list(sites(program, lambda name: name in ("fire.Fire", "fire.core.Fire"), "fire"))
    found = [site for site in found if argument(site.call, "command", 1) is None]
    if not found:
        return None
    span = node_span(found[0].module.source, found[0].call)
    if changes_argv(program):
        return not_read(CHANGED, span)
    uses = [
        ParserUse(
            _facts(program, site),
            node_span(site.module.source, site.call),
            certain=len(found) == 1 and not site.conditional,
        )
        for site in found
    ]
    return CommandLineReading(tuple(uses))


def _facts(program: Program, site: Site) -> CommandLineFacts:
    component = argument(site.call, "component", 0)
    span = node_span(site.module.source, site.call)
    if isinstance(component, ast.Dict):
        return _choice(program, site.module, component)
    found = _function(program, site.module, component) if component is not None else None
    if found is not None:
        return _signature(program, *found)
    what = ast.unparse(component) if component is not None else "the whole module"
    reason = Unknown(f"what fire makes of `{what[:60]}` is not read", span)
    return CommandLineFacts(ParserKind.FIRE, span, open=reason)


def _choice(program: Program, module: ModuleFacts, node: ast.Dict) -> CommandLineFacts:
    """`fire.Fire({"train": train, "eval": evaluate})`."""
    span = node_span(module.source, node)
    parsers: list[tuple[str, CommandLineFacts]] = []
    opened: Unknown | None = None
    for key, value in zip(node.keys, node.values, strict=True):
        found = _function(program, module, value)
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str) or found is None:
            opened = Unknown("some functions are not read", span)
        else:
            parsers.append((key.value, _signature(program, *found)))
    commands = Subcommands(None, "COMMAND", True, tuple(parsers), span, opened)
    chosen = Argument((), "COMMAND", span, "COMMAND", nargs=COMMAND, required=True)
    return CommandLineFacts(ParserKind.FIRE, span, positionals=(chosen,), subcommands=commands)


def _function(program: Program, module: ModuleFacts, node: ast.expr) -> tuple[ModuleFacts, Function] | None:
    parts = dotted_parts(node)
    found = program.lookup.definition(module, ".".join(parts)) if parts else None
    if found is None or not isinstance(found[1].node, _FUNCTIONS) or found[1].others:
        return None
    return found[0], found[1].node


def _signature(program: Program, module: ModuleFacts, node: Function) -> CommandLineFacts:
    """What a function accepts."""
    span = name_span(module.source, node)
    given = parameters(node)
    scope = Scope(module, program.lookup)
    options = tuple(_parameter(scope, entry) for entry in given if not entry.stars)
    placed = [
        made
        for entry, made in zip([e for e in given if not e.stars], options, strict=True)
        if not entry.keyword_only
    ]
    many = [
        Argument((), entry.name, span, entry.name, nargs=ANY_NUMBER) for entry in given if entry.stars == 1
    ]
    facts = CommandLineFacts(
        ParserKind.FIRE,
        span,
        options=options,
        positionals=(*placed, *many),
        keeps_unknown=any(entry.stars == 2 for entry in given),
        # what the function gives back may take what it leaves
        borrowed=node.name if _gives_back(node) else None,
    )
    if node.decorator_list:
        reason = Unknown(f"a decorator may change what `{node.name}` takes", span)
        return replace(facts, open=reason)
    return facts


def _parameter(scope: Scope, entry: Parameter) -> Argument:
    span = node_span(scope.module.source, entry.node)
    return by_name(entry.name, span, entry.default is None, fold_scalar(entry.default, scope))


def _gives_back(node: Function) -> bool:
    """Whether the function returns something, whose parts fire would call next."""
    return any(
        (isinstance(child, ast.Return) and child.value is not None and not _is_none(child.value))
        or isinstance(child, (ast.Yield, ast.YieldFrom))
        for child in ast.walk(node)
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
