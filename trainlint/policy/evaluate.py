"""An expression and what its names stand for in, its value out: Known, or Unknown with the reason."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Protocol

from trainlint.facts.value import Known, Unknown, Value
from trainlint.policy.expression import Expression
from trainlint.record import record
from trainlint.source import Span

#: Steps of one evaluation, the longest text or list that it may build, and the largest exponent.
MAX_STEPS = 20_000
MAX_SIZE = 100_000
MAX_EXPONENT = 1000


class Absent:
    """What a key that does not exist stands for: like None in comparisons, false, without any members."""

    def __bool__(self) -> bool:
        """An absent key is false."""
        return False


ABSENT = Absent()


@record
class Leaf:
    """A value from outside with the place that it comes from; the key is there, the value may be Unknown."""

    value: object
    span: Span


class Members(Protocol):
    """Something with members: a part of the config, the job, the model.

    A list has a `listed` beside them: all of it with its place.
    """

    def member(self, name: object) -> object:
        """The member of this name: a Leaf, Members, an Unknown, or ABSENT."""

    def plain(self) -> object:
        """The whole as plain data where that is possible, else an Unknown."""


@record
class Read:
    """A value that an evaluation looked at, and where it is written."""

    text: str
    value: object
    span: Span


class _UndecidedError(Exception):
    """The value depends on something unknown; carries it."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown


@dataclass
class Evaluation:
    """One evaluation under way: names, steps taken, and the values that were read, in order."""

    names: Mapping[str, object]
    place: Span
    reads: list[Read] = field(default_factory=list)
    steps: int = 0

    def value(self, expression: Expression) -> Value[object]:
        """The value of an expression; Unknown where it depends on something unknown."""
        try:
            return Known(plain(self.of(expression.tree, {})), self.place)
        except _UndecidedError as undecided:
            return undecided.unknown
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            return Unknown(f"`{expression.text}` cannot be computed: {error}", self.place)
        except RecursionError:
            return Unknown(f"`{expression.text}` is nested too deeply", self.place)

    def of(self, node: ast.expr, local: Mapping[str, object]) -> object:
        """The value of a node; raises where it is not known."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise self.undecided("the expression takes too many steps")
        return _HANDLERS[type(node)](self, node, local)

    def undecided(self, reason: str) -> _UndecidedError:
        """What to raise when a value is not known."""
        return _UndecidedError(Unknown(reason, self.place))

    def decided(self, node: ast.expr, local: Mapping[str, object]) -> bool | Unknown:
        """The truth of a node, or why it is not known."""
        try:
            return bool(plain(self.of(node, local)))
        except _UndecidedError as undecided:
            return undecided.unknown

    def passed(self, value: object) -> object:
        """A value that came from outside; an Unknown one ends the evaluation."""
        if isinstance(value, Unknown):
            raise _UndecidedError(value)
        return value


def plain(value: object) -> object:
    """A value as plain data; parts of the config become dictionaries and lists."""
    if isinstance(value, Absent):
        return None
    made = value.plain() if hasattr(value, "plain") else value
    if isinstance(made, Unknown):
        raise _UndecidedError(made)
    return made


def _constant(_run: Evaluation, node: ast.expr, _local: Mapping[str, object]) -> object:
    assert isinstance(node, ast.Constant)
    return node.value


def _name(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, ast.Name)
    return run.passed(local[node.id] if node.id in local else run.names[node.id])


def _attribute(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, ast.Attribute)
    return _member(run, node, run.of(node.value, local), node.attr)


def _subscript(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, ast.Subscript)
    return _member(run, node, run.of(node.value, local), plain(run.of(node.slice, local)))


def _member(run: Evaluation, node: ast.expr, owner: object, name: object) -> object:
    found = run.passed(_looked_up(run, node, owner, name))
    if isinstance(found, Leaf):
        value = run.passed(found.value)
        run.reads.append(Read(_spelled(node, name), value, found.span))
        return value
    listed = getattr(found, "listed", None)
    if isinstance(listed, Leaf):
        run.reads.append(Read(_spelled(node, name), listed.value, listed.span))
    return found


def _looked_up(run: Evaluation, node: ast.expr, owner: object, name: object) -> object:
    """A member as it is: a Leaf whose value may be unknown, Members, an Unknown, or ABSENT."""
    if isinstance(owner, Absent):
        return ABSENT
    if hasattr(owner, "member"):
        found: object = owner.member(name)
        return found
    if isinstance(owner, Mapping):
        return owner.get(name, ABSENT)
    if isinstance(owner, (list, tuple, str)) and isinstance(name, int):
        return owner[name] if -len(owner) <= name < len(owner) else ABSENT
    raise run.undecided(f"`{ast.unparse(node)}` is no member of anything")


def _spelled(node: ast.expr, name: object) -> str:
    """A member as it is written; a computed key is filled in."""
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant):
        return f"{ast.unparse(node.value)}[{name!r}]"
    return ast.unparse(node)


def _bool_op(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    """Kleene's `and` and `or`: one false (true) part decides, whatever the unknown ones are."""
    assert isinstance(node, ast.BoolOp)
    stop = isinstance(node.op, ast.Or)
    unknown: Unknown | None = None
    value: object = not stop
    for part in node.values:
        try:
            value = run.of(part, local)
        except _UndecidedError as undecided:
            unknown = unknown or undecided.unknown
            continue
        if bool(plain(value)) is stop:
            return value
    if unknown is not None:
        raise _UndecidedError(unknown)
    return value


