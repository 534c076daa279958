"""Values in, whether a condition on them holds out: decided anew on each way where only the run knows."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Hashable
from typing import Any

from trainlint.parse.python.launching.frame import Frame
from trainlint.parse.python.launching.values import (
    Items,
    Library,
    NotKnownError,
    Opaque,
    Plain,
    Rest,
    Table,
    Value,
    python_of,
    value_of,
)
from trainlint.parse.shell.state import Text
from trainlint.record import record

_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_NEGATED: dict[type[ast.cmpop], ast.cmpop] = {
    ast.NotEq: ast.Eq(),
    ast.NotIn: ast.In(),
    ast.IsNot: ast.Is(),
}


def truth(value: Value, node: ast.AST, frame: Frame) -> bool:
    """Whether a value counts as true."""
    value = frame.run.resolved(value)
    if isinstance(value, Plain):
        return bool(value.constant)
    if isinstance(value, Text):
        if any(isinstance(part, str) and part for part in value.parts):
            return True
        return value.known is None and _Site(node, frame).decide(("truth", identity(value)), value)
    if isinstance(value, Items):
        if any(not isinstance(element, Rest) for element in value.elements):
            return True
        key = ("truth", frame.run.number(value), len(value.elements))
        return bool(value.elements) and _Site(node, frame).decide(key, value)
    if isinstance(value, Table):
        if value.entries or value.open is None:
            return bool(value.entries)
        return _Site(node, frame).decide(("truth", frame.run.number(value)), value)
    if isinstance(value, Opaque | Library):
        return _Site(node, frame).decide(("truth", identity(value)), value)
    return True


def compared(left: Value, operator_: ast.cmpop, right: Value, node: ast.AST, frame: Frame) -> bool:
    """Whether a comparison holds."""
    left, right = frame.run.resolved(left), frame.run.resolved(right)
    negated = _NEGATED.get(type(operator_))
    if negated is not None:
        return not compared(left, negated, right, node, frame)
    if isinstance(operator_, ast.Is):
        return _is(left, right, _Site(node, frame))
    if isinstance(operator_, ast.In):
        return _in(left, right, _Site(node, frame))
    try:
        return bool(_ORDER[type(operator_)](python_of(left), python_of(right)))
    except (NotKnownError, TypeError):
        pass
    if isinstance(operator_, ast.Eq):
        return _equal(left, right, _Site(node, frame))
    return _ordered(left, operator_, right, _Site(node, frame))


def identity(value: Value) -> Hashable:
    """What makes two values the same on one way through the program."""
    if isinstance(value, Opaque):
        return ("unknown", value.key)
    if isinstance(value, Text):
        return ("text", value.parts)
    if isinstance(value, Library):
        return ("library", value.name)
    try:
        made = python_of(value)
        hash(made)
    except (NotKnownError, TypeError):
        return ("object", id(value))
    return ("constant", type(made).__name__, made)


@record
class _Site:
    """A condition of the program, decided in a frame."""

    node: ast.AST
    frame: Frame

    def decide(self, key: Hashable, value: Value) -> bool:
        """Whether what only the run knows holds on this way."""
        return self.frame.run.decide(key, isinstance(value, Opaque) and value.free, self.node)


def _is(left: Value, right: Value, site: _Site) -> bool:
    if isinstance(left, Plain) and isinstance(right, Plain):
        return left.constant is right.constant or (
            left.constant == right.constant and type(left.constant) is type(right.constant)
        )
    if isinstance(right, Plain) and isinstance(left, Opaque):
        if site.frame.run.route.decided(("truth", identity(left))) == 0 and not right.constant:
            return False
        return _bound(left, right, site)
    if isinstance(left, Opaque) or isinstance(right, Opaque):
        return site.decide(("is", identity(left), identity(right)), left)
    return left is right


def _in(left: Value, right: Value, site: _Site) -> bool:
    try:
        if isinstance(right, Table):
            made = python_of(left)
            if made in right.entries or right.open is None:
                return made in right.entries
        elif isinstance(left, Text) and isinstance(right, Text):
            known = str(python_of(left))
            if any(isinstance(part, str) and known in part for part in right.parts):
                return True
            if right.known is not None:
                return known in right.known
        else:
            return python_of(left) in python_of(right)  # type: ignore[operator]  # the except is the check
    except (NotKnownError, TypeError):
        pass
    if isinstance(right, Table) and right.open is None and not right.entries:
        return False
    inside = identity(right) if not isinstance(right, Table) else ("keys", tuple(right.entries))
    return site.decide(("in", identity(left), inside), left)


def _equal(left: Value, right: Value, site: _Site) -> bool:
    if isinstance(right, Opaque) and not isinstance(left, Opaque):
        left, right = right, left
    if isinstance(left, Text | Plain) and isinstance(right, Text | Plain):
        if type(left) is not type(right) or _cannot_equal(left, right):
            return False
        return site.decide(("==", identity(left), identity(right)), left)
    if isinstance(left, Opaque) and isinstance(right, Plain | Text):
        try:
            python_of(right)
        except NotKnownError:
            return site.decide(("==", identity(left), identity(right)), left)
        return _bound(left, right, site)
    return site.decide(("==", identity(left), identity(right)), left)


def _cannot_equal(left: Value, right: Value) -> bool:
    """Whether two texts, of which one is known, differ in what is known of the other's ends."""
    if not (isinstance(left, Text) and isinstance(right, Text)):
        return False
    known, other = (left.known, right) if left.known is not None else (right.known, left)
    if known is None:
        return False
    first, last = other.parts[0], other.parts[-1]
    starts = not isinstance(first, str) or known.startswith(first)
    ends = not isinstance(last, str) or known.endswith(last)
    return not (starts and ends)


def _bound(left: Opaque, right: Value, site: _Site) -> bool:
    """Whether an unknown value is this one; from then on it is known to be."""
    constant = python_of(right)
    key = ("==", identity(left), identity(right))
    known = site.frame.run.route.decided(key)
    facts = site.frame.run.compared.get(left.key, ())
    if known is None and any(not _fits(constant, *fact) for fact in facts):
        site.frame.run.route.settle(key, 1)
        return False
    if site.frame.run.route.decided(("truth", identity(left))) == (1 if constant else 0):
        return False
    outcome = site.decide(key, left)
    if outcome:
        site.frame.run.bound[left.key] = value_of(constant, right.span) or right
    return outcome


def _ordered(left: Value, operator_: ast.cmpop, right: Value, site: _Site) -> bool:
    key = (type(operator_).__name__, identity(left), identity(right))
    outcome = site.decide(key, left if isinstance(left, Opaque) else right)
    if isinstance(left, Opaque) and isinstance(right, Plain):
        site.frame.run.compared.setdefault(left.key, []).append((operator_, right.constant, outcome))
    return outcome


def _fits(constant: object, operator_: ast.cmpop, bound: object, outcome: bool) -> bool:
    """Whether a value agrees with a comparison that was decided before."""
    try:
        return bool(_ORDER[type(operator_)](constant, bound)) is outcome
    except TypeError:
        return True
