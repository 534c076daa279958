"""A program in, what its use of argparse reads from the command line out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.chain.arguments.concern import speaks_of_parsers
from trainlint.chain.arguments.evaluate import Evaluation
from trainlint.chain.arguments.machine import Machine, TooMuchError
from trainlint.chain.arguments.methods import PARSES
from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.sites import not_read
from trainlint.facts.arguments import CommandLineReading
from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.module import is_main_guard
from trainlint.parse.python.places import node_span
from trainlint.source import Span


def read_argparse(program: Program) -> CommandLineReading | None:
    """Run the program as far as parsers go; None when it has nothing to do with argparse."""
    concerned = [entry.facts for entry in program.loaded if speaks_of_parsers(entry.facts)]
    if not concerned:
        return None
    machine = Machine(program)
    evaluation = Evaluation(machine)
    try:
        for entry in program.loaded[1:]:
            if not entry.guarded and entry.facts in concerned:
                evaluation.namer.run_module(entry.facts)
        evaluation.namer.run_module(program.script)
    except (TooMuchError, RecursionError):
        if not any(use.certain and not use.parser.keeps_unknown for use in machine.uses):
            machine.doubt("the code that reads the arguments is too much to follow", _start(program.script))
    if not machine.uses and not machine.unverified:
        return _unfound(program, machine, concerned)
    merges = tuple(dict.fromkeys(machine.merges))
    return CommandLineReading(tuple(machine.uses), tuple(dict.fromkeys(machine.unverified)), merges)


def _start(module: ModuleFacts) -> Span:
    return Span.at(module.display)


def _unfound(program: Program, machine: Machine, concerned: list[ModuleFacts]) -> CommandLineReading | None:
    """No parse was met: whether some code that may run holds one all the same."""
    for module in concerned:
        for node, inside in _calls(module, is_script=module is program.script):
            if node not in machine.entered and program.reached.runs(inside):
                reason = "how the script comes to parse its arguments could not be followed"
                return not_read(reason, node_span(module.source, node))
    return None


def _calls(module: ModuleFacts, *, is_script: bool) -> Iterator[tuple[ast.Call, ast.AST | None]]:
    """The calls that parse, each with the function around it."""
    stack: list[tuple[ast.AST, ast.AST | None]] = [(module.tree, None)]
    while stack:
        node, inside = stack.pop()
        if isinstance(node, ast.If) and is_main_guard(node.test) and not is_script:
            continue
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in PARSES:
            yield node, inside
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside = node
        stack += [(child, inside) for child in ast.iter_child_nodes(node)]
