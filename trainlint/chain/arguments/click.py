"""A program in, how it reads its command line with click out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.sites import CHANGED, Site, calls, changes_argv, not_read
from trainlint.facts.arguments import (
    ANY_NUMBER,
    COMMAND,
    Argument,
    ArgumentAction,
    CommandLineFacts,
    CommandLineReading,
    ParserKind,
    ParserUse,
    Subcommands,
)
from trainlint.facts.module import ModuleFacts, dotted_parts
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.arguments.click import ANY, UnreadError, option, positional, switch
from trainlint.parse.python.constants import fold
from trainlint.parse.python.places import name_span, node_span
from trainlint.parse.python.scope import Function, Scope, qualified
from trainlint.record import record

_PACKAGES = ("click", "rich_click", "asyncclick")
#: Decorators that change nothing of what is accepted.
_HARMLESS = frozenset(
    ("pass_context", "pass_obj", "wraps", "make_pass_decorator", "rich_config", "no_grad", "record")
)
_SUFFIXES = ("-command", "-cmd", "-group", "-grp")
_DEPTH = 6


@record
class _Command:
    """A function that a decorator makes a command or a group."""

    module: ModuleFacts
    node: Function
    maker: ast.expr
    is_group: bool


def read_click(program: Program) -> CommandLineReading | None:
    """The click command that the program starts, None when it starts none."""
    if not any("click" in entry.facts.source.text for entry in program.loaded):
        return None
    reader = _Reader(program)
    started = [
        (site, command) for site in calls(program, "") if (command := reader.started(site)) is not None
    ]
    uses: list[ParserUse] = []
    for site, command in started:
        span = node_span(site.module.source, site.call)
        if site.call.args or any(word.arg in ("args", None) for word in site.call.keywords):
            continue
        certain = len(started) == 1 and not site.conditional
        uses.append(ParserUse(reader.facts(command), span, certain=certain))
    if uses and changes_argv(program):
        return not_read(CHANGED, uses[0].span)
    return CommandLineReading(tuple(uses)) if uses else None


@dataclass
class _Reader:
    program: Program
    _commands: dict[ast.AST, _Command | None] = field(default_factory=dict)

    def started(self, site: Site) -> _Command | None:
        """The command that a call starts: `main()`, `cli.main()`."""
        parts = dotted_parts(site.call.func)
        if parts and parts[-1] == "main" and len(parts) > 1:
            parts = (self._command_of(site.module, ".".join(parts[:-1])) and parts[:-1]) or parts
        return self._command_of(site.module, ".".join(parts)) if parts else None

    def _command_of(self, module: ModuleFacts, dotted: str) -> _Command | None:
        head = dotted.partition(".")[0]
        if head not in module.definitions and head not in module.aliases:
            return None
        found = self.program.lookup.definition(module, dotted)
        if found is None or not isinstance(found[1].node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        return self._command(found[0], found[1].node)

    def _command(self, module: ModuleFacts, node: Function) -> _Command | None:
        if node not in self._commands:
            self._commands[node] = None
            for decorator in node.decorator_list:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                kind = self._maker(module, called)
                if kind is not None:
                    self._commands[node] = _Command(module, node, decorator, kind == "group")
                    break
        return self._commands[node]

    def _maker(self, module: ModuleFacts, called: ast.expr) -> str | None:
        """Whether a decorator makes a command or a group: `click.command`, `cli.command`."""
        last = dotted_parts(called)[-1:]
        if last not in (["command"], ["group"]):
            return None
        if _is_click(module, called):
            return last[0]
        owner = called.value if isinstance(called, ast.Attribute) else None
        parts = dotted_parts(owner) if owner is not None else []
        return last[0] if parts and self._command_of(module, ".".join(parts)) is not None else None

    def facts(self, command: _Command, depth: int = 0) -> CommandLineFacts:
        """What a command accepts."""
        scope = Scope(command.module, self.program.lookup)
        span = name_span(command.module.source, command.node)
        facts = CommandLineFacts(ParserKind.CLICK, span, abbreviates=False)
        try:
            arguments = list(self._parameters(command, scope))
            facts = _as_set(facts, command.maker, scope)
        except UnreadError as unread:
            reason = f"{unread} of `{command.node.name}` is defined in a way that is not read"
            return replace(facts, open=Unknown(reason, span))
        names = ("--help",)
        arguments.append(switch(names, ArgumentAction.HELP, command.node, scope))
        positionals = [entry for entry in arguments if not entry.is_option]
        options = tuple(entry for entry in arguments if entry.is_option)
        facts = replace(facts, options=options, positionals=(*positionals, *facts.positionals))
        return self._group(facts, command, scope, depth) if command.is_group else facts

    def _parameters(self, command: _Command, scope: Scope) -> Iterator[Argument]:
        for decorator in command.node.decorator_list:
            if decorator is not command.maker:
                yield from self._parameter(decorator, scope)

    def _parameter(self, decorator: ast.expr, scope: Scope) -> Iterator[Argument]:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        last = (dotted_parts(called) or [""])[-1]
        if _is_click(scope.module, called) and isinstance(decorator, ast.Call):
            if last == "option":
                yield option(decorator, scope)
                return
            if last == "argument":
                yield positional(decorator, scope)
                return
            if last in ("version_option", "help_option"):
                action = ArgumentAction.VERSION if last == "version_option" else ArgumentAction.HELP
                yield switch(_names(decorator, scope) or (f"--{last[:-7]}",), action, decorator, scope)
                return
        if last in _HARMLESS:
            return
        yield from self._kept(decorator, scope)

    def _kept(self, decorator: ast.expr, scope: Scope) -> Iterator[Argument]:
        """A decorator that stands in a variable: `verbose = click.option(...)`."""
        parts = dotted_parts(decorator)
        found = self.program.lookup.definition(scope.module, ".".join(parts)) if parts else None
        value = getattr(found[1].node, "value", None) if found is not None else None
        if found is None or not isinstance(value, ast.Call) or found[1].conditional:
            raise UnreadError(f"the decorator `{ast.unparse(decorator)[:40]}`")
        yield from self._parameter(value, Scope(found[0], self.program.lookup))

    def _group(
        self, facts: CommandLineFacts, command: _Command, scope: Scope, depth: int
    ) -> CommandLineFacts:
        made = command.maker.keywords if isinstance(command.maker, ast.Call) else []
        given = {word.arg: word.value for word in made}
        opened = None
        if {"cls", "chain"} & given.keys() or depth > _DEPTH:
            opened = Unknown("the commands are made at run time", facts.span)
        parsers, doubt = self._subcommands(command, depth)
        alone = given.get("invoke_without_command")
        required = None if alone is not None else True
        commands = Subcommands(None, "COMMAND", required, tuple(parsers), facts.span, opened or doubt)
        chosen = Argument((), "COMMAND", facts.span, "COMMAND", nargs=COMMAND, type=ANY, required=required)
        return replace(
            facts, subcommands=commands, positionals=(*facts.positionals, chosen), interspersed=False
        )

    def _subcommands(
        self, group: _Command, depth: int
    ) -> tuple[list[tuple[str, CommandLineFacts]], Unknown | None]:
        """The commands of a group, in all modules that are loaded."""
        found: list[tuple[str, CommandLineFacts]] = []
        doubt: Unknown | None = None
        for entry in program_modules(self.program):
            for node in entry.nodes:
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    command = self._command(entry, node)
                    if command is not None and self._owner(command) is group.node:
                        found += [
                            (name, self.facts(command, depth + 1)) for name in _command_names(command, entry)
                        ]
                elif isinstance(node, ast.Call) and _is_addition(node):
                    added, unread = self._added(entry, node, group, depth)
                    found, doubt = found + added, doubt or unread
        return found, doubt

    def _owner(self, command: _Command) -> Function | None:
        called = command.maker.func if isinstance(command.maker, ast.Call) else command.maker
        parts = dotted_parts(called)[:-1]
        owner = self._command_of(command.module, ".".join(parts)) if parts else None
        return owner.node if owner is not None else None

    def _added(
        self, module: ModuleFacts, call: ast.Call, group: _Command, depth: int
    ) -> tuple[list[tuple[str, CommandLineFacts]], Unknown | None]:
        """`cli.add_command(train, name="run")`."""
        assert isinstance(call.func, ast.Attribute)
        owner = self._command_of(module, ".".join(dotted_parts(call.func.value)))
        if owner is None or owner.node is not group.node or not call.args:
            return [], None
        command = self._command_of(module, ".".join(dotted_parts(call.args[0])))
        if command is None:
            return [], Unknown("a command is added that is not read", node_span(module.source, call))
        scope = Scope(module, self.program.lookup)
        given = [*call.args[1:], *(word.value for word in call.keywords if word.arg == "name")]
        named = fold(given[0], scope) if given else None
        names = [str(named.value)] if isinstance(named, Known) else _command_names(command, command.module)
        return [(name, self.facts(command, depth + 1)) for name in names], None


def program_modules(program: Program) -> list[ModuleFacts]:
    """Each loaded module once."""
    return list({str(entry.facts.path): entry.facts for entry in program.loaded}.values())


def _is_addition(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "add_command"


def _is_click(module: ModuleFacts, called: ast.expr) -> bool:
    return qualified(module, called).partition(".")[0] in _PACKAGES


def _names(call: ast.Call, scope: Scope) -> tuple[str, ...]:
    values = [fold(node, scope) for node in call.args]
    texts = [value.value for value in values if isinstance(value, Known) and isinstance(value.value, str)]
    return tuple(text for text in texts if text.startswith("-"))


def _command_names(command: _Command, module: ModuleFacts) -> list[str]:
    """The name that is given, or that of the function; newer releases leave an ending such as `_cmd` out."""
    maker = command.maker
    if isinstance(maker, ast.Call):
        given = [*maker.args, *(word.value for word in maker.keywords if word.arg == "name")]
        if given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
            return [given[0].value]
    name = command.node.name.lower().replace("_", "-")
    return [name, *(name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix))]


def _as_set(facts: CommandLineFacts, maker: ast.expr, scope: Scope) -> CommandLineFacts:
    """What the settings of a command change."""
    given = {word.arg: word.value for word in maker.keywords} if isinstance(maker, ast.Call) else {}
    if None in given or ("cls" in given and "command" in ast.unparse(maker)):
        raise UnreadError("the class")
    settings = given.get("context_settings")
    if settings is None:
        return facts
    values = _settings(settings, scope)
    if values is None or "token_normalize_func" in values or "default_map" in values:
        raise UnreadError("the context")
    if values.get("ignore_unknown_options"):
        facts = replace(facts, keeps_unknown=True)
    if values.get("allow_extra_args"):
        more = Argument((), "args", facts.span, "ARGS", nargs=ANY_NUMBER, type=ANY)
        facts = replace(facts, positionals=(more,))
    if values.get("allow_interspersed_args") is False:
        facts = replace(facts, interspersed=False)
    if "auto_envvar_prefix" in values:
        raise UnreadError("the environment")
    return facts


def _settings(node: ast.expr, scope: Scope) -> dict[object, object] | None:
    if isinstance(node, ast.Call) and qualified(scope.module, node.func) == "dict":
        folded = {word.arg: fold(word.value, scope) for word in node.keywords}
        return {key: value.value if isinstance(value, Known) else True for key, value in folded.items()}
    value = fold(node, scope)
    if isinstance(value, Known) and isinstance(value.value, dict):
        return value.value
    found = scope.lookup.definition(scope.module, ast.unparse(node)) if isinstance(node, ast.Name) else None
    inner = getattr(found[1].node, "value", None) if found is not None else None
    return _settings(inner, scope) if isinstance(inner, ast.Call) else None
