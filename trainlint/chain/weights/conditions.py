"""The code around a load of weights in, which names it takes and whether it changes them out."""

from __future__ import annotations

import ast
from collections.abc import Callable

from trainlint.facts.behaviour import Call

Condition = Callable[[str], "bool | None"]
_MUTATES = frozenset({"pop", "update", "setdefault", "popitem", "clear"})


def condition(tree: ast.AST, items: ast.Call) -> Condition | None:
    """The test of the comprehension that goes through `items`, on the name of a tensor."""
    for node in ast.walk(tree):
        if isinstance(node, ast.DictComp) and len(node.generators) == 1 and node.generators[0].iter is items:
            target, tests = node.generators[0].target, node.generators[0].ifs
            name = target.elts[0] if isinstance(target, ast.Tuple) and target.elts else None
            if isinstance(name, ast.Name):
                return _all(tests, name.id)
    return None


def _all(tests: list[ast.expr], name: str) -> Condition:
    def condition(text: str) -> bool | None:
        answers = [_answer(test, name, text) for test in tests]
        return False if False in answers else None if None in answers else True

    return condition


def _answer(test: ast.expr, name: str, text: str) -> bool | None:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _answer(test.operand, name, text)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        answers = [_answer(part, name, text) for part in test.values]
        decides = isinstance(test.op, ast.Or)
        return decides if decides in answers else None if None in answers else not decides
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(test, name, text)
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and len(test.args) == 1:
        given = _texts(test.args[0])
        if _is(test.func.value, name) and given is not None and test.func.attr in ("startswith", "endswith"):
            return bool(getattr(text, test.func.attr)(given))
    return None


def _compared(test: ast.Compare, name: str, text: str) -> bool | None:
    left, right, operator = test.left, test.comparators[0], test.ops[0]
    if isinstance(operator, (ast.In, ast.NotIn)):
        holds = isinstance(operator, ast.In)
        if _is(right, name) and isinstance(left, ast.Constant) and isinstance(left.value, str):
            return (left.value in text) is holds
        given = _texts(right)
        if _is(left, name) and given is not None and not isinstance(right, ast.Constant):
            return (text in given) is holds
    if isinstance(operator, (ast.Eq, ast.NotEq)) and _is(left, name) and isinstance(right, ast.Constant):
        return (text == right.value) is isinstance(operator, ast.Eq)
    return None


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _texts(node: ast.expr) -> tuple[str, ...] | None:
    """A text, or a tuple, list or set of texts."""
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return tuple(texts) if len(texts) == len(parts) else None


def mutated(call: Call) -> bool:
    """Whether the function around a load changes what it loads: `del state[…]`, `state.pop(…)`."""
    function = _around(call.module.tree, call.node)
    given = call.node.args[0] if call.node.args else next((k.value for k in call.node.keywords), None)
    names = (
        {part.id for part in ast.walk(given) if isinstance(part, ast.Name)} if given is not None else set()
    )
    for _ in range(3):
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and names & _bound(node.targets):
                names |= {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    return any(_changes(node, names) for node in ast.walk(function))


def _around(tree: ast.AST, inner: ast.AST) -> ast.AST:
    """The innermost function that a node stands in, the whole module where it stands in none."""
    found = tree
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and any(
            part is inner for part in ast.walk(node)
        ):
            found = node
    return found


def _bound(targets: list[ast.expr]) -> set[str]:
    return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}


def _changes(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, (ast.Delete, ast.Assign, ast.AugAssign)):
        targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
        return any(isinstance(target, ast.Subscript) and _base(target) in names for target in targets)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATES:
        return _base(node.func.value) in names
    return False


def _base(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
