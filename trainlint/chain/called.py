"""The modules of a project in, the names that live code of theirs calls and the attributes it sets out.

Live is what stands outside functions, in classes or under a decorator, and what live code names.
"""

from __future__ import annotations

import ast

from trainlint.chain.callees import Frame, Project, called_name

_Piece = tuple[ast.stmt, Frame]


def mentioned(project: Project) -> tuple[frozenset[str], frozenset[str]]:
    """The last parts of the names that live code calls, and the attributes that it sets."""
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
    changed: set[str] = set()
    while live:
        statement, frame = live.pop()
        for node in ast.walk(statement):
            live += waiting.pop(_name(node), ())
            if isinstance(node, ast.Call):
                called.add(called_name(node.func, frame).rpartition(".")[2])
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                changed.add(node.attr)
    return frozenset(called), frozenset(changed)


def _name(node: ast.AST) -> str:
    """What a node may name: also a text may be the name of a function."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
