"""Calls of an argument parser in, what the launcher's own arguments can be out."""

from __future__ import annotations

from dataclasses import dataclass, field

from trainlint.parse.python.launching.commandline import not_empty, option_values, stays_text
from trainlint.parse.python.launching.values import (
    Call,
    Items,
    Modelled,
    Native,
    Rest,
    Value,
)
from trainlint.parse.shell.state import Text
from trainlint.source import Span


@dataclass
class Option:
    """One argument of a launcher: what it may be, the usual value first."""

    name: str
    values: tuple[Value, ...]
    text: bool


@dataclass
class Parser:
    """A parser, or a group of one, and the parsers of its subcommands."""

    span: Span
    options: dict[str, Option] = field(default_factory=dict)
    defaults: dict[str, Value] = field(default_factory=dict)
    subcommand: str | None = None
    subparsers: list[tuple[str, Span, Parser]] = field(default_factory=list)


def make_parser(call: Call) -> Value:
    """`ArgumentParser(…)`, with the options of its `parents`."""
    parser = Parser(call.span)
    parents = call.argument("parents")
    if isinstance(parents, Items):
        for parent in parents.elements:
            known = _PARSERS.get(id(parent)) if isinstance(parent, Modelled) else None
            if known is not None:
                parser.options.update(known.options)
    return _modelled(parser, call)


#: The parser behind each object; filled while one program is followed.
_PARSERS: dict[int, Parser] = {}


def _modelled(parser: Parser, call: Call) -> Modelled:
    methods = {
        "add_argument": lambda inner: _add_argument(parser, inner),
        "add_argument_group": lambda inner: _modelled(parser, inner),
        "add_mutually_exclusive_group": lambda inner: _modelled(parser, inner),
        "add_subparsers": lambda inner: _add_subparsers(parser, inner),
        "set_defaults": lambda inner: _set_defaults(parser, inner),
        "parse_args": lambda inner: _parse(parser, inner),
        "parse_known_args": lambda inner: _parse_known(parser, inner),
        "parse_intermixed_args": lambda inner: _parse(parser, inner),
    }

    def read(name: str) -> Value | None:
        return Native(methods[name], call.span) if name in methods else None

    made = Modelled(read, lambda: (), call.span)
    call.frame.run.number(made)
    _PARSERS[id(made)] = parser
    return made


def _add_argument(parser: Parser, call: Call) -> Value:
    flags = [value.known for value in call.values if isinstance(value, Text) and value.known is not None]
    destination = call.argument("dest")
    if isinstance(destination, Text) and destination.known is not None:
        name = destination.known
    else:
        long = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else None)
        name = long.lstrip("-").replace("-", "_") if long is not None else ""
    if name:
        values = option_values(name, bool(flags) and flags[0].startswith("-"), call)
        parser.options[name] = Option(name, tuple(values), stays_text(call))
    return call.frame.opaque(call.node, free=True)


def _add_subparsers(parser: Parser, call: Call) -> Value:
    destination = call.argument("dest")
    parser.subcommand = destination.known if isinstance(destination, Text) else None

    def add(inner: Call) -> Value:
        name = inner.argument("name", 0)
        made = Parser(inner.span)
        if isinstance(name, Text) and name.known is not None:
            parser.subparsers.append((name.known, name.span, made))
        return _modelled(made, inner)

    return Modelled(
        lambda name: Native(add, call.span) if name == "add_parser" else None, lambda: (), call.span
    )


def _set_defaults(parser: Parser, call: Call) -> Value:
    parser.defaults.update(call.words)
    return call.frame.none(call.node)


def _parse(parser: Parser, call: Call) -> Value:
    """The namespace; which subcommand is given is decided here."""
    options, defaults = dict(parser.options), dict(parser.defaults)
    fixed: dict[str, Value] = {}
    current = parser
    while current.subparsers:
        key = ("subcommand", call.frame.run.number(current))
        chosen = call.frame.run.route.choose(key, len(current.subparsers), cost=0)
        name, span, inner = current.subparsers[chosen]
        if current.subcommand is not None:
            fixed[current.subcommand] = Text((name,), (span,))
        options |= inner.options
        defaults |= inner.defaults
        current = inner
    route = call.frame.run.route
    made: Modelled

    def read(name: str) -> Value | None:
        if name in fixed:
            return fixed[name]
        if name in options:
            values = options[name].values
            if name in defaults:
                values = (defaults[name], *values[1:])
            value = values[route.choose(("option", name, id(made)), len(values))]
            return not_empty(value, call.frame) if options[name].text else value
        return defaults.get(name)

    made = Modelled(read, lambda: tuple(dict.fromkeys((*fixed, *options, *defaults))), call.span)
    call.frame.run.number(made)
    return made


def _parse_known(parser: Parser, call: Call) -> Value:
    rest = call.frame.opaque(call.node, "holds further arguments of the launcher", free=True)
    others = Items([Rest(rest.unknown)], "list", call.span)
    return Items([_parse(parser, call), others], "tuple", call.span)
