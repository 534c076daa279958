"""A program in, the code that sets its globals to what the command line says out."""

from __future__ import annotations

import ast
import os
from dataclasses import replace
from pathlib import Path

from trainlint.chain.arguments.evaluate import Evaluation
from trainlint.chain.arguments.frame import Frame
from trainlint.chain.arguments.machine import Machine, TooMuchError
from trainlint.chain.arguments.override_loop import as_code, own_loop
from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.values import Constant, Value
from trainlint.facts.arguments import CommandLineFacts, CommandLineReading, Overrides, ParserKind, ParserUse
from trainlint.facts.module import ModuleFacts
from trainlint.facts.value import Known, Unknown
from trainlint.facts.value import Value as Fact
from trainlint.parse.python.constants import fold
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import Scope, qualified
from trainlint.source import Span, Unreadable

#: Globals that every module has.
_IMPLICIT = ("__name__", "__file__", "__doc__", "__builtins__", "__spec__", "__loader__", "__package__")


def read_overrides(program: Program) -> CommandLineReading | None:
    """A loop over `sys.argv` that sets globals, the script's own or that of a file whose text it executes."""
    script = program.script
    own = own_loop(script)
    if own is not None:
        return _reading(program, own[0], as_code(script, *own), own[1])
    if "exec(" not in script.source.text:
        return None
    for index, statement in enumerate(script.tree.body):
        code = _executed(statement, program)
        if code is not None and "sys.argv" in code.source.text and "globals()" in code.source.text:
            return _reading(program, index, code, None)
    return None


def _reading(program: Program, index: int, code: ModuleFacts, loop: ast.stmt | None) -> CommandLineReading:
    """The globals that the statements in front have set are the arguments."""
    script = program.script
    span = node_span(script.source, script.tree.body[index])
    overrides = replace(_overrides(program, script.tree.body[:index], code), loop=loop)
    facts = CommandLineFacts(ParserKind.GLOBALS, span, open=overrides.more, overrides=overrides)
    return CommandLineReading((ParserUse(facts, span),))


def _executed(statement: ast.stmt, program: Program) -> ModuleFacts | None:
    """The file of the project whose text a statement executes."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or qualified(program.script, call.func) != "exec" or not call.args:
        return None
    if len(call.args) > 1 or call.keywords:
        return None
    source: ast.expr = call.args[0]
    if isinstance(source, ast.Call) and qualified(program.script, source.func) == "compile" and source.args:
        source = source.args[0]
    if not isinstance(source, ast.Call) or not isinstance(source.func, ast.Attribute):
        return None
    opened = source.func.value
    if source.func.attr not in ("read", "read_text") or not isinstance(opened, ast.Call) or not opened.args:
        return None
    path = fold(opened.args[0], Scope(program.script, program.lookup, directory=program.directory))
    if not isinstance(path, Known) or program.directory is None:
        return None
    place = Path(os.path.normpath(program.directory / str(path.value)))
    module = program.lookup.resolver.library.read(place) if program.lookup.files.is_file(place) else None
    return None if module is None or isinstance(module, Unreadable) or module.problem else module


def _overrides(program: Program, before: list[ast.stmt], code: ModuleFacts) -> Overrides:
    """The globals as they are when the file is executed."""
    script, machine = program.script, Machine(program)
    evaluation = Evaluation(machine)
    frame = evaluation.namer.modules[str(script.path)] = Frame(script, evaluation)
    start = Span.at(script.display)
    more = None
    try:
        frame.run(before)
    except (TooMuchError, RecursionError):
        more = Unknown("the code in front is too much to follow", start)
    names: dict[str, Fact[object]] = {
        name: _fact(value, _place(name, before, script) or start) for name, value in frame.variables.items()
    }
    for imported in script.imports:
        if imported.name == "*":
            more = Unknown(f"`from {imported.module} import *` brings globals", imported.span)
        else:
            names.setdefault(imported.bound, Unknown("it is imported", imported.span))
    names |= {name: Unknown("Python sets it", start) for name in _IMPLICIT if name not in names}
    types = {
        name: kind for name, kind in _branch_types(before).items() if isinstance(names.get(name), Unknown)
    }
    names |= {name: Known(kind(), start) for name, kind in types.items()}
    places = {name: place for name in names if (place := _place(name, before, script)) is not None}
    words = {node.id for node in script.nodes if isinstance(node, ast.Name)}
    return Overrides(code, names, places, frozenset(words), more, frozenset(types))


def _fact(value: Value | None, span: Span) -> Fact[object]:
    return Known(value.value, value.span) if isinstance(value, Constant) else Unknown("it is computed", span)


def _place(name: str, before: list[ast.stmt], script: ModuleFacts) -> Span | None:
    for statement in reversed(before):
        targets = statement.targets if isinstance(statement, ast.Assign) else ()
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node_span(script.source, statement)
    return None


def _branch_types(before: list[ast.stmt]) -> dict[str, type]:
    """Names set to one of two constants of one type: `"bfloat16" if ready else "float16"`."""
    found: dict[str, type] = {}
    for statement in before:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.IfExp):
            sides = [
                side.value
                for side in (statement.value.body, statement.value.orelse)
                if isinstance(side, ast.Constant)
            ]
            target = statement.targets[0]
            if len(sides) == 2 and type(sides[0]) is type(sides[1]) and isinstance(target, ast.Name):
                found[target.id] = type(sides[0])
    return found
