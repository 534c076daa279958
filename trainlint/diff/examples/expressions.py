"""An expression of a function that data are mapped with in, its value with where it comes from out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from trainlint.diff.examples import natives
from trainlint.diff.examples.stands import attribute
from trainlint.diff.examples.traces import FailsError, Function, Scope, Stand, Trace, UnclearError

if TYPE_CHECKING:
    from trainlint.diff.examples.interpreter import Run


def value(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    """The value of an expression."""
    run.step()
    reader = _READERS.get(type(node))
    if reader is None:
        raise UnclearError
    return reader(run, node, frame)


def bind(run: Run, target: ast.expr, given: Trace, frame: tuple[Scope, ...]) -> None:
    """Give a value to what stands left of an assignment."""
    if isinstance(target, ast.Name):
        frame[0][target.id] = given
    elif isinstance(target, (ast.Tuple, ast.List)):
        items = natives.listed(given.value)
        if any(isinstance(part, ast.Starred) for part in target.elts):
            raise UnclearError
        if len(items) != len(target.elts):
            raise FailsError("ValueError")
        for index, (part, item) in enumerate(zip(target.elts, items, strict=True)):
            bind(run, part, given.slots.get(index) or Trace(item, part, run.module, (given,)), frame)
    elif isinstance(target, ast.Subscript):
        owner, key = value(run, target.value, frame), value(run, target.slice, frame)
        _put(owner, key.value, given)
    else:
        raise UnclearError


def _put(owner: Trace, key: object, given: Trace) -> None:
    if not isinstance(owner.value, (dict, list)):
        raise UnclearError
    natives.set_item(owner.value, key, given.value)
    owner.slots[key] = given


def _constant(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.Constant)
    return Trace(node.value, node, run.module)


def _name(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.Name)
    found = next((scope[node.id] for scope in frame if node.id in scope), None) or run.named(node.id)
    return Trace(found.value, node, run.module, (found,), found.slots)


def _attribute(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.Attribute)
    owner = value(run, node.value, frame)
    if not isinstance(owner.value, Stand):
        raise UnclearError
    return Trace(attribute(owner.value, node.attr), node, run.module, (owner,))


def _subscript(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.Subscript)
    owner = value(run, node.value, frame)
    if isinstance(node.slice, ast.Slice):
        ends = [
            value(run, end, frame) if end is not None else Trace(None)
            for end in (node.slice.lower, node.slice.upper, node.slice.step)
        ]
        if isinstance(owner.value, Stand):
            raise UnclearError
        cut = slice(*(end.value for end in ends))
        return Trace(natives.item(owner.value, cut), node, run.module, (owner, *ends))
    key = value(run, node.slice, frame)
    holder = owner.value
    if isinstance(holder, Stand):
        return Trace(Stand(f"{holder.name}[{key.value!r}]"), node, run.module, (owner, key))
    if not isinstance(holder, (dict, list, tuple, str, range)):
        raise UnclearError
    found = natives.item(holder, key.value)
    slot = owner.slots.get(key.value)
    if slot is None:
        return Trace(found, node, run.module, (owner, key))
    return Trace(found, node, run.module, (slot, owner, key), slot.slots)


def _binary(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.BinOp)
    one, other = value(run, node.left, frame), value(run, node.right, frame)
    return Trace(natives.binary(type(node.op), one.value, other.value), node, run.module, (one, other))


def _unary(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.UnaryOp)
    inner = value(run, node.operand, frame)
    if isinstance(node.op, ast.Not):
        return Trace(not is_true(inner.value), node, run.module, (inner,))
    if isinstance(node.op, ast.USub) and isinstance(inner.value, (int, float)):
        return Trace(-inner.value, node, run.module, (inner,))
    raise UnclearError


def is_true(found: object) -> bool:
    """Whether a value counts as true: of things of a library that is not known."""
    if isinstance(found, Stand):
        raise UnclearError
    return bool(found)


def _compare(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.Compare)
    parts = [value(run, node.left, frame)]
    found: object = True
    for kind, right in zip(node.ops, node.comparators, strict=True):
        parts.append(value(run, right, frame))
        found = natives.compared(type(kind), parts[-2].value, parts[-1].value)
        if not found:
            break
    return Trace(found, node, run.module, tuple(parts))


def _logic(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.BoolOp)
    decides = isinstance(node.op, ast.Or)
    parts = list[Trace]()
    for part in node.values:
        parts.append(value(run, part, frame))
        if is_true(parts[-1].value) is decides:
            break
    return Trace(parts[-1].value, node, run.module, (parts[-1], *parts[:-1]), parts[-1].slots)


def _choice(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.IfExp)
    test = value(run, node.test, frame)
    taken = value(run, node.body if is_true(test.value) else node.orelse, frame)
    return Trace(taken.value, node, run.module, (taken, test), taken.slots)


def _items(run: Run, nodes: Iterable[ast.expr], frame: tuple[Scope, ...]) -> list[Trace]:
    """The items of a list that is written out; those of `*items` one by one."""
    found = list[Trace]()
    for node in nodes:
        if isinstance(node, ast.Starred):
            whole = value(run, node.value, frame)
            found += each(run, whole, node)
        else:
            found.append(value(run, node, frame))
    return found


def each(run: Run, whole: Trace, node: ast.AST) -> list[Trace]:
    """The items of something that is gone over."""
    items = natives.listed(whole.value)
    keyed = isinstance(whole.value, dict)
    return [
        (None if keyed else whole.slots.get(index)) or Trace(item, node, run.module, (whole,))
        for index, item in enumerate(items)
    ]


def _sequence(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, (ast.List, ast.Tuple, ast.Set))
    items = _items(run, node.elts, frame)
    return _made(run, node, items, {ast.Tuple: tuple, ast.Set: set}.get(type(node), list))


def _made(run: Run, node: ast.AST, items: list[Trace], kind: Callable[..., object]) -> Trace:
    whole = natives.computed(lambda: kind(item.value for item in items))
    return Trace(whole, node, run.module, tuple(items), dict(enumerate(items)))


def _mapping(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.Dict)
    pairs: dict[object, Trace] = {}
    parts = list[Trace]()
    for key, held in zip(node.keys, node.values, strict=True):
        item = value(run, held, frame)
        parts.append(item)
        if key is None:
            if not isinstance(item.value, dict):
                raise UnclearError
            pairs |= {name: item.slots.get(name) or Trace(one) for name, one in item.value.items()}
        else:
            name = value(run, key, frame)
            parts.append(name)
            pairs[natives.hashable(name.value)] = item
    made = {name: item.value for name, item in pairs.items()}
    return Trace(made, node, run.module, tuple(parts), dict(pairs))


def _comprehension(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp))
    items = [value(run, node.elt, inner) for inner in _turns(run, node.generators, frame)]
    return _made(run, node, items, set if isinstance(node, ast.SetComp) else list)


def _table(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.DictComp)
    pairs: dict[object, Trace] = {}
    for inner in _turns(run, node.generators, frame):
        key = value(run, node.key, inner)
        pairs[natives.hashable(key.value)] = value(run, node.value, inner)
    made = {name: item.value for name, item in pairs.items()}
    return Trace(made, node, run.module, tuple(pairs.values()), dict(pairs))


def _turns(
    run: Run, generators: list[ast.comprehension], frame: tuple[Scope, ...]
) -> Iterable[tuple[Scope, ...]]:
    if not generators:
        yield frame
        return
    first, *others = generators
    for item in each(run, value(run, first.iter, frame), first.target):
        run.step()
        inner = ({}, *frame)
        bind(run, first.target, item, inner)
        if all(is_true(value(run, test, inner).value) for test in first.ifs):
            yield from _turns(run, others, inner)


def _joined(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.JoinedStr)
    parts, texts = list[Trace](), list[str]()
    for piece in node.values:
        if isinstance(piece, ast.FormattedValue):
            inner = value(run, piece.value, frame)
            parts.append(inner)
            texts.append(_formatted(run, piece, inner.value, frame))
        else:
            assert isinstance(piece, ast.Constant)
            parts.append(Trace(piece.value, piece, run.module))
            texts.append(str(piece.value))
    return Trace(natives.bounded("".join(texts)), node, run.module, tuple(parts))


def _formatted(run: Run, piece: ast.FormattedValue, inner: object, frame: tuple[Scope, ...]) -> str:
    layout = value(run, piece.format_spec, frame).value if piece.format_spec is not None else ""
    if natives.is_wide(f":{layout}"):
        raise UnclearError
    if isinstance(inner, Stand):
        return repr(inner)
    shown = {-1: inner, 115: str(inner), 114: repr(inner), 97: ascii(inner)}[piece.conversion]
    return str(natives.computed(lambda: format(shown, str(layout))))


def _lambda(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.Lambda)
    return Trace(Function(node, run.module, frame, defaults=run.defaults(node, frame)), node, run.module)


def _walrus(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.NamedExpr)
    found = value(run, node.value, frame)
    bind(run, node.target, found, frame)
    return found


def _call(run: Run, node: ast.expr, frame: tuple[Scope, ...]) -> Trace:
    assert isinstance(node, ast.Call)
    return run.called(node, frame)


def arguments(run: Run, node: ast.Call, frame: tuple[Scope, ...]) -> tuple[list[Trace], dict[str, Trace]]:
    """The arguments of a call, by position and by name."""
    named: dict[str, Trace] = {}
    given = _items(run, node.args, frame)
    for word in node.keywords:
        whole = value(run, word.value, frame)
        if word.arg is not None:
            named[word.arg] = whole
        elif isinstance(whole.value, dict):
            for name, one in whole.value.items():
                named[str(name)] = whole.slots.get(name) or Trace(one, word, run.module, (whole,))
        else:
            raise UnclearError
    return given, named


_READERS: dict[type[ast.expr], Callable[[Run, ast.expr, tuple[Scope, ...]], Trace]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _logic,
    ast.IfExp: _choice,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _mapping,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _table,
    ast.JoinedStr: _joined,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Call: _call,
}
