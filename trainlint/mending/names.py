"""A value and a place in the candidate in, the expression by which the code there has it out."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from trainlint.facts.comparison import Scope
from trainlint.facts.terms import Sort, Term
from trainlint.parse.python.bound import is_bound
from trainlint.source import Span

_ROOT = re.compile(r"\w+")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: What has names of its own inside a function.
_INNER = (*_FUNCTIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.ClassDef)


def name_of(scopes: Sequence[Scope], level: int, term: Term, place: Span) -> str | None:
    """How the code of a scope has a value at a place: the shortest way; plain numbers as they are."""
    if term.sort is Sort.CONSTANT:
        return repr(term.value) if isinstance(term.value, (int, float)) else None
    known = scopes[level].names.items()
    texts = [text for other, found in known if _undivided(other) is _undivided(term) for text in found]
    texts.sort(key=lambda text: (len(text), text))
    return next((text for text in texts if has_value(scopes, level, text, place)), None)


def _undivided(term: Term) -> Term:
    """A value without the test for several processes around it, which makes no difference to one."""
    return term.operands[1] if term.is_shared else term


def root_of(text: str) -> str:
    """The variable that an expression begins with."""
    found = _ROOT.match(text)
    return found.group() if found else ""


def has_value(scopes: Sequence[Scope], level: int, text: str, place: Span) -> bool:
    """Whether the variable of an expression has a value at a place of a scope."""
    scope, name = scopes[level], root_of(text)
    if not name or place.file != scope.module.display or _is_inside_another(scope.node, place):
        return False
    if isinstance(scope.node, _FUNCTIONS):
        if is_parameter(scope.node, name):
            return not _is_deleted(scope.node, name)
        if is_local(scope, name):
            return is_bound(scope.node.body, name, place.line)
        if not _is_outermost(scope):
            return False
    module, first = scope.module, scopes[0]
    within = first.module is module
    line = (place if scope.node is module.tree else first.place).line if within else _past(module.tree)
    return is_bound(module.tree.body, name, line)


def is_local(scope: Scope, name: str) -> bool:
    """Whether a function gives a variable its value itself."""
    shared = {one for node in ast.walk(scope.node) if isinstance(node, ast.Global) for one in node.names}
    return name not in shared and any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for node in ast.walk(scope.node)
    )


def _past(tree: ast.Module) -> int:
    return 1 + max((one.end_lineno or one.lineno for one in tree.body), default=0)


def is_parameter(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether a name is that of a parameter."""
    given = node.args
    return any(one.arg == name for one in (*given.posonlyargs, *given.args, *given.kwonlyargs))


def _is_deleted(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Del)
        for one in ast.walk(node)
    )


def _is_inside_another(node: ast.AST, place: Span) -> bool:
    """Whether a place stands in something inside the function or module that has variables of its own."""
    return any(
        one is not node
        and isinstance(one, _INNER)
        and (one.lineno, one.col_offset) <= (place.line, place.column - 1)
        and (place.end_line, place.end_column - 1) <= (one.end_lineno or 0, one.end_col_offset or 0)
        for one in ast.walk(node)
    )


def _is_outermost(scope: Scope) -> bool:
    """Whether no other function stands between a function and its module: that would have variables too."""
    return not any(
        isinstance(one, (*_FUNCTIONS, ast.Lambda)) and one is not scope.node and scope.node in ast.walk(one)
        for one in ast.walk(scope.module.tree)
        if isinstance(one, (*_FUNCTIONS, ast.Lambda)) and one.lineno <= getattr(scope.node, "lineno", 0)
    )
