"""The text of an expression in, its checked syntax tree out: only what the evaluator knows gets through."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Mapping

from trainlint.record import record

#: The longest expression and the deepest nesting that are read; whoever needs more needs a rule in Python.
MAX_LENGTH = 2000
MAX_NODES = 400

FUNCTIONS = (
    *("abs", "all", "any", "bool", "default", "exists", "float", "glob", "int", "len", "max", "min", "round"),
    *("sorted", "str", "sum"),
)
METHODS = ("endswith", "lower", "removeprefix", "removesuffix", "split", "startswith", "strip", "upper")

_NODES = (
    *(ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store, ast.Attribute, ast.Subscript, ast.Call),
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.IfExp, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.GeneratorExp, ast.ListComp, ast.comprehension),
)
_CONSTANTS = (str, int, float, bool, type(None))


@record
class Expression:
    """An expression that may be evaluated; `text` is as written."""

    text: str
    tree: ast.expr


@record
class ExpressionError:
    """Why a text is no expression that may be evaluated; `offset` is the character where it goes wrong."""

    message: str
    offset: int


Members = Mapping[str, Collection[str] | None]


def parse_expression(
    text: str, names: Collection[str], members: Members | None = None
) -> Expression | ExpressionError:
    """The expression of a text; `names` are those that it may begin with.

    `members` are all that those of them have that are not open.
    """
    if len(text) > MAX_LENGTH:
        return ExpressionError(f"an expression has at most {MAX_LENGTH} characters", 0)
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        column = max(0, (error.offset or 1) - 1)
        return ExpressionError(
            f"no expression: {error.msg}", _offset(text.strip(), error.lineno or 1, column)
        )
    except (ValueError, RecursionError, MemoryError):
        return ExpressionError("no expression that can be read", 0)
    nodes = list(ast.walk(tree))
    if len(nodes) > MAX_NODES:
        return ExpressionError("the expression is too large", 0)
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    known = (*names, *bound)
    found = [(node, _fault(node, known) or _member_fault(node, members or {})) for node in nodes]
    faults = [ExpressionError(fault, _place(text.strip(), node)) for node, fault in found if fault]
    return min(faults, key=lambda fault: fault.offset) if faults else Expression(text.strip(), tree.body)


def _place(text: str, node: ast.AST) -> int:
    """Where a node begins; those without a place come last."""
    if not isinstance(node, ast.expr):
        return len(text)
    return _offset(text, node.lineno, node.col_offset)


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(row) for row in text.splitlines(keepends=True)[: line - 1]) + column


def _fault(node: ast.AST, names: tuple[str, ...]) -> str | None:
    """Why a node may not stand in an expression."""
    if not isinstance(node, _NODES):
        return f"`{type(node).__name__}` is not allowed in an expression"
    if isinstance(node, ast.Constant) and not isinstance(node.value, _CONSTANTS):
        return f"`{node.value!r}` is not allowed in an expression"
    if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
        return f"`.{node.attr}` is not allowed in an expression"
    if isinstance(node, ast.Name) and node.id not in names and node.id not in FUNCTIONS:
        return _no_such("name", node.id, names)
    if isinstance(node, ast.comprehension) and (node.is_async or not isinstance(node.target, ast.Name)):
        return "a comprehension runs over one plain name"
    return _call_fault(node) if isinstance(node, ast.Call) else None


def _no_such(kind: str, name: str, known: Collection[str]) -> str:
    """That a name does not exist, and what was probably meant or what there is."""
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"the nearest is `{near[0]}`" if near else f"there are {', '.join(known)}"
    return f"there is no {kind} `{name}`; {hint}"


def _member_fault(node: ast.AST, members: Members) -> str | None:
    """A member that a name does not have."""
    owner = node.value if isinstance(node, ast.Attribute | ast.Subscript) else None
    known = members.get(owner.id) if isinstance(owner, ast.Name) else None
    if known is None or not isinstance(owner, ast.Name):
        return None
    if isinstance(node, ast.Attribute):
        key: object = node.attr
    else:
        index = node.slice if isinstance(node, ast.Subscript) else None
        key = index.value if isinstance(index, ast.Constant) else None
    if isinstance(key, str) and key not in known:
        return _no_such("member", f"{owner.id}.{key}", [f"{owner.id}.{name}" for name in known])
    return None


def _call_fault(node: ast.Call) -> str | None:
    if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        return "functions take plain arguments only"
    if isinstance(node.func, ast.Name):
        return None if node.func.id in FUNCTIONS else f"there is no function `{node.func.id}`"
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        return None
    return f"there is no such function; the functions are {', '.join(FUNCTIONS)}"