def _unary(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, ast.UnaryOp)
    value = plain(run.of(node.operand, local))
    if isinstance(node.op, ast.Not):
        return not value
    number = _number(value)
    return -number if isinstance(node.op, ast.USub) else number


def _number(value: object) -> int | float:
    if isinstance(value, (int, float)):
        return value
    raise TypeError(f"`{value}` is no number")


_ORDER: dict[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Lt: operator.lt,  # type: ignore[dict-item]  # a TypeError of the operands is caught
    ast.LtE: operator.le,  # type: ignore[dict-item]  # likewise
    ast.Gt: operator.gt,  # type: ignore[dict-item]  # likewise
    ast.GtE: operator.ge,  # type: ignore[dict-item]  # likewise
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda item, container: item in container,  # type: ignore[operator]  # likewise
    ast.NotIn: lambda item, container: item not in container,  # type: ignore[operator]  # likewise
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
}


def _compare(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, ast.Compare)
    left = plain(run.of(node.left, local))
    for sign, part in zip(node.ops, node.comparators, strict=True):
        right = plain(run.of(part, local))
        if isinstance(sign, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) and (left is None or right is None):
            absent = ast.unparse(node.left if left is None else part)
            raise run.undecided(f"`{absent}` has no value to compare")
        if not _ORDER[type(sign)](left, right):
            return False
        left = right
    return True


_ARITHMETIC: dict[type[ast.operator], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def _binary(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, ast.BinOp)
    left, right = plain(run.of(node.left, local)), plain(run.of(node.right, local))
    if left is None or right is None:
        raise run.undecided(f"`{ast.unparse(node.left if left is None else node.right)}` has no value")
    if isinstance(node.op, ast.Mod) and isinstance(left, str):
        raise TypeError("texts are not formatted in expressions")
    if isinstance(node.op, ast.Pow) and abs(_number(right)) > MAX_EXPONENT:
        raise ValueError("the exponent is too large")
    if isinstance(node.op, ast.Mult) and not (_is_number(left) and _is_number(right)):
        raise TypeError("only numbers are multiplied")
    return _bounded(_ARITHMETIC[type(node.op)](left, right))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))


def _bounded(value: object) -> object:
    if isinstance(value, (str, list, tuple)) and len(value) > MAX_SIZE:
        raise ValueError("the result is too large")
    if isinstance(value, int) and value.bit_length() > MAX_SIZE:
        raise ValueError("the result is too large")
    return value


