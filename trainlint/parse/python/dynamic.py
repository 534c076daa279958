"""A module's tree in, the reason why its names cannot all be read from the text out."""

from __future__ import annotations

import ast

from trainlint.regex import regex
from trainlint.source import SourceFile

#: Cheap first look: a module without any of these words has nothing dynamic about its names.
_HINT = regex(r"globals\(\)|vars\(\)|locals\(\)|\bexec\(|sys\.modules|modules\[|__path__")


def dynamic_names(source: SourceFile, tree: ast.Module) -> str | None:
    """Why the module may define names that its text does not show, or None."""
    if not _HINT.search(source.text):
        return None
    for child in ast.walk(tree):
        reason = _reason(child)
        if reason is not None:
            return reason
    return None


def bound_in_expression(tree: ast.Module, name: str) -> bool:
    """Whether an expression or a `case` binds a name: the last look before it is called missing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.NamedExpr) and node.target.id == name:
            return True
        if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name == name:
            return True
    return False


def _reason(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call):
        return _call_reason(node)
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        if _is_namespace(node.value):
            return "it writes into its own namespace"
        if ast.unparse(node.value) in ("sys.modules", "modules"):
            return "it replaces entries of `sys.modules`"
    return "it changes its `__path__`" if _changes_path(node) else None


def _call_reason(call: ast.Call) -> str | None:
    function = call.func
    if isinstance(function, ast.Name):
        if function.id == "exec":
            return "it runs `exec`"
        own = (
            function.id == "setattr"
            and bool(call.args)
            and ast.unparse(call.args[0]).startswith("sys.modules")
        )
        return "it sets attributes on itself" if own else None
    if isinstance(function, ast.Attribute) and function.attr in ("update", "setdefault", "__setitem__"):
        return "it writes into its own namespace" if _is_namespace(function.value) else None
    return None


def _changes_path(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "__path__"
    return isinstance(node, ast.Name) and node.id == "__path__" and not isinstance(node.ctx, ast.Load)


def _is_namespace(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("globals", "vars", "locals")
        and not node.args
    )
