"""A script in, the loop over the command line by which it sets its own globals out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.scope import qualified

Loop = ast.For | ast.While
_NAMESPACES = ("globals", "vars", "locals")
_WRITES = ("update", "setdefault", "__setitem__")


def own_loop(script: ModuleFacts) -> tuple[int, Loop] | None:
    """The first loop that gives globals what `sys.argv` says, and which statement of the script runs it."""
    if "argv" not in script.source.text or "()" not in script.source.text:
        return None
    given = frozenset(_names(script))
    functions = dict[str, Loop]()
    for index, statement in enumerate(script.tree.body):
        loop = next((node for node in ast.walk(statement) if _reads_and_sets(script, node, given)), None)
        if isinstance(statement, ast.FunctionDef) and isinstance(loop, Loop):
            functions[statement.name] = loop
        elif isinstance(loop, Loop):
            return index, loop
        called = next((name for name in _called(statement) if name in functions), None)
        if called is not None:
            return index, functions[called]
    return None


def as_code(script: ModuleFacts, index: int, loop: Loop) -> ModuleFacts:
    """The loop as code of its own, behind the imports and the names that it needs."""
    given = frozenset(_names(script))
    needed = [node for node in script.tree.body[:index] if _is_needed(node, given)]
    return replace(script, tree=ast.Module(body=[*needed, loop], type_ignores=[]))


def _is_needed(node: ast.stmt, given: frozenset[str]) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id in given for target in node.targets)
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _names(script: ModuleFacts) -> Iterator[str]:
    """The names that arguments are given to: `words = sys.argv[1:]`."""
    for node in ast.walk(script.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Attribute, ast.Subscript, ast.Name)):
            value = node.value.value if isinstance(node.value, ast.Subscript) else node.value
            if qualified(script, value) == "sys.argv":
                yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _reads_and_sets(script: ModuleFacts, node: ast.AST, given: frozenset[str]) -> bool:
    if not isinstance(node, (ast.For, ast.While)):
        return False
    over = node.iter if isinstance(node, ast.For) else node
    reads = any(
        (isinstance(part, ast.Name) and part.id in given) or qualified(script, part) == "sys.argv"
        for part in ast.walk(over)
    )
    return reads and any(map(_sets, ast.walk(node)))


def _sets(node: ast.AST) -> bool:
    """`globals()[name] = …`, `globals().update(…)`."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        return _is_namespace(node.value)
    written = node.func if isinstance(node, ast.Call) else None
    return isinstance(written, ast.Attribute) and written.attr in _WRITES and _is_namespace(written.value)


def _is_namespace(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) and not node.args else None
    return isinstance(called, ast.Name) and called.id in _NAMESPACES


def _called(statement: ast.stmt) -> Iterator[str]:
    if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node.func.id
