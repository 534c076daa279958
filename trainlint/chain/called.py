"""The modules of a project in, the last parts of all names that live code of theirs calls out.

Live is what stands outside functions, in classes or under a decorator, and what live code names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.chain.callees import Frame, Project, called_name

_Piece = tuple[ast.stmt, Frame]


def mentioned_calls(project: Project) -> frozenset[str]:
    """The names that live code calls."""
    frames = {id(frame.module): frame for frame in project.frames.values()}
    live: list[_Piece] = []
    waiting: dict[str, list[_Piece]] = {}
    for frame in frames.values():
        for statement in frame.module.tree.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and not statement.decorator_list:
                waiting.setdefault(statement.name, []).append((statement, frame))
            elif not isinstance(statement, ast.Import | ast.ImportFrom):
                live.append((statement, frame))
    called: set[str] = set()
    while live:
        statement, frame = live.pop()
        for name, is_call in _names(statement, frame):
            live += waiting.pop(name, ())
            if is_call:
                called.add(name)
    return frozenset(called)


def _names(statement: ast.stmt, frame: Frame) -> Iterator[tuple[str, bool]]:
    """Every name in a statement, and those that calls in it mean, which are marked."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            yield node.id, False
        elif isinstance(node, ast.Attribute):
            yield node.attr, False
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value, False
        elif isinstance(node, ast.Call):
            yield called_name(node.func, frame).rpartition(".")[2], True
