"""A program in, how it reads its command line with jsonargparse's CLI out."""

from __future__ import annotations

import ast
from dataclasses import replace

from trainlint.chain.arguments.classes import field_reader
from trainlint.chain.arguments.dotted import signature
from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.sites import CHANGED, Site, changes_argv, not_read, sites
from trainlint.facts.arguments import CommandLineFacts, CommandLineReading, ParserKind, ParserUse
from trainlint.facts.module import dotted_parts
from trainlint.facts.value import Unknown
from trainlint.parse.python.arguments.fields import FieldReader
from trainlint.parse.python.arguments.jsonargparse import jsonargparse_parser
from trainlint.parse.python.arguments.nested import flat
from trainlint.parse.python.calls import argument
from trainlint.parse.python.places import node_span

_NAMES = frozenset(("jsonargparse.CLI", "jsonargparse.auto_cli", "jsonargparse.cli.CLI"))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Keywords of the call that change nothing of what is accepted.
_HARMLESS = frozenset(("components", "as_positional", "description", "fail_untyped"))


def read_jsonargparse(program: Program) -> CommandLineReading | None:
    """The function that the program hands to jsonargparse, None when there is none."""
    found = list(sites(program, _NAMES.__contains__, "jsonargparse"))
    if not found:
        return None
    span = node_span(found[0].module.source, found[0].call)
    if changes_argv(program):
        return not_read(CHANGED, span)
    reader = field_reader(program)
    uses = tuple(
        ParserUse(
            _facts(program, reader, site),
            node_span(site.module.source, site.call),
            certain=len(found) == 1 and not site.conditional,
        )
        for site in found
    )
    return CommandLineReading(uses)


def _facts(program: Program, reader: FieldReader, site: Site) -> CommandLineFacts:
    span = node_span(site.module.source, site.call)
    node = argument(site.call, "components", 0)
    keywords = {word.arg for word in site.call.keywords}
    parts = dotted_parts(node) if node is not None else []
    found = program.lookup.definition(site.module, ".".join(parts)) if parts else None
    made = None
    if found is not None and isinstance(found[1].node, _FUNCTIONS) and not found[1].node.decorator_list:
        made = signature(program, found[0], found[1].node)
    if made is None or not keywords <= _HARMLESS:
        reason = Unknown("what jsonargparse makes of this is not read", span)
        return CommandLineFacts(ParserKind.JSONARGPARSE, span, open=reason)
    placed = argument(site.call, "as_positional")
    facts = jsonargparse_parser(flat(reader, made), span, positional=placed is None)
    if placed is not None and not isinstance(placed, ast.Constant):
        return replace(facts, open=Unknown("which arguments are positional is not read", span))
    return facts
