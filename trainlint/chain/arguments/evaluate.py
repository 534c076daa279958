"""An expression in, its value out, with all that evaluating it does to parsers and `sys.argv`."""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trainlint.chain.arguments.arithmetic import arithmetic
from trainlint.chain.arguments.calls import Caller
from trainlint.chain.arguments.files import attribute_of, joined, path_of
from trainlint.chain.arguments.frame import Frame, truth
from trainlint.chain.arguments.items import collected, items_of
from trainlint.chain.arguments.machine import Machine
from trainlint.chain.arguments.merging import merged
from trainlint.chain.arguments.names import Namer
from trainlint.chain.arguments.plain import formatted
from trainlint.chain.arguments.setting import Setter
from trainlint.chain.arguments.values import (
    Argv,
    Class,
    Closure,
    Commands,
    Constant,
    Described,
    Group,
    Groups,
    Headed,
    Instance,
    Items,
    Library,
    Loaded,
    Method,
    OwnModule,
    Pairs,
    Parsed,
    Parser,
    Place,
    Rest,
    Super,
    Value,
)
from trainlint.parse.python.places import node_span
from trainlint.source import Span

_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}
_ALIKE = {ast.Is: True, ast.Eq: True, ast.IsNot: False, ast.NotEq: False}
_EXITS = ("sys.exit", "os._exit", "exit", "quit")


