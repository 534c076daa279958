"""A program in, how it reads its command line with typer out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from trainlint.chain.arguments.click import program_modules
from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.sites import CHANGED, Site, calls, changes_argv, not_read
from trainlint.facts.arguments import (
    COMMAND,
    Argument,
    ArgumentAction,
    CommandLineFacts,
    CommandLineReading,
    ParserKind,
    ParserUse,
    Subcommands,
)
from trainlint.facts.module import DefinitionKind, ModuleFacts, dotted_parts
from trainlint.facts.value import Unknown
from trainlint.parse.python.annotations import AnnotationReader
from trainlint.parse.python.arguments.click import ANY, UnreadError, switch
from trainlint.parse.python.arguments.signature import parameters
from trainlint.parse.python.arguments.typer import parameter
from trainlint.parse.python.places import name_span, node_span
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Function, Scope, qualified
from trainlint.record import record

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPLETION = ("--install-completion", "--show-completion")
_DEPTH = 6


@record
class _Decorated:
    """A function that is a command or the callback of an app; `maker` is the decorator."""

    module: ModuleFacts
    node: Function
    maker: ast.Call


def read_typer(program: Program) -> CommandLineReading | None:
    """The typer app or function that the program starts, None when it starts none."""
    if not any("typer" in entry.facts.source.text for entry in program.loaded):
        return None
    reader = _Reader(program)
    found = [(site, facts) for site in calls(program, "") if (facts := reader.started(site)) is not None]
    uses = [
        ParserUse(
            facts,
            node_span(site.module.source, site.call),
            certain=len(found) == 1 and not site.conditional,
        )
        for site, facts in found
    ]
    if uses and changes_argv(program):
        return not_read(CHANGED, uses[0].span)
    return CommandLineReading(tuple(uses)) if uses else None


@dataclass
class _Reader:
    program: Program

    def started(self, site: Site) -> CommandLineFacts | None:
        """What a call of an app, or `typer.run(main)`, accepts."""
        parts = dotted_parts(site.call.func)
        if qualified(site.module, site.call.func) == "typer.run" and site.call.args:
            named = dotted_parts(site.call.args[0])
            found = self.program.lookup.definition(site.module, ".".join(named)) if named else None
            if found is None or not isinstance(found[1].node, _FUNCTIONS):
                return None
            return self._function(found[0], found[1].node, None)
        app = self._app(site.module, ".".join(parts)) if parts and not site.call.args else None
        return self._facts(*app) if app is not None else None

    def _app(self, module: ModuleFacts, dotted: str) -> tuple[ModuleFacts, ast.Call] | None:
        """The `typer.Typer(...)` that a name stands for."""
        head = dotted.partition(".")[0]
        if head not in module.definitions and head not in module.aliases:
            return None
        found = self.program.lookup.definition(module, dotted)
        if found is None or found[1].kind is not DefinitionKind.VARIABLE:
            return None
        value = getattr(found[1].node, "value", None)
        if isinstance(value, ast.Call) and qualified(found[0], value.func) == "typer.Typer":
            return found[0], value
        return None

    def _facts(self, module: ModuleFacts, app: ast.Call, depth: int = 0) -> CommandLineFacts:
        """What an app accepts: one command is taken by itself, more than one by their names."""
        span = node_span(module.source, app)
        commands, callbacks = list(self._of(app, "command")), list(self._of(app, "callback"))
        given = {word.arg: word.value for word in app.keywords}
        empty = CommandLineFacts(ParserKind.TYPER, span, abbreviates=False)
        if depth > _DEPTH or {None, "cls", "callback", "chain", "context_settings"} & given.keys():
            return replace(empty, open=Unknown("the app is made in a way that is not read", span))
        added = list(self._added(app, depth))
        if len(commands) == 1 and not callbacks and not added:
            facts = self._function(commands[0].module, commands[0].node, commands[0].maker)
        else:
            facts = empty
            if callbacks:
                facts = self._function(callbacks[0].module, callbacks[0].node, callbacks[0].maker)
            facts = self._group(facts, commands, added, callbacks, given)
        return _with_completion(facts, given, module, app) if depth == 0 else facts

    def _group(
        self,
        facts: CommandLineFacts,
        commands: list[_Decorated],
        added: list[tuple[str | None, CommandLineFacts]],
        callbacks: list[_Decorated],
        given: dict[str | None, ast.expr],
    ) -> CommandLineFacts:
        parsers = [
            (_name(entry), self._function(entry.module, entry.node, entry.maker)) for entry in commands
        ]
        unnamed = any(name is None for name, _ in added)
        parsers += [(name, inner) for name, inner in added if name is not None]
        alone = [*given, *(word.arg for entry in callbacks for word in entry.maker.keywords)]
        required = None if "invoke_without_command" in alone else True
        opened = Unknown("a part of the app has no name that is read", facts.span) if unnamed else None
        help_ = Argument(("--help",), "help", facts.span, "--help", ArgumentAction.HELP, 0)
        chosen = Argument((), "COMMAND", facts.span, "COMMAND", nargs=COMMAND, type=ANY, required=required)
        return replace(
            facts,
            options=facts.options or (help_,),
            subcommands=Subcommands(None, "COMMAND", required, tuple(parsers), facts.span, opened),
            positionals=(*facts.positionals, chosen),
            interspersed=False,
        )

    def _of(self, app: ast.Call, method: str) -> Iterator[_Decorated]:
        """The functions that are decorated with a method of an app, in all modules that are loaded."""
        for module in program_modules(self.program):
            if f".{method}(" not in module.source.text:
                continue
            for node in module.nodes:
                for maker in node.decorator_list if isinstance(node, _FUNCTIONS) else ():
                    if isinstance(maker, ast.Call) and self._is_method(module, maker, app, method):
                        assert isinstance(node, _FUNCTIONS)
                        yield _Decorated(module, node, maker)

    def _is_method(self, module: ModuleFacts, call: ast.Call, app: ast.Call, method: str) -> bool:
        parts = dotted_parts(call.func)
        owner = self._app(module, ".".join(parts[:-1])) if parts[-1:] == [method] and parts[1:] else None
        return owner is not None and owner[1] is app

    def _added(self, app: ast.Call, depth: int) -> Iterator[tuple[str | None, CommandLineFacts]]:
        """`app.add_typer(data, name="data")`."""
        for module in program_modules(self.program):
            for node in module.nodes if "add_typer" in module.source.text else ():
                if not isinstance(node, ast.Call) or not self._is_method(module, node, app, "add_typer"):
                    continue
                inner = self._app(module, ".".join(dotted_parts(node.args[0]))) if node.args else None
                named = next((word.value for word in node.keywords if word.arg == "name"), None)
                known = isinstance(named, ast.Constant) and isinstance(named.value, str)
                name = named.value if known and isinstance(named, ast.Constant) else None
                if inner is not None:
                    yield str(name) if name is not None else None, self._facts(*inner, depth=depth + 1)
                else:
                    yield None, CommandLineFacts(ParserKind.TYPER, node_span(module.source, node))

    def _function(self, module: ModuleFacts, node: Function, maker: ast.Call | None) -> CommandLineFacts:
        """What the parameters of a function accept."""
        span = name_span(module.source, node)
        scope = Scope(module, self.program.lookup)
        reader = AnnotationReader(scope, SchemaReader(self.program.lookup).read)
        facts = CommandLineFacts(ParserKind.TYPER, span, abbreviates=False)
        given = {word.arg for word in maker.keywords} if maker is not None else set()
        if given & {None, "cls", "context_settings"}:
            return replace(facts, open=Unknown(f"the settings of `{node.name}` are not read", span))
        try:
            made = [parameter(entry, reader) for entry in parameters(node)]
        except UnreadError as unread:
            return replace(facts, open=Unknown(f"{unread} of `{node.name}` is not read", span))
        found = [entry for entry in made if entry is not None]
        found.append(switch(("--help",), ArgumentAction.HELP, node, scope))
        return replace(
            facts,
            options=tuple(entry for entry in found if entry.is_option),
            positionals=tuple(entry for entry in found if not entry.is_option),
        )


def _name(command: _Decorated) -> str:
    named = [*command.maker.args, *(word.value for word in command.maker.keywords if word.arg == "name")]
    if named and isinstance(named[0], ast.Constant) and isinstance(named[0].value, str):
        return named[0].value
    return command.node.name.lower().replace("_", "-")


def _with_completion(
    facts: CommandLineFacts, given: dict[str | None, ast.expr], module: ModuleFacts, app: ast.Call
) -> CommandLineFacts:
    """The options with which an app installs the completion of its options in a shell."""
    said = given.get("add_completion")
    if isinstance(said, ast.Constant) and said.value is False:
        return facts
    span = node_span(module.source, app)
    more = tuple(Argument((name,), name, span, name, ArgumentAction.HELP, 0) for name in _COMPLETION)
    return replace(facts, options=(*facts.options, *more))
