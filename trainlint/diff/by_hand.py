"""Modules in, the loops of their own over the command line out, with the ways that they take."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from trainlint.facts.effects import ByHand, Program
from trainlint.facts.module import ModuleFacts
from trainlint.facts.value import Unknown
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import qualified

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SPLITS = ("partition", "split", "rpartition", "find", "index")


def read_by_hand(modules: Iterable[ModuleFacts]) -> Iterator[ByHand]:
    """Each loop over `sys.argv` that takes options apart."""
    for module in modules:
        if "argv" not in module.source.text:
            continue
        for scope in (module.tree, *(node for node in module.nodes if isinstance(node, _FUNCTIONS))):
            words = _words(module, scope)
            for node in _own(scope):
                if isinstance(node, (ast.For, ast.While)) and _goes_over(module, node, words):
                    yield from _taken(module, node, words)


def not_followed(*programs: Program) -> Iterator[Unknown]:
    """That the options of such code are not known."""
    for program in programs:
        for loop in program.by_hand:
            yield Unknown("which options this loop over the command line takes is not followed", loop.span)


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function itself, and not in one inside it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, _FUNCTIONS):
            yield child
            yield from _own(child)


def _words(module: ModuleFacts, scope: ast.AST) -> frozenset[str]:
    """The variables that hold the words of the command line."""
    return frozenset(
        target.id
        for node in _own(scope)
        if isinstance(node, ast.Assign) and _mentions(module, node.value, frozenset())
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _mentions(module: ModuleFacts, node: ast.AST, words: frozenset[str]) -> bool:
    return any(
        (isinstance(part, (ast.Attribute, ast.Name)) and qualified(module, part) == "sys.argv")
        or (isinstance(part, ast.Name) and part.id in words)
        for part in ast.walk(node)
    )


def _goes_over(module: ModuleFacts, node: ast.For | ast.While, words: frozenset[str]) -> bool:
    return _mentions(module, node.iter if isinstance(node, ast.For) else node.test, words)


def _taken(module: ModuleFacts, loop: ast.For | ast.While, words: frozenset[str]) -> Iterator[ByHand]:
    """The ways that a loop takes options in, with the statement that takes the value."""
    inner = [node for statement in loop.body for node in ast.walk(statement)]
    dashes = any(isinstance(node, ast.Constant) and node.value == "--" for node in inner)
    found: dict[str, ast.AST] = {}
    for node in inner:
        if _is_next(module, node, words):
            found.setdefault("name value", node)
        elif _is_split(node):
            found.setdefault("name=value", node)
    if found:
        ways = tuple(f"--{way}" if dashes else way for way in found)
        yield ByHand(ways, node_span(module.source, next(iter(found.values()))))


def _is_next(module: ModuleFacts, node: ast.AST, words: frozenset[str]) -> bool:
    """`next(words)`, `words[place + 1]`, `words.pop(0)`: the word behind the name."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.BinOp) and _mentions(module, node.value, words)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in ("pop", "popleft") and _mentions(module, node.func.value, words)
    named = isinstance(node.func, ast.Name) and node.func.id == "next"
    return named and bool(node.args) and _mentions(module, node.args[0], words)


def _is_split(node: ast.AST) -> bool:
    """`word.partition("=")`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _SPLITS
        and any(isinstance(given, ast.Constant) and given.value == "=" for given in node.args)
    )