@dataclass
class Evaluation:
    """Evaluates expressions just as far as the command line goes."""

    machine: Machine
    namer: Namer = field(init=False)
    caller: Caller = field(init=False)
    setter: Setter = field(init=False)

    def __post_init__(self) -> None:
        self.namer = Namer(self.machine, self)
        self.caller = Caller(self.machine, self, self.namer)
        self.setter = Setter(self.machine, self, self.namer, self.caller.methods)

    def value(self, node: ast.expr, frame: Frame) -> Value | None:
        """The value of an expression, with all that evaluating it does."""
        reader = _READERS.get(type(node))
        if reader is not None:
            return reader(self, node, frame)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child, frame)
        return None

    def span(self, node: ast.AST, frame: Frame) -> Span:
        """Where a node is written."""
        return node_span(frame.module.source, node)

    def define_class(self, node: ast.ClassDef, frame: Frame) -> Class:
        """The class of a `class` statement, its body run."""
        return self.namer.define_class(frame.module, node)

    def leaves(self, node: ast.expr, frame: Frame) -> bool:
        """Whether an expression ends the program."""
        if not isinstance(node, ast.Call):
            return False
        callee = self.namer.peek(node.func, frame)
        return isinstance(callee, Library) and callee.name in _EXITS

    def changed(self, target: ast.expr, value: Value | None, frame: Frame) -> None:
        """An attribute or item is set; `value` is None for what is not known."""
        self.setter.change(target, value, frame)

    def _constant(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Constant)
        return Constant(node.value, self.span(node, frame))

    def _name(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Name)
        return self.namer.name(node.id, frame)

    def _attribute(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Attribute)
        return self.attribute(self.value(node.value, frame), node.attr, node, frame)

    def attribute(self, owner: Value | None, name: str, node: ast.expr, frame: Frame) -> Value | None:
        """An attribute of a value."""
        if isinstance(owner, Library):
            return (
                self.machine.argv
                if owner.name == "sys" and name == "argv"
                else self.namer.library(owner, name)
            )
        if isinstance(owner, OwnModule):
            return self.namer.member(owner.facts, name)
        if isinstance(owner, Described):
            return owner.attributes.get(name)
        if isinstance(owner, Parsed) and name == "__dict__":
            return owner
        if isinstance(owner, Place):
            return attribute_of(owner, name, self.span(node, frame))
        if isinstance(owner, (Instance, Class, Super)):
            return self.namer.attribute(owner, name, frame)
        if isinstance(owner, Parser):
            return self.namer.attribute(owner, name, frame) or self.caller.methods.attribute(
                owner, name, self.span(node, frame)
            )
        return Method(owner, name) if isinstance(owner, (Group, Groups, Commands)) else None

    def _subscript(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Subscript)
        owner = self.value(node.value, frame)
        if isinstance(node.slice, ast.Slice):
            return self._slice(owner, node.slice, frame)
        key = self.value(node.slice, frame)
        if not isinstance(key, Constant):
            return None
        if isinstance(owner, Pairs):
            return owner.pairs.get(key.value)
        if isinstance(owner, Constant) and isinstance(owner.value, dict):
            return Constant(owner.value[key.value], owner.span) if key.value in owner.value else None
        items = items_of(owner)
        if items is None or not isinstance(key.value, int) or not -len(items) <= key.value < len(items):
            return None
        rest = [item for item in items if isinstance(item, Rest)]
        if rest and not isinstance(items[key.value], Rest):
            self.machine.drop(rest[0].use)
        return items[key.value]

    def _slice(self, owner: Value | None, node: ast.Slice, frame: Frame) -> Value | None:
        """`sys.argv[1:]`: from the start to the end only."""
        start = self.value(node.lower, frame) if node.lower is not None else None
        count = start.value if isinstance(start, Constant) else 0 if node.lower is None else None
        if node.upper is not None or node.step is not None or not isinstance(count, int) or count < 0:
            return None
        if isinstance(owner, Argv):
            return Argv(owner.skip + count)
        if isinstance(owner, Headed):
            return owner.rest if count == 1 else owner if count == 0 else None
        items = items_of(owner)
        return collected(items[count:], self.span(node, frame)) if items is not None else None

    def _call(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Call)
        return self.caller.call(node, frame)

    def _joined(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.JoinedStr)
        text = ""
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            value = self.value(inner, frame)
            plain = not isinstance(part, ast.FormattedValue) or (
                part.format_spec is None and part.conversion == -1
            )
            if not isinstance(value, Constant) or not plain:
                return None
            text += str(value.value)
        return Constant(text, self.span(node, frame))

    def _operation(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.BinOp)
        left, right = self.value(node.left, frame), self.value(node.right, frame)
        if isinstance(node.op, ast.Add):
            return self._sum(left, right, self.span(node, frame))
        if isinstance(node.op, ast.BitOr) and (left is not None or right is not None):
            return merged(self.machine, (left, right), self.span(node, frame))
        if isinstance(left, Place) and isinstance(node.op, ast.Div):
            below = path_of(right)
            return joined(left.path, below) if below is not None else None
        if not isinstance(left, Constant) or not isinstance(right, Constant):
            return None
        if isinstance(node.op, ast.Mod) and isinstance(left.value, str):
            return formatted(left, right)
        number = arithmetic(node.op, left.value, right.value)
        return Constant(number, left.span) if number is not None else None

    def _sum(self, left: Value | None, right: Value | None, span: Span) -> Value | None:
        first, second = items_of(left), items_of(right)
        if isinstance(right, (Argv, Rest)) and first is not None and len(first) == 1:
            return Headed(right)
        if isinstance(left, Constant) and isinstance(right, Constant):
            pair = left.value, right.value
            for kind in (str, list, tuple, int, float):
                if all(isinstance(side, kind) for side in pair):
                    return Constant(operator.add(*pair), span)
        if first is None or second is None or (isinstance(left, Constant) and isinstance(left.value, str)):
            return None
        return Items((*first, *second))

    def _either(self, node: ast.expr, frame: Frame) -> Value | None:
        """`a or b`, `a and b`, as far as the sides are known."""
        assert isinstance(node, ast.BoolOp)
        stops = isinstance(node.op, ast.Or)
        unknown = 0
        value: Value | None = None
        for side in node.values:
            value = self.value(side, frame)
            known = truth(value)
            if known is stops:
                break
            if known is None:
                unknown += 1
                self.machine.conditions += 1
        self.machine.conditions -= unknown
        decided = truth(value) is stops and not stops
        return value if not unknown or decided else None

    def _choice(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.IfExp)
        known = truth(self.value(node.test, frame))
        if known is not None:
            return self.value(node.body if known else node.orelse, frame)
        with self.machine.condition():
            first, second = self.value(node.body, frame), self.value(node.orelse, frame)
        return first if first == second else None

    def _not(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.UnaryOp)
        value = self.value(node.operand, frame)
        if isinstance(node.op, ast.Not):
            known = truth(value)
            return Constant(not known, self.span(node, frame)) if known is not None else None
        if isinstance(node.op, ast.USub) and isinstance(value, Constant):
            number = value.value
            return Constant(-number, value.span) if isinstance(number, (int, float)) else None
        return None

    def _compare(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Compare)
        left, *others = [self.value(side, frame) for side in (node.left, *node.comparators)]
        if len(others) != 1 or left is None or others[0] is None:
            return None
        right, kind = others[0], node.ops[0]
        if isinstance(left, Constant) and isinstance(right, Constant):
            try:
                return Constant(bool(_COMPARED[type(kind)](left.value, right.value)), left.span)
            except TypeError:
                return None
        if isinstance(left, Library) and isinstance(right, Library) and type(kind) in _ALIKE:
            same = _same_type(left.name, right.name)
            return Constant(same is _ALIKE[type(kind)], self.span(node, frame)) if same is not None else None
        none = isinstance(right, Constant) and right.value is None
        if none and isinstance(kind, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)):
            return Constant(isinstance(kind, (ast.IsNot, ast.NotEq)), self.span(node, frame))
        return None

    def _sequence(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, (ast.List, ast.Tuple, ast.Set))
        items: list[Value | None] = []
        for element in node.elts:
            if not isinstance(element, ast.Starred):
                items.append(self.value(element, frame))
                continue
            inner = self.value(element.value, frame)
            if isinstance(inner, (Argv, Rest)) and len(node.elts) == 2 and len(items) == 1:
                return Headed(inner)
            known = items_of(inner)
            if known is None:
                return None
            items += known
        return collected(items, self.span(node, frame), tuple if isinstance(node, ast.Tuple) else list)

    def _mapping(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Dict)
        pairs: dict[object, Value | None] = {}
        values = [self.value(given, frame) for given in node.values]
        spread = [value for key, value in zip(node.keys, values, strict=True) if key is None]
        both = merged(self.machine, spread, self.span(node, frame))
        if both is not None:
            return both
        for key, value in zip(node.keys, values, strict=True):
            folded = self.value(key, frame) if key is not None else None
            if key is None and isinstance(value, Pairs):
                pairs |= value.pairs
            elif key is None and isinstance(value, Constant) and isinstance(value.value, dict):
                pairs |= {name: Constant(item, value.span) for name, item in value.value.items()}
            elif isinstance(folded, Constant) and not isinstance(folded.value, (list, dict, set)):
                pairs[folded.value] = value
            else:
                return None
        return Pairs(pairs, self.span(node, frame))

    def _comprehension(self, node: ast.expr, frame: Frame) -> Value | None:
        """A list that is made of known items; else its parts are evaluated once for what they do."""
        assert isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp))
        before = dict(frame.variables)
        made = self._made(node, frame)
        frame.variables = before
        return made

    def _made(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, frame: Frame
    ) -> Value | None:
        generator = node.generators[0]
        of = self.value(generator.iter, frame)
        if isinstance(node, ast.DictComp) and isinstance(of, (Parsed, Loaded)):
            return of
        items = items_of(of)
        whole = items is not None and len(node.generators) == 1 and not isinstance(node, ast.DictComp)
        found: list[Value | None] = []
        for item in (items if items is not None else [None])[:400]:
            frame.assign(generator.target, item)
            for later in node.generators[1:]:
                self.value(later.iter, frame)
                frame.assign(later.target, None)
            tests = [truth(self.value(test, frame)) for test in generator.ifs]
            if False in tests:
                continue
            whole = whole and None not in tests
            if isinstance(node, ast.DictComp):
                self.value(node.key, frame)
                self.value(node.value, frame)
            else:
                found.append(self.value(node.elt, frame))
        return collected(found, self.span(node, frame)) if whole else None

    def _wrapped(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, (ast.Await, ast.Starred, ast.NamedExpr))
        value = self.value(node.value, frame)
        if isinstance(node, ast.NamedExpr):
            frame.assign(node.target, value)
        return value

    def _lambda(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Lambda)
        return Closure(frame.module, node, {**(frame.around or {}), **frame.variables})