def _choice(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, ast.IfExp)
    return run.of(node.body if plain(run.of(node.test, local)) else node.orelse, local)


def _sequence(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, (ast.List, ast.Tuple, ast.Set))
    return [plain(run.of(element, local)) for element in node.elts]


def _mapping(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, ast.Dict)
    keys = [plain(run.of(key, local)) for key in node.keys if key is not None]
    return dict(zip(keys, (plain(run.of(value, local)) for value in node.values), strict=True))


def _comprehension(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, (ast.GeneratorExp, ast.ListComp))
    return _generated(run, node.elt, node.generators, local)


def _generated(
    run: Evaluation, element: ast.expr, generators: Sequence[ast.comprehension], local: Mapping[str, object]
) -> list[object]:
    if not generators:
        return [plain(run.of(element, local))]
    first, rest = generators[0], generators[1:]
    assert isinstance(first.target, ast.Name)
    items = plain(run.of(first.iter, local))
    if not isinstance(items, (list, tuple, Mapping)):
        raise TypeError(f"`{ast.unparse(first.iter)}` is no list")
    found: list[object] = []
    for item in items:
        inner = {**local, first.target.id: item}
        if all(plain(run.of(condition, inner)) for condition in first.ifs):
            found += _generated(run, element, rest, inner)
    return found


def _call(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    assert isinstance(node, ast.Call)
    if isinstance(node.func, ast.Attribute):
        text = plain(run.of(node.func.value, local))
        if not isinstance(text, str):
            raise TypeError(f"`{ast.unparse(node.func.value)}` is no text")
        return getattr(text, node.func.attr)(*(plain(run.of(part, local)) for part in node.args))
    assert isinstance(node.func, ast.Name)
    if node.func.id in ("exists", "default"):
        return _optional(run, node, local)
    arguments = [plain(run.of(part, local)) for part in node.args]
    return _FUNCTIONS[node.func.id](*arguments)


def _optional(run: Evaluation, node: ast.Call, local: Mapping[str, object]) -> object:
    """`exists(x)`: whether the key is there; `default(x, y)`: its value, else y."""
    assert isinstance(node.func, ast.Name)
    wanted = 1 if node.func.id == "exists" else 2
    if len(node.args) != wanted:
        raise TypeError(f"`{node.func.id}` takes {wanted} arguments")
    if node.func.id == "exists":
        return not isinstance(_found(run, node.args[0], local), Absent)
    value = run.of(node.args[0], local)
    return run.of(node.args[1], local) if isinstance(value, Absent) else value


def _found(run: Evaluation, node: ast.expr, local: Mapping[str, object]) -> object:
    """What an expression leads to; that a key is there can be known where its value is not."""
    if not isinstance(node, ast.Attribute | ast.Subscript):
        return run.of(node, local)
    owner = run.of(node.value, local)
    name = node.attr if isinstance(node, ast.Attribute) else plain(run.of(node.slice, local))
    found = run.passed(_looked_up(run, node, owner, name))
    if isinstance(found, Leaf) and not isinstance(found.value, Unknown):
        run.reads.append(Read(_spelled(node, name), found.value, found.span))
    return found


_FUNCTIONS: dict[str, Callable[..., object]] = {
    "abs": abs,
    "all": all,
    "any": any,
    "bool": bool,
    "float": float,
    "glob": lambda text, pattern: fnmatchcase(str(text), str(pattern)),
    "int": int,
    "len": len,
    "max": max,
    "min": min,
    "round": round,
    "sorted": sorted,
    "str": str,
    "sum": sum,
}
_HANDLERS: dict[type[ast.expr], Callable[[Evaluation, ast.expr, Mapping[str, object]], object]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BinOp: _binary,
    ast.IfExp: _choice,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _mapping,
    ast.GeneratorExp: _comprehension,
    ast.ListComp: _comprehension,
    ast.Call: _call,
}
