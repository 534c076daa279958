"""Accumulation steps that the processes do not share in, the fix that shares them out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from trainlint.diagnostic import Fix
from trainlint.facts.comparison import Comparison, Pair, Scope
from trainlint.facts.effects import Effect
from trainlint.facts.terms import Sort, Term
from trainlint.mending.edits import lines_before, lines_behind, statement_around, text_of
from trainlint.mending.names import has_value, is_local, root_of
from trainlint.parse.python.bound import block_at
from trainlint.parse.python.places import node_span
from trainlint.source import Span

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def with_division(comparison: Comparison, pair: Pair, division: Term, *, checked: bool) -> Fix | None:
    """The fix that divides what is taken whole, as soon as both are known; `checked` with an assertion."""
    steps, processes = division.operands
    scopes = comparison.scopes.get(pair.candidate.order, ())
    for level, scope in enumerate(scopes):
        for taken in _taken(scope, steps, pair.candidate):
            for number in scope.names.get(processes, ()):
                behind = _both_known(scopes, level, taken, number, pair.candidate)
                if behind is not None:
                    check = [f"assert {taken} % {number} == 0"] if checked else []
                    return lines_behind(scope.module, behind, [*check, f"{taken} //= {number}"])
    return None


def _taken(scope: Scope, steps: Term, effect: Effect) -> Iterator[str]:
    """How a scope has the accumulation steps; of a plain number only what the loop itself says is known."""
    if steps.sort is not Sort.CONSTANT:
        yield from scope.names.get(steps, ())
        return
    for loop in effect.loops:
        node = loop.node
        inside = any(one is node for one in ast.walk(scope.node)) and loop.turns is steps
        counted = node.iter if inside and isinstance(node, ast.For) else None
        given = counted.args if isinstance(counted, ast.Call) else []
        yield from (one.id for one in given if isinstance(one, ast.Name) and len(given) == 1)


def with_check(comparison: Comparison, place: Span) -> Fix | None:
    """The fix that asserts in front of a division that nothing is left."""
    modules = {module.display: module for module in comparison.candidate.modules}
    module = modules.get(place.file)
    statement = statement_around(module, place) if module is not None else None
    if (
        module is None
        or not isinstance(statement, ast.AugAssign)
        or not isinstance(statement.op, ast.FloorDiv)
    ):
        return None
    taken, number = (
        text_of(module, node_span(module.source, one)) for one in (statement.target, statement.value)
    )
    number = number if isinstance(statement.value, (ast.Name, ast.Attribute, ast.Call)) else f"({number})"
    return lines_before(module, statement, [f"assert {taken} % {number} == 0"])


def _both_known(
    scopes: Sequence[Scope], level: int, taken: str, number: str, effect: Effect
) -> ast.stmt | None:
    """The first statement behind which a scope has both values, if it runs once and may change the first."""
    scope = scopes[level]
    if not _may_change(scopes, level, taken) or _is_repeated(scopes[:level], effect):
        return None
    for statement in _before(scope.node, scope.place.line):
        behind = Span.at(scope.place.file, (statement.end_lineno or statement.lineno) + 1)
        if all(has_value(scopes, level, text, behind) for text in (taken, number)):
            return statement
    return None


def _before(node: ast.AST, line: int) -> Iterator[ast.stmt]:
    """The statements that surely ran once before a line, in order."""
    block: list[ast.stmt] | None = getattr(node, "body", [])
    while block:
        inner = None
        for statement in block:
            if statement.lineno > line:
                break
            if line <= (statement.end_lineno or statement.lineno):
                inner = block_at(statement, line) if not isinstance(statement, _LOOPS) else None
            elif not isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
                yield statement
        block = inner


def _is_repeated(outer: Sequence[Scope], effect: Effect) -> bool:
    """Whether a loop of the code around calls a scope again and again."""
    return any(loop.holds(scope.place) for loop in effect.loops for scope in outer)


def _may_change(scopes: Sequence[Scope], level: int, taken: str) -> bool:
    """Whether code may change a value: a variable of its own, or an attribute of an object that lets it."""
    scope, root = scopes[level], root_of(taken)
    if taken == root:
        return scope.node is scope.module.tree or is_local(scope, root)
    return not any(
        isinstance(node, ast.ClassDef) and _is_frozen(node) and _has_field(node, taken.rpartition(".")[2])
        for one in scopes
        for node in one.module.tree.body
    )


def _is_frozen(node: ast.ClassDef) -> bool:
    named = " ".join(map(ast.unparse, (*node.decorator_list, *node.bases, *node.keywords)))
    return "frozen=True" in named or "NamedTuple" in named


def _has_field(node: ast.ClassDef, name: str) -> bool:
    return any(isinstance(one, ast.AnnAssign) and ast.unparse(one.target) == name for one in node.body)
