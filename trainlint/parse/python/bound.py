"""A block of code, a name and a line in, whether the name has a value there whatever way led to it, out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def is_bound(block: Sequence[ast.stmt], name: str, line: int) -> bool:
    """Whether a name has a value where the statement of a line begins; all statements before it ran."""
    bound = False
    for statement in block:
        if statement.lineno > line:
            break
        if line <= (statement.end_lineno or statement.lineno):
            inner = block_at(statement, line)
            return bound or _by_head(statement, name) or (inner is not None and is_bound(inner, name, line))
        bound = (bound or binds(statement, name)) and not _deletes(statement, name)
    return bound


def block_at(statement: ast.stmt, line: int) -> list[ast.stmt] | None:
    """The block of a compound statement that a line stands in; None for its head and for other statements."""
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        return None
    for block in blocks(statement):
        if block and block[0].lineno <= line <= (block[-1].end_lineno or block[-1].lineno):
            return block
    return None


def blocks(statement: ast.stmt) -> Iterable[list[ast.stmt]]:
    """The blocks of a compound statement."""
    for part in ("body", "orelse", "finalbody"):
        yield getattr(statement, part, [])
    for handler in (*getattr(statement, "handlers", []), *getattr(statement, "cases", [])):
        yield handler.body


def binds(statement: ast.stmt, name: str) -> bool:
    """Whether a name has a value behind a statement, whatever way went through it."""
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return statement.value is not None and any(_names(target, name) for target in targets)
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        return statement.name == name
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return any((one.asname or one.name.partition(".")[0]) == name for one in statement.names)
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return _by_head(statement, name) or _block_binds(statement.body, name)
    if isinstance(statement, ast.If):
        sides = [side for side in (statement.body, statement.orelse) if not _leaves(side)]
        return bool(sides) and all(_block_binds(side, name) for side in sides)
    if isinstance(statement, ast.Try):
        ways = [[*statement.body, *statement.orelse], *(handler.body for handler in statement.handlers)]
        going = [way for way in ways if not _leaves(way)]
        return _block_binds(statement.finalbody, name) or (
            bool(going) and all(_block_binds(way, name) for way in going)
        )
    return False


def _block_binds(block: Iterable[ast.stmt], name: str) -> bool:
    bound = False
    for statement in block:
        bound = (bound or binds(statement, name)) and not _deletes(statement, name)
    return bound


def _by_head(statement: ast.stmt, name: str) -> bool:
    """Whether the head of a compound statement gives a name its value inside: `for name in`, `as name`."""
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return any(
            one.optional_vars is not None and _names(one.optional_vars, name) for one in statement.items
        )
    return isinstance(statement, (ast.For, ast.AsyncFor)) and _names(statement.target, name)


def _names(target: ast.expr, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in _targets(target))


def _targets(target: ast.expr) -> Iterable[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _targets(element)
    else:
        yield target.value if isinstance(target, ast.Starred) else target


def _leaves(block: Sequence[ast.stmt]) -> bool:
    """Whether nothing behind a block is reached through it."""
    return bool(block) and isinstance(block[-1], _LEAVING)


def _deletes(statement: ast.stmt, name: str) -> bool:
    """Whether a name may have no value any more behind a statement."""
    return any(
        isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Del)
        for one in ast.walk(statement)
    )
