"""A program in, how it reads its command line with tyro, pyrallis, draccus or simple_parsing out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from trainlint.chain.arguments.classes import field_reader, is_certain, settled
from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.sites import CHANGED, Site, calls, changes_argv, not_read
from trainlint.facts.arguments import CommandLineFacts, CommandLineReading, ParserUse
from trainlint.facts.module import ModuleFacts, dotted_parts
from trainlint.facts.value import Unknown
from trainlint.parse.python.annotations import AnnotationReader
from trainlint.parse.python.arguments.dotted import draccus_parser, pyrallis_parser, tyro_parser
from trainlint.parse.python.arguments.fields import DataField, FieldReader, FieldSet
from trainlint.parse.python.arguments.nested import flat
from trainlint.parse.python.arguments.signature import parameters
from trainlint.parse.python.arguments.simple_parsing import simple_parser
from trainlint.parse.python.calls import argument
from trainlint.parse.python.defaults import field_default
from trainlint.parse.python.places import name_span, node_span
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Function, Scope, qualified
from trainlint.record import record

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PARSERS = {"pyrallis": pyrallis_parser, "draccus": draccus_parser, "simple_parsing": simple_parser}
_HINTS = ("tyro", "pyrallis", "draccus", "simple_parsing")
#: Keywords of `tyro.cli` that change nothing of what is accepted.
_HARMLESS = frozenset(
    ("default", "prog", "description", "args", "return_unknown_args", "f", "console_outputs")
)


@record
class _Start:
    """A call that parses: by which library, which class, and the call that says how."""

    site: Site
    library: str
    module: ModuleFacts
    node: ast.expr | None
    how: ast.Call


def read_dotted(program: Program) -> CommandLineReading | None:
    """The classes that the program parses its command line into, None when there are none."""
    if not any(hint in entry.facts.source.text for entry in program.loaded for hint in _HINTS):
        return None
    found = [start for site in calls(program, "") if (start := _start(program, site)) is not None]
    if not found:
        return None
    uses: list[ParserUse] = []
    unverified: list[Unknown] = []
    reader = field_reader(program)
    for start in found:
        span = node_span(start.site.module.source, start.site.call)
        given = argument(start.how, "args") if start.how is start.site.call else None
        if given is not None and ast.unparse(given) not in ("None", "sys.argv[1:]"):
            unverified.append(Unknown("the arguments that are parsed are only known at run time", span))
            continue
        certain = len(found) == 1 and not start.site.conditional
        uses.append(ParserUse(_facts(program, reader, start), span, certain=certain))
    if changes_argv(program):
        return not_read(CHANGED, node_span(found[0].site.module.source, found[0].site.call))
    return CommandLineReading(tuple(uses), tuple(unverified))


def _start(program: Program, site: Site) -> _Start | None:
    name = qualified(site.module, site.call.func)
    library, _, method = name.partition(".")
    if name == "tyro.cli":
        return _Start(site, "tyro", site.module, argument(site.call, "f", 0), site.call)
    if library in _PARSERS and method == "parse":
        return _Start(site, library, site.module, argument(site.call, "config_class", 0), site.call)
    parts = dotted_parts(site.call.func)
    head = parts[0] if parts else ""
    if site.call.args or (head not in site.module.definitions and head not in site.module.aliases):
        return None
    found = program.lookup.definition(site.module, ".".join(parts))
    if found is None or not isinstance(found[1].node, _FUNCTIONS):
        return None
    return _wrapped(site, found[0], found[1].node)


def _wrapped(site: Site, module: ModuleFacts, node: Function) -> _Start | None:
    """`@draccus.wrap()` over `def main(cfg: Config)`."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        library, _, method = qualified(module, called).partition(".")
        if library in _PARSERS and method in ("wrap", "argparsing.wrap") and isinstance(decorator, ast.Call):
            given = parameters(node)
            return _Start(site, library, module, given[0].annotation if given else None, decorator)
    return None


def _facts(program: Program, reader: FieldReader, start: _Start) -> CommandLineFacts:
    span = node_span(start.module.source, start.how)
    fields = _fields(program, reader, start)
    if fields is None:
        what = ast.unparse(start.node)[:60] if start.node is not None else "what it is given"
        empty = FieldSet("", span, (), Unknown(f"what `{what}` takes is not read", span))
        return _parser(start, empty, reader, False)
    return _parser(start, settled(program, fields), reader, is_certain(program, fields))


def _parser(start: _Start, fields: FieldSet, reader: FieldReader, certain: bool) -> CommandLineFacts:
    span = node_span(start.module.source, start.how)
    keywords = {word.arg for word in start.how.keywords}
    stands_in = (
        "default" in keywords
        if start.library == "tyro"
        else bool(start.how.args[1:] or keywords & {"config_path"})
    )
    if start.library != "tyro" and start.how is not start.site.call:
        stands_in = bool(start.how.args or keywords)
    leaves = flat(reader, fields, given=stands_in)
    if start.library == "tyro":
        facts = tyro_parser(leaves, span)
        if not keywords <= _HARMLESS:
            facts = replace(facts, open=Unknown("`tyro.cli` is configured in a way that is not read", span))
        unknown = argument(start.how, "return_unknown_args")
        facts = replace(facts, keeps_unknown=isinstance(unknown, ast.Constant) and unknown.value is True)
    else:
        facts = _PARSERS[start.library](leaves, span)
        if start.library == "simple_parsing" and not keywords <= {"config_class", "args", "dest"}:
            facts = replace(facts, open=Unknown("`simple_parsing.parse` is configured in some way", span))
    if leaves.outside and not certain:
        facts = replace(facts, borrowed=sorted(leaves.outside)[0])
    return facts


def _fields(program: Program, reader: FieldReader, start: _Start) -> FieldSet | None:
    """The fields of the class, or the parameters of the function, that is named."""
    if start.node is None:
        return None
    found = reader.named(start.module, start.node)
    if found is not None or start.library != "tyro":
        return found
    parts = dotted_parts(start.node)
    named = program.lookup.definition(start.module, ".".join(parts)) if parts else None
    if named is None or not isinstance(named[1].node, _FUNCTIONS) or named[1].node.decorator_list:
        return None
    return signature(program, named[0], named[1].node)


def signature(program: Program, module: ModuleFacts, node: Function) -> FieldSet | None:
    """The parameters of a function as fields, None when one of them has no annotation."""
    entries = list(_parameters(program, module, node))
    if any(entry is None for entry in entries):
        return None
    fields = tuple(entry for entry in entries if entry is not None)
    return FieldSet(node.name, name_span(module.source, node), fields)


def _parameters(program: Program, module: ModuleFacts, node: Function) -> Iterator[DataField | None]:
    lookup = program.lookup
    reader = AnnotationReader(Scope(module, lookup), SchemaReader(lookup).read)
    for given in parameters(node):
        if given.stars or given.annotation is None:
            yield None
            continue
        default = field_default(given.default, reader).value
        span = node_span(module.source, given.node)
        type_ = reader.read(given.annotation)
        yield DataField(given.name, type_, default, span, module=module, annotation=given.annotation)
