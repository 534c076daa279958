"""An expression in, the symbol that stands for its value out."""

from __future__ import annotations

import ast
from collections.abc import Callable

from trainlint.chain.symbolic.assignment import assign, item_of
from trainlint.chain.symbolic.binding import own_defaults
from trainlint.chain.symbolic.command_lines import is_flags
from trainlint.chain.symbolic.comprehensions import comprehension
from trainlint.chain.symbolic.definitions import defined, is_rebound
from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.machine import Inside, Machine, Site
from trainlint.chain.symbolic.members import attribute, called, item, stated_entries
from trainlint.chain.symbolic.settings import exists, fetch, over
from trainlint.facts.behaviour import Access, Step
from trainlint.facts.module import dotted_parts
from trainlint.facts.symbols import (
    Choice,
    Code,
    Constant,
    External,
    Opaque,
    Operation,
    Runtime,
    Sequence,
    Setting,
    Symbol,
    Table,
)

#: How operators of two operands are spelt, also before `=`.
BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.MatMult: "@",
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
_UNARY: dict[type[ast.unaryop], str] = {ast.Not: "not", ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "~"}


def value(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    """The symbol of an expression; calls in it are made."""
    machine.steps += 1
    if machine.exhausted:
        return Opaque("there is too much code to follow all of it", frame.span)
    return _READERS.get(type(node), _other)(machine, node, frame)


def _constant(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.Constant)
    return machine.numbers.get(node) or Constant(node.value)


def _name(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.Name)
    if node.id not in frame.globals:
        holder = frame.holder(node.id)
        if holder is not None:
            return machine.use(frame, node, holder.variables[node.id])
    script = machine.script
    if script is not None and frame.module is script.module and node.id in script.variables:
        return script.variables[node.id]
    return defined(machine, frame, node.id)


def _attribute(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.Attribute)
    if _is_imported(machine, node, frame):
        found = defined(machine, frame, ".".join(dotted_parts(node)))
        owner = machine.value(node.value, frame) if isinstance(found, External) else found
        if owner is found or (isinstance(owner, (External, Opaque)) and not is_flags(owner)):
            return found
        return attribute(machine, owner, node.attr, node, frame)
    return attribute(machine, machine.value(node.value, frame), node.attr, node, frame)


def _subscript(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.Subscript)
    owner = machine.value(node.value, frame)
    return item(machine, owner, machine.value(node.slice, frame), node, frame)


def _slice(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.Slice)
    given = (node.lower, node.upper, node.step)
    parts = tuple(Constant(None) if part is None else machine.value(part, frame) for part in given)
    return Operation("slice", parts, frame.span)


def _call(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.Call)
    callee = _callee(machine, node.func, frame)
    positional: list[Symbol] = []
    keywords: list[tuple[str, Symbol]] = []
    spread = False
    for given in node.args:
        if isinstance(given, ast.Starred):
            inner = machine.value(given.value, frame)
            if isinstance(inner, Sequence) and not (inner.open or inner.touched or spread):
                positional += inner.items
            else:
                keywords.append(("*", inner))
                spread = True
        elif spread:
            keywords.append(("*", machine.value(given, frame)))
        else:
            positional.append(machine.value(given, frame))
    for word in node.keywords:
        keywords += _keyword(machine, word, frame)
    return machine.call(callee, Site(node, frame, tuple(positional), tuple(keywords), spread))


def _callee(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    """What is called; `config.get` is a method although a key may have that name."""
    if not isinstance(node, ast.Attribute) or _is_imported(machine, node, frame):
        return machine.value(node, frame)
    return called(machine, machine.value(node.value, frame), node, frame)


def _is_imported(machine: Machine, node: ast.Attribute, frame: Frame) -> bool:
    """Whether a dotted name begins with an imported one."""
    root: ast.expr = node.value
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name) or root.id not in frame.module.aliases:
        return False
    return frame.holder(root.id) is None and not is_rebound(machine, frame, root.id)


def _keyword(machine: Machine, word: ast.keyword, frame: Frame) -> list[tuple[str, Symbol]]:
    given = machine.value(word.value, frame)
    if word.arg is not None:
        return [(word.arg, given)]
    return _unpacked(given, frame)


def _unpacked(given: Symbol, frame: Frame) -> list[tuple[str, Symbol]]:
    """The arguments that `**given` stands for, as far as its keys are stated."""
    if isinstance(given, Table):
        stated = stated_entries(given)
        if stated is not None:
            return list(stated.items())
    if isinstance(given, Choice):
        for side, other, first in ((given.then, given.other, True), (given.other, given.then, False)):
            stated = stated_entries(side) if isinstance(side, Table) else None
            if stated is not None and not isinstance(other, Setting):
                return [*_on_one_side(given.test, stated, other, frame, first=first), ("**", other)]
    return [("**", given)]


def _on_one_side(
    test: Symbol, stated: dict[str, Symbol], other: Symbol, frame: Frame, *, first: bool
) -> list[tuple[str, Symbol]]:
    """Keys that one side of a choice states; the other side has them from somewhere else."""
    found: list[tuple[str, Symbol]] = []
    for name, value in stated.items():
        elsewhere = Operation("[]", (other, Constant(name)), frame.span)
        found.append((name, Choice(test, value, elsewhere) if first else Choice(test, elsewhere, value)))
    return found


def _joined(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.JoinedStr)
    return Operation("format", tuple(_part(machine, part, frame) for part in node.values), frame.span)


def _part(machine: Machine, part: ast.expr, frame: Frame) -> Symbol:
    if not isinstance(part, ast.FormattedValue):
        return machine.value(part, frame)
    given = machine.value(part.value, frame)
    if part.conversion < 0 and part.format_spec is None:
        return given
    conversion = Constant(chr(part.conversion) if part.conversion > 0 else "")
    layout = Constant("") if part.format_spec is None else machine.value(part.format_spec, frame)
    return Operation("formatted", (given, conversion, layout), frame.span)


def _binary(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.BinOp)
    if node in machine.numbers:
        return machine.numbers[node]
    left, right = machine.value(node.left, frame), machine.value(node.right, frame)
    name = BINARY[type(node.op)]
    if name == "|" and isinstance(left, Setting):
        return over(left, _entries(right))
    return Operation(name, (left, right), frame.span)


def _entries(symbol: Symbol) -> tuple[tuple[str, Symbol], ...]:
    """The keys of a mapping that was written out; "**" where there may be others."""
    if isinstance(symbol, Table) and not (symbol.open or symbol.touched):
        return tuple(
            (key.value if isinstance(key, Constant) and isinstance(key.value, str) else "**", entry)
            for key, entry in symbol.entries
        )
    return (("**", symbol),)


def _unary(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.UnaryOp)
    if node in machine.numbers:
        return machine.numbers[node]
    operand = machine.value(node.operand, frame)
    if isinstance(operand, Constant) and isinstance(operand.value, (int, float)):
        if isinstance(node.op, ast.USub):
            return Constant(-operand.value)
        if isinstance(node.op, ast.Not):
            return Constant(not operand.value)
    return Operation(_UNARY[type(node.op)], (operand,), frame.span)


def _compare(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.Compare)
    left = machine.value(node.left, frame)
    tests: list[Symbol] = []
    outside = frame.place
    for sign, right_node in zip(node.ops, node.comparators, strict=True):
        if tests:
            frame.place = machine.further(frame, tests[-1], truth=True)
        right = machine.value(right_node, frame)
        tests.append(_comparison(machine, _COMPARE[type(sign)], left, right, node, frame))
        left = right
    frame.place = outside
    return tests[0] if len(tests) == 1 else Operation("and", tuple(tests), frame.span)


def _comparison(
    machine: Machine, sign: str, left: Symbol, right: Symbol, node: ast.Compare, frame: Frame
) -> Symbol:
    if sign in ("in", "not in") and isinstance(right, Setting) and isinstance(left, Constant):
        there = exists(machine, right, left, node, frame)
        return there if sign == "in" else Operation("not", (there,), frame.span)
    if sign in ("in", "not in") and right == External("os.environ") and isinstance(left, Constant):
        is_set = Operation("in os.environ", (Runtime(variable=str(left.value)),), frame.span)
        return is_set if sign == "in" else Operation("not", (is_set,), frame.span)
    return Operation(sign, (left, right), frame.span)


def _bool_op(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    """`a and b`: `b` is looked at only where `a` is true."""
    assert isinstance(node, ast.BoolOp)
    name = "and" if isinstance(node.op, ast.And) else "or"
    parts: list[Symbol] = [machine.value(node.values[0], frame)]
    outside = frame.place
    for part in node.values[1:]:
        if isinstance(parts[-1], Constant) and bool(parts[-1].value) is (name == "or"):
            break
        frame.place = machine.further(frame, parts[-1], truth=name == "and")
        parts.append(machine.value(part, frame))
    frame.place = outside
    return parts[0] if len(parts) == 1 else Operation(name, tuple(parts), frame.span)


def _choice(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.IfExp)
    test = machine.value(node.test, frame)
    if isinstance(test, Constant):
        return machine.value(node.body if test.value else node.orelse, frame)
    with Inside(frame, Step.BRANCH, frame.span, test, node=node):
        then = machine.value(node.body, frame)
    with Inside(frame, Step.BRANCH, frame.span, test, truth=False, node=node):
        other = machine.value(node.orelse, frame)
    return Choice(test, then, other)


def _sequence(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, (ast.List, ast.Tuple, ast.Set))
    items: list[Symbol] = []
    spread = False
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner = machine.value(element.value, frame)
            spread = spread or not isinstance(inner, Sequence) or inner.open or bool(inner.touched)
            items += inner.items if isinstance(inner, Sequence) else (inner,)
        else:
            items.append(machine.value(element, frame))
    kind = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}[type(node)]
    return Sequence(tuple(items), open=spread, kind=kind)


def _mapping(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    """`{**config, "a": 1}` is the config with a key put over it."""
    assert isinstance(node, ast.Dict)
    entries: list[tuple[Symbol, Symbol]] = []
    whole: Setting | None = None
    open_ends = False
    for key, given in zip(node.keys, node.values, strict=True):
        inner = machine.value(given, frame)
        if key is not None:
            entries.append((machine.value(key, frame), inner))
        elif isinstance(inner, Setting) and whole is None:
            whole = inner
            entries = [_over_default(machine, whole, entry, node, frame) for entry in entries]
        elif isinstance(inner, Table):
            entries += inner.entries
            open_ends = open_ends or inner.open or bool(inner.touched)
        else:
            open_ends = True
    table = Table(tuple(entries), open_ends, frame.span_of(node))
    return over(whole, _entries(table)) if whole is not None else table


def _over_default(
    machine: Machine, whole: Setting, entry: tuple[Symbol, Symbol], node: ast.Dict, frame: Frame
) -> tuple[Symbol, Symbol]:
    """`{"a": 1, **config}`: the config's own key comes last."""
    key, held = entry
    if not isinstance(key, Constant) or not isinstance(key.value, str):
        return key, Opaque("the config may have the key", frame.span)
    return key, Operation("default", (fetch(machine, whole, key.value, Access.DEFAULT, node, frame), held))


def _lambda(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, ast.Lambda)
    return Code(frame.module, node, closure=frame, defaults=own_defaults(machine, node, frame))


def _wrapped(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, (ast.Await, ast.Starred, ast.NamedExpr))
    inner = machine.value(node.value, frame)
    if isinstance(node, ast.NamedExpr):
        assign(machine, node.target, inner, frame, quiet=True)
    return inner


def _yield(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    assert isinstance(node, (ast.Yield, ast.YieldFrom))
    if node.value is not None:
        given = machine.value(node.value, frame)
        frame.yielded.append(item_of(given, frame.span) if isinstance(node, ast.YieldFrom) else given)
    return Opaque("what is sent into a generator", frame.span)


def _other(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            machine.value(child, frame)
    return Opaque(f"`{ast.unparse(node)}` is not followed", frame.span)


_READERS: dict[type[ast.expr], Callable[[Machine, ast.expr, Frame], Symbol]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.JoinedStr: _joined,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.IfExp: _choice,
    **dict.fromkeys((ast.List, ast.Tuple, ast.Set), _sequence),
    ast.Dict: _mapping,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp), comprehension),
    ast.Lambda: _lambda,
    **dict.fromkeys((ast.Await, ast.Starred, ast.NamedExpr), _wrapped),
    **dict.fromkeys((ast.Yield, ast.YieldFrom), _yield),
}
