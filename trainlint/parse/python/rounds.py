"""A loop over what is written out in, its rounds out: what each of its names means in each of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from trainlint.parse.python.scope import Scope
from trainlint.record import record

#: More rounds than a person writes out.
_MOST = 256


@record
class Meant:
    """What a name means: an expression with the place that it is written in."""

    node: ast.expr
    scope: Scope


Round = Mapping[str, Meant]


def loops_around(tree: ast.AST, wanted: ast.AST) -> list[ast.For]:
    """The `for` statements around a node, outermost first."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.For) and _holds(node.body, wanted)]
    return sorted(found, key=lambda loop: (loop.lineno, loop.col_offset))


def rounds(loops: list[ast.For], scope: Scope) -> list[Round] | None:
    """All rounds of nested loops; None when what they go over is only known at run time."""
    done: list[Round] = [{}]
    for loop in loops:
        items = None if _is_left_early(loop) else _items(loop.iter, scope)
        if items is None or len(items) * len(done) > _MOST:
            return None
        bound = [_bound(loop.target, item) for item in items]
        if any(found is None for found in bound):
            return None
        done = [{**outer, **inner} for outer in done for inner in bound if inner is not None]
    return done


def _is_left_early(loop: ast.For) -> bool:
    """Whether some rounds may do less than the text says."""
    kinds = (ast.If, ast.Continue, ast.Break, ast.Return, ast.Try)
    return any(isinstance(node, kinds) for statement in loop.body for node in ast.walk(statement))


def _holds(body: list[ast.stmt], wanted: ast.AST) -> bool:
    return any(node is wanted for statement in body for node in ast.walk(statement))


def _items(node: ast.expr, scope: Scope) -> list[Meant] | None:
    """What a loop goes over: a list, a tuple or a mapping that is written out, there or under a name."""
    view = ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        view, node = node.func.attr, node.func.value
    written = _written(node, scope)
    if written is None:
        return None
    if isinstance(written.node, ast.Dict) and view in ("items", "keys", "values", ""):
        return _entries(written.node, view, written.scope)
    if isinstance(written.node, (ast.List, ast.Tuple)) and not view:
        return [Meant(element, written.scope) for element in written.node.elts]
    return None


def _entries(node: ast.Dict, view: str, scope: Scope) -> list[Meant] | None:
    items = []
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            return None
        pair = ast.copy_location(ast.Tuple([key, value], ast.Load()), key)
        items.append(Meant({"items": pair, "values": value}.get(view, key), scope))
    return items


def _written(node: ast.expr, scope: Scope) -> Meant | None:
    """The expression that a name stands for, with the module that it is written in."""
    if isinstance(node, ast.Name) and node.id in scope.locals:
        value = scope.locals[node.id]
        return Meant(value, scope) if value is not None else None
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return Meant(node, scope)
    found = scope.lookup.definition(scope.module, ast.unparse(node))
    value = getattr(found[1].node, "value", None) if found is not None else None
    if found is None or not isinstance(value, ast.expr):
        return None
    return Meant(value, Scope(found[0], scope.lookup))


def _bound(target: ast.expr, item: Meant) -> Round | None:
    if isinstance(target, ast.Name):
        return {target.id: item}
    if not (isinstance(target, ast.Tuple) and isinstance(item.node, (ast.Tuple, ast.List))):
        return None
    if len(target.elts) != len(item.node.elts):
        return None
    parts = list(_parts(target, item.node, item.scope))
    return (
        None
        if any(part is None for part in parts)
        else {k: v for part in parts if part for k, v in part.items()}
    )


def _parts(target: ast.Tuple, item: ast.Tuple | ast.List, scope: Scope) -> Iterator[Round | None]:
    for name, element in zip(target.elts, item.elts, strict=True):
        yield _bound(name, Meant(element, scope))
