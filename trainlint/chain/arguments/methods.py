"""A method of a parser and what it is called with in, the change to the parser or the parse out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace

from trainlint.chain.arguments.builder import CommandsBuilder, Draft, ExclusiveDraft, ParserBuilder
from trainlint.chain.arguments.definitions import given_of
from trainlint.chain.arguments.items import items_of
from trainlint.chain.arguments.machine import Machine
from trainlint.chain.arguments.site import Site
from trainlint.chain.arguments.values import (
    Added,
    Argv,
    Commands,
    Constant,
    Group,
    Groups,
    Headed,
    Items,
    Library,
    Method,
    Parsed,
    Parser,
    Rest,
    Value,
)
from trainlint.facts.arguments import Argument, ArgumentAction, ParserKind
from trainlint.facts.value import Unknown
from trainlint.parse.python.arguments.definition import define
from trainlint.source import Span

#: Whether a method leaves what it does not know, and whether positionals may stand anywhere.
PARSES = {
    "parse_args": (False, False),
    "parse_known_args": (True, False),
    "parse_intermixed_args": (False, True),
    "parse_known_intermixed_args": (True, True),
}
#: Methods and attributes of a parser that say nothing of what it accepts.
_HARMLESS = frozenset(
    [
        "print_help",
        "print_usage",
        "format_help",
        "format_usage",
        "set_defaults",
        "get_default",
        "error",
        "exit",
        "prog",
        "usage",
        "description",
        "epilog",
        "formatter_class",
        "add_help",
        "argument_default",
        "exit_on_error",
        "register",
        "_defaults",
        "_print_message",
        "_get_formatter",
        "__class__",
        "__name__",
        "title",
    ]
)
_PREFIXES = "-"


@dataclass
class ParserMethods:
    """What parsers, groups and subcommands do."""

    machine: Machine

    def make(self, site: Site, kind: ParserKind = ParserKind.ARGPARSE) -> ParserBuilder:
        """`ArgumentParser(...)`."""
        builder = ParserBuilder(site.span, kind)
        self.machine.parsers.append(builder)
        self.start(builder, site)
        return builder

    def start(self, builder: ParserBuilder, site: Site) -> None:
        """What `ArgumentParser.__init__` does with its arguments."""
        builder.open = builder.open or site.hidden
        prefixes = site.constant("prefix_chars", 7, _PREFIXES if not site.has("prefix_chars", 7) else None)
        builder.prefix_chars = prefixes if isinstance(prefixes, str) else _PREFIXES
        from_file = site.constant("fromfile_prefix_chars", 8)
        builder.from_file = from_file if isinstance(from_file, str) else ""
        abbreviates = site.constant("allow_abbrev", 12, None if site.has("allow_abbrev", 12) else True)
        builder.abbreviates = bool(abbreviates) if abbreviates is not None else None
        if site.has("prefix_chars", 7) and not isinstance(prefixes, str):
            builder.opaque = Unknown("the characters that begin its options are computed", site.span)
        if site.has("argument_default") and site.constant("argument_default", default=False) is not None:
            builder.suppresses = site.given("argument_default") == Library("argparse.SUPPRESS")
            builder.unstated = Unknown("what its parser has in place of a default is computed", site.span)
        if site.constant("add_help", 11, True):
            dash = "-" if "-" in builder.prefix_chars else builder.prefix_chars[0]
            names = (f"{dash}h", f"{dash * 2}help")
            builder.add(Argument(names, "help", site.span, "/".join(names), ArgumentAction.HELP, nargs=0))
        self._parents(builder, site)

    def _parents(self, builder: ParserBuilder, site: Site) -> None:
        if not site.has("parents", 5):
            return
        parents = items_of(site.given("parents", 5))
        for parent in parents if parents is not None else (None,):
            if isinstance(parent, Parser):
                builder.inherit(parent.builder)
            else:
                builder.open = Unknown("it has parents that could not be followed", site.span)

    def attribute(self, owner: Parser, name: str, span: Span) -> Value | None:
        """An attribute of a parser that is no class of the project."""
        if name in ("_action_groups", "_optionals", "_positionals"):
            return Groups(owner.builder) if name == "_action_groups" else Group(owner.builder)
        known = name in PARSES or name in _METHODS or name in _HARMLESS
        if not known and name not in _FOREIGN:
            reason = f"`.{name}` of the parser is used, which may change what it accepts"
            owner.builder.opaque = owner.builder.opaque or Unknown(reason, span)
        return Method(owner, name)

    def set_attribute(self, owner: Parser, name: str, value: Value | None, span: Span) -> None:
        """`parser.name = value`."""
        if name in ("prefix_chars", "allow_abbrev", "conflict_handler", "error", *PARSES, *_METHODS):
            owner.builder.opaque = Unknown(f"`.{name}` of the parser is set", span)
        elif name == "fromfile_prefix_chars":
            owner.builder.from_file = str(value.value or "") if isinstance(value, Constant) else "@"

    def change(self, draft: Draft, name: str, value: Value | None, span: Span) -> None:
        """`action.required = True` and the like, after the definition."""
        if name == "required" and isinstance(value, Constant) and self.machine.certain:
            draft.argument = replace(draft.argument, required=bool(value.value))
            return
        reason = Unknown(f"its `{name}` is changed after it was defined", span)
        draft.argument = replace(draft.argument, required=None, nargs=reason, choices=None, unknown=reason)

    def lose(self, builder: ParserBuilder, span: Span) -> None:
        """A parser is put where it cannot be followed."""
        builder.open = builder.open or Unknown("it is kept where it cannot be followed", span)

    def call(self, method: Method, site: Site) -> Value | None:
        """Call a method."""
        owner, name = method.owner, method.name
        if isinstance(owner, Commands):
            return self._command(owner.builder, site) if name == "add_parser" else None
        if isinstance(owner, Groups):
            return Group(owner.builder) if name in ("pop", "__getitem__") else None
        if name in PARSES and isinstance(owner, Parser):
            return self.parse(owner, site, *PARSES[name])
        action = _METHODS.get(name)
        return action(self, owner, site) if action is not None else None

    def _add_argument(self, owner: Parser | Group, site: Site) -> Value | None:
        builder = owner.builder
        names = [value.value for value in site.positional if isinstance(value, Constant)]
        texts = [name for name in names if isinstance(name, str)]
        if len(texts) < len(site.positional) or (site.hidden is not None and not texts):
            reason = f"`{ast.unparse(site.node.args[0]) if site.node.args else '**'}` names an argument"
            builder.open = Unknown(f"{reason} that is only known at run time", site.span)
            return None
        given = {name: given_of(value, name, site) for name, value in site.named.items()}
        if site.hidden is not None:
            given["**"] = site.hidden
        argument = define(texts, given, site.span, builder.prefix_chars)
        if argument is None:
            return None
        group = owner.exclusive if isinstance(owner, Group) else None
        return Added(builder.add(replace(argument, certain=self.machine.certain), group))

    def _group(self, owner: Parser | Group, site: Site) -> Value | None:
        return Group(owner.builder, owner.exclusive if isinstance(owner, Group) else None)

    def _exclusive(self, owner: Parser | Group, site: Site) -> Value | None:
        required = site.constant("required", 0, None if site.has("required", 0) else False)
        draft = ExclusiveDraft(None if required is None else bool(required), self.machine.certain)
        owner.builder.exclusive.append(draft)
        return Group(owner.builder, draft)

    def _set_defaults(self, owner: Parser | Group, site: Site) -> Value | None:
        """Defaults that take the place of those of the definitions."""
        for draft in owner.builder.drafts:
            if site.hidden is not None or draft.argument.dest in site.named:
                draft.argument = replace(draft.argument, default=None, initial=None)
        return None

    def _subparsers(self, owner: Parser | Group, site: Site) -> Value | None:
        builder = owner.builder
        dest, metavar = site.constant("dest"), site.constant("metavar")
        required = site.constant("required", None, None if site.has("required") else False)
        place = sum(not draft.argument.is_option for draft in builder.drafts)
        made = CommandsBuilder(
            site.span,
            dest if isinstance(dest, str) else None,
            metavar if isinstance(metavar, str) else None,
            None if required is None else bool(required),
            self.machine.certain,
            place,
        )
        builder.commands = made
        return Commands(made)

    def _command(self, commands: CommandsBuilder, site: Site) -> Value | None:
        """`add_parser(name, aliases=[…])`."""
        builder = self.make(site)
        name = site.constant("name", 0)
        aliases = items_of(site.given("aliases")) if site.has("aliases") else ()
        if not isinstance(name, str) or aliases is None or not all(isinstance(a, Constant) for a in aliases):
            commands.open = Unknown("a command's name is only known at run time", site.span)
        if isinstance(name, str):
            commands.names[name] = builder
        for alias in aliases or ():
            if isinstance(alias, Constant):
                commands.names[str(alias.value)] = builder
        return Parser(builder)

    def parse(self, owner: Parser, site: Site, keeps: bool, intermixed: bool) -> Value | None:
        """A parse: of the command line, of what another parse left, or of a list of its own."""
        source = self._source(site)
        trouble = owner.builder.trouble
        use: int | None = None
        if source is None:
            self.machine.doubt("what is parsed is only known at run time", site.span)
        elif isinstance(source, (Argv, Rest)) and trouble is not None:
            self.machine.unverified.append(trouble)
        elif isinstance(source, (Argv, Rest)):
            facts = replace(owner.builder.facts(), keeps_unknown=keeps, intermixed=intermixed)
            skip = source.skip - 1 if isinstance(source, Argv) else 0
            use = self.machine.use(facts, site.span, skip, source.use if isinstance(source, Rest) else None)
        if not keeps:
            return Parsed()
        return Items((Parsed(), Rest(use) if use is not None else None))

    def _source(self, site: Site) -> Value | None:
        """What is parsed, None when that is not known."""
        given = site.given("args", 0)
        if not site.has("args", 0) or (isinstance(given, Constant) and given.value is None):
            if site.hidden is not None:
                return None
            given = self.machine.argv
            if isinstance(given, Headed):
                return given.rest
            return Argv(given.skip + 1) if isinstance(given, Argv) else None
        if isinstance(given, Argv):
            return given if given.skip > 0 else None
        return given if isinstance(given, (Rest, Constant)) else None


_METHODS: dict[str, Callable[[ParserMethods, Parser | Group, Site], Value | None]] = {
    "add_argument": ParserMethods._add_argument,
    "add_argument_group": ParserMethods._group,
    "add_mutually_exclusive_group": ParserMethods._exclusive,
    "add_subparsers": ParserMethods._subparsers,
    "set_defaults": ParserMethods._set_defaults,
}
#: Methods of kinds of parsers that readers of other libraries know.
_FOREIGN = frozenset(("parse_args_into_dataclasses", "parse_dict", "parse_json_file", "parse_yaml_file"))