def _same_type(one: str, other: str) -> bool | None:
    """Whether two names mean the same: builtin types are known, what else has two names is not."""
    if one == other:
        return True
    return False if isinstance(getattr(builtins, one, 0), type) and hasattr(builtins, other) else None


_READERS: dict[type[ast.expr], Callable[[Evaluation, ast.expr, Frame], Value | None]] = {
    ast.Constant: Evaluation._constant,
    ast.Name: Evaluation._name,
    ast.Attribute: Evaluation._attribute,
    ast.Subscript: Evaluation._subscript,
    ast.Call: Evaluation._call,
    ast.JoinedStr: Evaluation._joined,
    ast.BinOp: Evaluation._operation,
    ast.BoolOp: Evaluation._either,
    ast.IfExp: Evaluation._choice,
    ast.UnaryOp: Evaluation._not,
    ast.Compare: Evaluation._compare,
    ast.List: Evaluation._sequence,
    ast.Tuple: Evaluation._sequence,
    ast.Set: Evaluation._sequence,
    ast.Dict: Evaluation._mapping,
    ast.ListComp: Evaluation._comprehension,
    ast.SetComp: Evaluation._comprehension,
    ast.GeneratorExp: Evaluation._comprehension,
    ast.DictComp: Evaluation._comprehension,
    ast.Await: Evaluation._wrapped,
    ast.Starred: Evaluation._wrapped,
    ast.NamedExpr: Evaluation._wrapped,
    ast.Lambda: Evaluation._lambda,
}
