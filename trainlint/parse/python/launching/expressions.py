"""An expression and the frame it stands in, its value out: unknown wherever the text alone does not tell."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable

from trainlint.facts.value import Unknown
from trainlint.parse.python.launching.binding import bind_target
from trainlint.parse.python.launching.conditions import compared, truth
from trainlint.parse.python.launching.containers import elements_of, merge
from trainlint.parse.python.launching.frame import Frame
from trainlint.parse.python.launching.members import attribute, item
from trainlint.parse.python.launching.notes import shown_code
from trainlint.parse.python.launching.operations import operation
from trainlint.parse.python.launching.texts import Part, as_text, is_short, part, parts_of, text_from
from trainlint.parse.python.launching.values import (
    Call,
    Code,
    Constant,
    Items,
    Library,
    NotKnownError,
    Plain,
    Rest,
    Table,
    Value,
    is_huge,
    key_of,
    python_of,
)
from trainlint.parse.shell.state import Text


def holds(node: ast.expr, frame: Frame) -> bool:
    """Whether a condition is true on this way through the program."""
    return truth(value(node, frame), node, frame)


def value(node: ast.expr, frame: Frame) -> Value:
    """The value of an expression."""
    frame.run.route.step()
    reader = _READERS.get(type(node))
    if reader is None:
        return frame.opaque(node)
    found = reader(node, frame)
    return frame.opaque(node) if is_huge(found) else frame.run.resolved(found)


def _constant(node: ast.Constant, frame: Frame) -> Value:
    if isinstance(node.value, str):
        whole = frame.place(node)
        found = [(text or "", span) for text, span in frame.run.notes.literal(frame.module, node)]
        return text_from(found, whole)
    if node.value is Ellipsis:
        return frame.opaque(node)
    constant: Constant = node.value
    return Plain(constant, frame.place(node))


def _joined(node: ast.JoinedStr, frame: Frame) -> Value:
    fields = [part for part in node.values if isinstance(part, ast.FormattedValue)]
    texts = [_formatted(part, frame) for part in fields]
    found: list[Part] = []
    for text, span in frame.run.notes.literal(frame.module, node):
        if text is None:
            found += parts_of(texts.pop(0))
        else:
            found.append((text, span))
    return text_from(found, frame.place(node))


def _formatted(node: ast.FormattedValue, frame: Frame) -> Text:
    inner = value(node.value, frame)
    if node.conversion in (-1, ord("s")) and node.format_spec is None:
        return as_text(inner)
    span = inner.span
    spec = value(node.format_spec, frame) if node.format_spec is not None else Text(("",), (span,))
    try:
        made = python_of(inner)
        if not is_short(str(python_of(spec))):
            raise NotKnownError
        shown = (
            repr(made) if node.conversion == ord("r") else str(made) if node.conversion == ord("s") else made
        )
        return Text((format(shown, str(python_of(spec))),), (span,))
    except (NotKnownError, ValueError, TypeError):
        return Text((frame.opaque(node.value).unknown,), (span,))


def _name(node: ast.Name, frame: Frame) -> Value:
    found = frame.find(node.id)
    if found is not None:
        return found
    if hasattr(builtins, node.id):
        return Library(node.id, frame.place(node))
    return frame.opaque(node, key=("name", node.id))


def _list(node: ast.List | ast.Tuple | ast.Set, frame: Frame) -> Value:
    elements: list[Value | Rest] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            elements += elements_of(value(element.value, frame), element.value, frame)
        else:
            elements.append(value(element, frame))
    kind = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}[type(node)]
    return Items(elements, kind, frame.place(node))


def _dict(node: ast.Dict, frame: Frame) -> Value:
    made = Table({}, frame.place(node))
    for key, element in zip(node.keys, node.values, strict=True):
        if key is None:
            merge(made, value(element, frame), element, frame)
            continue
        shown = value(key, frame)
        entry = value(element, frame)
        try:
            made.entries[key_of(shown)] = (shown, entry)
        except NotKnownError:
            made.open = Unknown(
                f"`{shown_code(key)}` is a key that is only known at run time", frame.place(key)
            )
    return made


def _attribute(node: ast.Attribute, frame: Frame) -> Value:
    return attribute(value(node.value, frame), node, frame)


def _subscript(node: ast.Subscript, frame: Frame) -> Value:
    owner = value(node.value, frame)
    if isinstance(node.slice, ast.Slice):
        bounds = [
            value(bound, frame) if bound else None
            for bound in (node.slice.lower, node.slice.upper, node.slice.step)
        ]
        return _slice(owner, bounds, node, frame)
    return item(owner, value(node.slice, frame), node, frame)


def _slice(owner: Value, bounds: list[Value | None], node: ast.Subscript, frame: Frame) -> Value:
    try:
        given = [python_of(bound) if bound is not None else None for bound in bounds]
        if not all(bound is None or isinstance(bound, int) for bound in given):
            return frame.opaque(node)
        found: slice = slice(*given)
        if isinstance(owner, Text) and owner.known is not None:
            start, stop, step = found.indices(len(owner.known))
            return part(owner, start, stop) if step == 1 else frame.opaque(node)
        if isinstance(owner, Items) and owner.known is not None:
            return Items(list(owner.elements[found]), owner.kind, owner.span)
    except (NotKnownError, TypeError, ValueError):
        pass
    return frame.opaque(node)


def _conditional(node: ast.IfExp, frame: Frame) -> Value:
    return value(node.body if holds(node.test, frame) else node.orelse, frame)


def _boolean(node: ast.BoolOp, frame: Frame) -> Value:
    for operand in node.values[:-1]:
        found = value(operand, frame)
        if truth(found, operand, frame) is isinstance(node.op, ast.Or):
            return frame.run.resolved(found)
    return value(node.values[-1], frame)


def _unary(node: ast.UnaryOp, frame: Frame) -> Value:
    if isinstance(node.op, ast.Not):
        return Plain(not holds(node.operand, frame), frame.place(node))
    found = value(node.operand, frame)
    if isinstance(found, Plain) and isinstance(found.constant, int | float):
        if isinstance(node.op, ast.USub):
            return Plain(-found.constant, frame.place(node))
        if isinstance(node.op, ast.UAdd):
            return Plain(+found.constant, frame.place(node))
    return frame.opaque(node)


def _compare(node: ast.Compare, frame: Frame) -> Value:
    left = value(node.left, frame)
    for operator, comparator in zip(node.ops, node.comparators, strict=True):
        right = value(comparator, frame)
        if not compared(left, operator, right, node, frame):
            return Plain(False, frame.place(node))
        left = right
    return Plain(True, frame.place(node))


def _operation(node: ast.BinOp, frame: Frame) -> Value:
    return operation(value(node.left, frame), node.op, value(node.right, frame), node, frame)


def call_of(node: ast.Call, frame: Frame, called: Value) -> Call:
    """A call with its arguments evaluated."""
    values: list[Value | Rest] = []
    for given in node.args:
        if isinstance(given, ast.Starred):
            values += elements_of(value(given.value, frame), given.value, frame)
        else:
            values.append(value(given, frame))
    words: dict[str, Value] = {}
    more: Unknown | None = None
    for word in node.keywords:
        found = value(word.value, frame)
        if word.arg is not None:
            words[word.arg] = found
        elif isinstance(found, Table):
            words |= {str(key): entry for key, (_, entry) in found.entries.items()}
            more = more or found.open
        else:
            more = frame.opaque(word.value).unknown
    name = called.name if isinstance(called, Library) else ""
    return Call(node, frame, name, tuple(values), words, more, frame.place(node))


def _call(node: ast.Call, frame: Frame) -> Value:
    called = value(node.func, frame)
    return frame.run.machine.call(called, call_of(node, frame, called))


def _lambda(node: ast.Lambda, frame: Frame) -> Value:
    return Code(node, frame)


def _await(node: ast.Await, frame: Frame) -> Value:
    return value(node.value, frame)


def _named(node: ast.NamedExpr, frame: Frame) -> Value:
    found = value(node.value, frame)
    frame.bind(node.target.id, found)
    return found


def _yield(node: ast.Yield, frame: Frame) -> Value:
    found = value(node.value, frame) if node.value is not None else frame.none(node)
    if frame.yielded is not None:
        frame.yielded.elements.append(found)
    return frame.opaque(node)


def _yield_from(node: ast.YieldFrom, frame: Frame) -> Value:
    found = value(node.value, frame)
    if frame.yielded is not None:
        frame.yielded.elements += elements_of(found, node.value, frame)
    return frame.opaque(node)


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame) -> Value:
    made = Items([], "set" if isinstance(node, ast.SetComp) else "list", frame.place(node))
    inner = Frame(frame.run, frame.module, {}, frame, frame.depth)

    def add(rest: Unknown | None) -> None:
        made.elements.append(Rest(rest) if rest is not None else value(node.elt, inner))

    _generate(node.generators, inner, add)
    return made


def _dict_comprehension(node: ast.DictComp, frame: Frame) -> Value:
    made = Table({}, frame.place(node))
    inner = Frame(frame.run, frame.module, {}, frame, frame.depth)

    def add(rest: Unknown | None) -> None:
        if rest is not None:
            made.open = rest
            return
        shown, entry = value(node.key, inner), value(node.value, inner)
        try:
            made.entries[key_of(shown)] = (shown, entry)
        except NotKnownError:
            made.open = inner.opaque(node.key).unknown

    _generate(node.generators, inner, add)
    return made


def _generate(
    generators: list[ast.comprehension], frame: Frame, add: Callable[[Unknown | None], None]
) -> None:
    """Go through the loops of a comprehension; `add` gets what is unknown where passes cannot be counted."""
    if not generators:
        add(None)
        return
    first, *others = generators
    for element in elements_of(value(first.iter, frame), first.iter, frame):
        if isinstance(element, Rest):
            add(element.unknown)
            continue
        bind_target(first.target, element, frame)
        if all(holds(test, frame) for test in first.ifs):
            _generate(others, frame, add)


_READERS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.JoinedStr: _joined,
    ast.Name: _name,
    ast.List: _list,
    ast.Tuple: _list,
    ast.Set: _list,
    ast.Dict: _dict,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.IfExp: _conditional,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BinOp: _operation,
    ast.Call: _call,
    ast.Lambda: _lambda,
    ast.Await: _await,
    ast.NamedExpr: _named,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
}
