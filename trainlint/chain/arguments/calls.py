"""A call in, its result out: functions of the project are entered, what libraries do is looked up."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trainlint.chain.arguments import merging
from trainlint.chain.arguments.builder import ParserBuilder
from trainlint.chain.arguments.concern import is_small, text_of
from trainlint.chain.arguments.files import method_of
from trainlint.chain.arguments.frame import Frame
from trainlint.chain.arguments.items import items_of
from trainlint.chain.arguments.library import HARMLESS, PARSERS, add_known, library_value
from trainlint.chain.arguments.machine import Machine
from trainlint.chain.arguments.methods import PARSES, ParserMethods
from trainlint.chain.arguments.names import Namer
from trainlint.chain.arguments.plain import grown, plain_method
from trainlint.chain.arguments.site import Site
from trainlint.chain.arguments.values import (
    Argv,
    Class,
    Closure,
    Constant,
    Group,
    Headed,
    Instance,
    Items,
    Library,
    Made,
    Method,
    Opened,
    Pairs,
    Parser,
    Place,
    Rest,
    Super,
    Value,
)
from trainlint.facts.value import Unknown
from trainlint.parse.python.scope import all_arguments

if TYPE_CHECKING:
    from trainlint.chain.arguments.evaluate import Evaluation

_DEPTH = 30
_ADDS = ("add_argument", "add_argument_group", "add_mutually_exclusive_group", "add_subparsers")
_MUTATIONS = ("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse")
#: Libraries whose parsers have readers of their own.
_READ_ELSEWHERE = frozenset(
    ("transformers", "trl", "jsonargparse", "simple_parsing", "tyro", "draccus", "pyrallis", "absl")
)
_TELLING = (Parser, Group, Closure, Argv, Rest, Headed, Method, Instance, Class)


@dataclass
class Caller:
    """Calls."""

    machine: Machine
    evaluation: Evaluation
    namer: Namer
    active: list[ast.AST] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.methods = ParserMethods(self.machine)

    def call(self, node: ast.Call, frame: Frame) -> Value | None:
        """The result of a call."""
        if isinstance(node.func, ast.Name) and node.func.id == "super" and "super" not in frame.variables:
            return self._super(frame)
        owner: Value | None = None
        if isinstance(node.func, ast.Attribute):
            owner = self.evaluation.value(node.func.value, frame)
            callee = self.evaluation.attribute(owner, node.func.attr, node.func, frame)
        else:
            callee = self.evaluation.value(node.func, frame)
        site = self._site(node, frame)
        if isinstance(node.func, ast.Attribute):
            self.machine.entered.add(node)
            done = self._on_owner(owner, node.func.attr, callee, site)
            if done is not None:
                return done.result
        return self.apply(callee, site)

    def apply(self, callee: Value | None, site: Site) -> Value | None:
        """Call a value."""
        if isinstance(callee, Closure):
            return self.enter(callee, site)
        if isinstance(callee, Class):
            return self.instance(callee, site)
        if isinstance(callee, Method):
            return self.methods.call(callee, site)
        if isinstance(callee, Library):
            return self._library(callee, site)
        if site.parsers or site.functions:
            self._escape(site, ast.unparse(site.node.func))
        return self._same_parser(site)

    def _site(self, node: ast.Call, frame: Frame) -> Site:
        positional: list[Value | None] = []
        named: dict[str, Value | None] = {}
        hidden: Unknown | None = None
        span = self.evaluation.span(node, frame)
        for given in node.args:
            value = self.evaluation.value(given, frame)
            items = items_of(value) if isinstance(given, ast.Starred) else [value]
            positional += items if items is not None else []
            if items is None:
                hidden = Unknown("arguments are passed that are only known at run time", span)
        for word in node.keywords:
            value = self.evaluation.value(word.value, frame)
            if word.arg is not None:
                named[word.arg] = value
            elif isinstance(value, Pairs):
                named |= {str(key): item for key, item in value.pairs.items()}
            else:
                hidden = Unknown("arguments are passed that are only known at run time", span)
        return Site(node, frame, span, tuple(positional), named, hidden)

    def _super(self, frame: Frame) -> Value | None:
        if frame.owner is not None and isinstance(frame.bound, (Parser, Instance)):
            return Super(frame.bound, frame.owner)
        return None

    def _on_owner(self, owner: Value | None, name: str, callee: Value | None, site: Site) -> Done | None:
        """Methods of values that are no objects of the project; None to go on with the callee."""
        if isinstance(owner, (Argv, Headed, Rest)):
            if name in _MUTATIONS and not isinstance(owner, Rest):
                self.machine.argv = None
            return Done(owner if name == "copy" else None)
        if isinstance(owner, Super) and isinstance(owner.bound, Parser) and not isinstance(callee, Closure):
            return Done(self._parser_method(owner.bound, name, site))
        known = merging.method(owner, name, site)
        if known is not None:
            if name != "update":
                return Done(known)
            self._becomes(known, site)
            return Done(None)
        if isinstance(owner, (Place, Opened)):
            return Done(method_of(owner, name, site))
        if isinstance(owner, (Constant, Items, Pairs)):
            return Done(self._plain(owner, name, site))
        if callee is None and name in _ADDS and not isinstance(owner, (Instance, Class)):
            self._unattached(site)
        elsewhere = isinstance(owner, Made) and owner.name.partition(".")[0] in _READ_ELSEWHERE
        if callee is None and name in PARSES and not elsewhere:
            self.machine.doubt("the parser that reads the arguments could not be followed", site.span)
        return None

    def _becomes(self, value: Value, site: Site) -> None:
        """A mapping that another was put into."""
        target = site.node.func.value if isinstance(site.node.func, ast.Attribute) else None
        if isinstance(target, ast.Name):
            site.frame.assign(target, value)

    def _parser_method(self, parser: Parser, name: str, site: Site) -> Value | None:
        """A method of `argparse.ArgumentParser` itself."""
        if name == "__init__":
            self.methods.start(parser.builder, site)
            return None
        method = self.methods.attribute(parser, name, site.span)
        return self.methods.call(method, site) if isinstance(method, Method) else method

    def _plain(self, owner: Constant | Items | Pairs, name: str, site: Site) -> Value | None:
        if name in _MUTATIONS or name in ("update", "setdefault", "add"):
            target = site.node.func.value if isinstance(site.node.func, ast.Attribute) else None
            if isinstance(target, ast.Name):
                site.frame.assign(target, grown(owner, name, site) if self.machine.certain else None)
            self._escape(site, "a list")
            return None
        return plain_method(owner, name, site)

    def _unattached(self, site: Site) -> None:
        """An argument for a parser that is not known may be one for any."""
        for builder in self.machine.parsers:
            if builder.open is None:
                reason = "an argument is added to a parser that could not be followed"
                builder.open = Unknown(reason, site.span)

    def _library(self, callee: Library, site: Site) -> Value | None:
        if callee.name in PARSERS:
            return Parser(self.methods.make(site, PARSERS[callee.name]))
        known = merging.call(callee.name, site) or library_value(callee.name, site, self.methods)
        if known is not None:
            return known
        if callee.name.startswith("argparse.") or callee.name in HARMLESS:
            return None
        if add_known(callee.name, site):
            return self._same_parser(site)
        self._escape(site, callee.name)
        return self._same_parser(site) or Made(callee.name)

    def _escape(self, site: Site, name: str) -> None:
        """Code that is not known gets hold of parsers and functions: it may do anything with them."""
        for given in site.parsers:
            builder = given.builder
            builder.open = builder.open or Unknown(f"`{name}` may add options to it", site.span)
        for function in site.functions:
            if self.machine.concerns(function.module, function.node):
                with self.machine.condition():
                    hidden = Unknown("a library calls it", site.span)
                    self.enter(function, Site(site.node, site.frame, site.span, (), {}, hidden))

    def _same_parser(self, site: Site) -> Value | None:
        """Functions that add options give the parser back."""
        found = [value for value in site.values if isinstance(value, Parser)]
        return found[0] if len(found) == 1 else None

    def instance(self, owner: Class, site: Site) -> Value | None:
        """An object of a class of the project; of a kind of parser, a parser."""
        foreign = self.namer.foreign_bases(owner)
        kind = next((PARSERS[name] for name in foreign if name is not None and name in PARSERS), None)
        made: Parser | Instance
        if kind is not None:
            builder = ParserBuilder(site.span, kind)
            self.machine.parsers.append(builder)
            made = Parser(builder, owner)
            self._judge_error(made, site)
        else:
            made = Instance(owner)
        start = self.namer.attribute(made, "__init__", site.frame)
        if isinstance(start, Closure):
            self.enter(start, site)
        elif isinstance(made, Parser):
            self.methods.start(made.builder, site)
        else:
            made.attributes.update(site.named)
        return made

    def _judge_error(self, parser: Parser, site: Site) -> None:
        """A parser whose own `error` lets the program go on refuses nothing."""
        error = self.namer.attribute(parser, "error", site.frame)
        if not isinstance(error, Closure):
            return
        body = text_of(error.module, error.node).partition(":")[2]
        if not re.search(r"exit|raise|error\(", body):
            parser.builder.opaque = Unknown("its `error` lets the program go on", site.span)

    def enter(self, function: Closure, site: Site) -> Value | None:
        """Run a function of the project, if it can matter."""
        node = function.node
        if len(self.active) > _DEPTH or node in self.active or not self._matters(function, site):
            return None
        frame = Frame(
            function.module,
            self.evaluation,
            self._parameters(function, site),
            function.around,
            node,
            function.owner,
            function.bound,
        )
        self.machine.entered.add(node)
        self.active.append(node)
        try:
            if isinstance(node, ast.Lambda):
                return self.evaluation.value(node.body, frame)
            frame.run_all(node.body)
        finally:
            self.active.pop()
        return _result(frame.returned)

    def _matters(self, function: Closure, site: Site) -> bool:
        given = (*site.values, function.bound)
        if any(isinstance(value, _TELLING) for value in given if not isinstance(value, (Instance, Class))):
            return True
        if isinstance(function.bound, (Parser, Instance)) and self._concerns(function.bound):
            return True
        return is_small(function.node) or self.machine.concerns(function.module, function.node)

    def _concerns(self, bound: Parser | Instance) -> bool:
        if isinstance(bound, Parser):
            return True
        classes = self.namer.lineage(bound.owner)
        return any(self.machine.concerns(entry.module, entry.node) for entry in classes)

    def _parameters(self, function: Closure, site: Site) -> dict[str, Value | None]:
        """Values by parameter name; parameters that are not passed have their defaults."""
        arguments = function.node.args
        names = [entry.arg for entry in (*arguments.posonlyargs, *arguments.args)]
        given: dict[str, Value | None] = dict.fromkeys(entry.arg for entry in all_arguments(function.node))
        if site.hidden is None:
            given |= self._defaults(function, names)
        values = site.positional if function.bound is None else (function.bound, *site.positional)
        given |= dict(zip(names, values, strict=False))
        if arguments.vararg is not None and site.hidden is None:
            given[arguments.vararg.arg] = Items(tuple(values[len(names) :]))
        taken = {entry.arg for entry in all_arguments(function.node)}
        given |= {name: value for name, value in site.named.items() if name in taken}
        if arguments.kwarg is not None and site.hidden is None:
            extra: dict[object, Value | None] = {}
            extra.update((name, value) for name, value in site.named.items() if name not in taken)
            given[arguments.kwarg.arg] = Pairs(extra, site.span)
        return given

    def _defaults(self, function: Closure, names: list[str]) -> dict[str, Value | None]:
        arguments = function.node.args
        frame = Frame(function.module, self.evaluation, dict(function.around or {}))
        behind = names[len(names) - len(arguments.defaults) :]
        pairs = [*zip(behind, arguments.defaults, strict=True)]
        only = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        pairs += [(entry.arg, default) for entry, default in only if default is not None]
        return {name: self.evaluation.value(default, frame) for name, default in pairs}


@dataclass(frozen=True, slots=True)
class Done:
    """A call that is dealt with."""

    result: Value | None


def _result(returned: list[Value | None]) -> Value | None:
    """What a function gives back: the one value that all its returns agree on, or the one parser."""
    if not returned:
        return None
    if all(value == returned[0] for value in returned):
        return returned[0]
    known = [value for value in returned if value is not None]
    same = all(value == known[0] for value in known)
    return known[0] if known and same and not isinstance(known[0], Constant) else None
