"""A program in, how it reads its command line with HfArgumentParser or TrlParser out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from trainlint.chain.arguments.classes import field_reader, is_certain, settled
from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.sites import (
    CHANGED,
    Site,
    changes_argv,
    local_value,
    methods_called,
    not_read,
    sites,
    variable_of,
)
from trainlint.facts.arguments import Argument, CommandLineFacts, CommandLineReading, ParserKind, ParserUse
from trainlint.facts.value import Unknown
from trainlint.parse.python.arguments.fields import FieldReader, FieldSet
from trainlint.parse.python.arguments.hf import hf_parser
from trainlint.parse.python.calls import argument
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import qualified

_KINDS = {"HfArgumentParser": ParserKind.HF, "TrlParser": ParserKind.TRL}
_PACKAGES = ("transformers", "trl")
_PARSES = ("parse_args_into_dataclasses", "parse_args_and_config")
_FILES = {"parse_json_file": (".json",), "parse_yaml_file": (".yaml", ".yml")}
#: Methods that say nothing new of what the parser accepts.
_HARMLESS = frozenset((*_PARSES, *_FILES, "parse_dict", "print_help", "set_defaults", "format_help"))


def read_hf(program: Program) -> CommandLineReading | None:
    """The parsers of dataclasses that the program makes and uses, None when there is none."""
    found = [
        *sites(program, _is_parser, "HfArgumentParser"),
        *sites(program, _is_parser, "TrlParser"),
    ]
    uses: list[ParserUse] = []
    unverified: list[Unknown] = []
    reader = field_reader(program)
    for site in found:
        parses = list(_parses(site))
        if not parses:
            continue
        facts = _parser(program, reader, site)
        for parse in parses:
            span = node_span(site.module.source, parse)
            given = argument(parse, "args", 0)
            if given is not None and not _is_argv(site, given):
                unverified.append(Unknown("the arguments that are parsed are only known at run time", span))
                continue
            keeps = _is_true(argument(parse, "return_remaining_strings", 1))
            lenient = argument(parse, "fail_with_unknown_args", 2)
            named = facts.config_options if lenient is None or _is_true(lenient) else ()
            made = replace(facts, keeps_unknown=keeps, config_options=named)
            uses.append(ParserUse(made, span, certain=len(found) == 1))
    if uses and changes_argv(program):
        return not_read(CHANGED, uses[0].span)
    return CommandLineReading(tuple(uses), tuple(unverified)) if uses or unverified else None


def _is_parser(name: str) -> bool:
    return name.rpartition(".")[2] in _KINDS and name.partition(".")[0] in _PACKAGES


def _parses(site: Site) -> Iterator[ast.Call]:
    """The calls that parse the command line with the parser that a site makes."""
    owner = variable_of(site) or site.call
    for call in methods_called(site.body if site.function is not None else site.module.tree, owner):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _PARSES:
            yield call


def _parser(program: Program, reader: FieldReader, site: Site) -> CommandLineFacts:
    span = node_span(site.module.source, site.call)
    sets, doubt = _classes(program, reader, site)
    kind = _KINDS[qualified(site.module, site.call.func).rpartition(".")[2]]
    facts = hf_parser(sets, span, kind)
    owner = variable_of(site) or site.call
    called = [
        call.func.attr for call in methods_called(site.body, owner) if isinstance(call.func, ast.Attribute)
    ]
    if any(name not in _HARMLESS for name in called):
        doubt = doubt or Unknown("the script adds arguments to the parser", span)
    script = program.script.path
    if program.lookup.files.is_file(script.with_suffix(".args")):
        doubt = doubt or Unknown(f"`{script.stem}.args` holds more arguments", span)
    outside = [fields for fields in sets if not is_certain(program, fields)]
    options = facts.options
    if kind is ParserKind.TRL:
        names = ("--config",)
        options = (Argument(names, "config", span, "--config"), *options)
    return replace(
        facts,
        options=options if outside or doubt else tuple(replace(entry, certain=True) for entry in options),
        open=facts.open or doubt,
        borrowed=sorted(outside[0].outside)[0] if outside else None,
        lone_file=tuple(ending for name in called for ending in _FILES.get(name, ())),
        config_options=("--config",) if kind is ParserKind.TRL else (),
    )


def _classes(
    program: Program, reader: FieldReader, site: Site
) -> tuple[tuple[FieldSet, ...], Unknown | None]:
    """The dataclasses that a parser is made of, and why they may not be all."""
    node = argument(site.call, "dataclass_types", 0)
    if isinstance(node, ast.Name) and (value := local_value(site, node.id)) is not None:
        node = value
    elements = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node] if node is not None else []
    found: list[FieldSet] = []
    doubt = None
    for element in elements:
        fields = reader.named(site.module, element)
        if fields is None:
            reason = f"the fields of `{ast.unparse(element)}` are not known"
            doubt = Unknown(reason, node_span(site.module.source, element))
        else:
            found.append(settled(program, fields))
    if not elements:
        doubt = Unknown(
            "which classes the parser is made of is not known", node_span(site.module.source, site.call)
        )
    return tuple(found), doubt


def _is_argv(site: Site, node: ast.expr) -> bool:
    text = ast.unparse(node)
    return text in ("None", "sys.argv[1:]")


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
