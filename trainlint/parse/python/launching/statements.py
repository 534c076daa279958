"""Statements and their frame in; the frame after them, and what they start, out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import takewhile

from trainlint.parse.python.launching.binding import bind_target
from trainlint.parse.python.launching.conditions import compared, truth
from trainlint.parse.python.launching.containers import elements_of, forget_all
from trainlint.parse.python.launching.expressions import holds, value
from trainlint.parse.python.launching.frame import Frame, LoopLeft, Raised, Returned
from trainlint.parse.python.launching.imports import bind_imports
from trainlint.parse.python.launching.inert import is_inert
from trainlint.parse.python.launching.operations import operation
from trainlint.parse.python.launching.values import Blueprint, Code, Items, Plain, Rest, Table, Value

#: So many passes of a `while` whose condition is known each time are followed one by one.
_PASSES = 64
#: What each handler catches besides the exceptions of its own name.
_WIDE: dict[str, frozenset[str]] = {
    "LookupError": frozenset({"KeyError", "IndexError"}),
    "OSError": frozenset({"FileNotFoundError"}),
}


def block(body: list[ast.stmt], frame: Frame) -> None:
    """Follow statements one after the other."""
    for node in body:
        frame.run.route.step()
        follow = _FOLLOW.get(type(node))
        if follow is not None:
            follow(node, frame)


def _expression(node: ast.Expr, frame: Frame) -> None:
    value(node.value, frame)


def _assign(node: ast.Assign, frame: Frame) -> None:
    found = value(node.value, frame)
    for target in node.targets:
        bind_target(target, found, frame)
        _name(found, target, node.value, frame)


def _annotated(node: ast.AnnAssign, frame: Frame) -> None:
    if node.value is not None:
        found = value(node.value, frame)
        bind_target(node.target, found, frame)
        _name(found, node.target, node.value, frame)


def _name(found: Value, target: ast.expr, written: ast.expr, frame: Frame) -> None:
    """Give a table that is written out the name that it is assigned to."""
    if not isinstance(found, Table | Items) or not isinstance(written, ast.Dict | ast.List | ast.Tuple):
        return
    if found.name is None and isinstance(target, ast.Name):
        found.name = target.id
        frame.run.named.append(found)


def _augmented(node: ast.AugAssign, frame: Frame) -> None:
    before = value(_loaded(node.target), frame)
    added = value(node.value, frame)
    if isinstance(before, Items) and isinstance(node.op, ast.Add) and before.kind == "list":
        more = elements_of(added, node.value, frame)
        frame.run.route.step(len(more))
        before.elements += more
        frame.run.changed.append(before)
        return
    bind_target(node.target, operation(before, node.op, added, node, frame), frame)


def _loaded(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    return target


def _if(node: ast.If, frame: Frame) -> None:
    if frame.run.notes.is_inert(node):
        return
    block(node.body if holds(node.test, frame) else node.orelse, frame)


def _for(node: ast.For | ast.AsyncFor, frame: Frame) -> None:
    for element in elements_of(value(node.iter, frame), node.iter, frame):
        if isinstance(element, Rest):
            _any_pass(node, frame, lambda: bind_target(node.target, frame.opaque(node.target), frame))
            continue
        frame.run.choose_entry(element.span)
        try:
            bind_target(node.target, element, frame)
            block(node.body, frame)
        except LoopLeft as left:
            if not left.again:
                return
        except Raised as raised:
            # The other entries are worth a look of their own: they have the same fault or none.
            if raised.fault is None:
                raise
            frame.run.faults.append(raised.fault)
    block(node.orelse, frame)


def _any_pass(node: ast.For | ast.AsyncFor | ast.While, frame: Frame, prepare: Callable[[], None]) -> None:
    """Any one pass of a loop whose passes cannot be counted; what it changes is not known then."""
    touched = (frame.find(name) for name in frame.run.notes.names(node)[1])
    before = {id(value): list(value.elements) for value in touched if isinstance(value, Items)}
    _forget_names(node, frame)
    changed_before = len(frame.run.changed)
    try:
        prepare()
        block(node.body, frame)
    except LoopLeft:
        pass
    found = {id(changed): changed for changed in frame.run.changed[changed_before:]}
    del frame.run.changed[changed_before:]
    for changed in found.values():
        if isinstance(changed, Items):
            same = zip(before.get(id(changed), ()), changed.elements, strict=False)
            changed.elements[:] = [old for old, _ in takewhile(lambda pair: pair[0] is pair[1], same)]
        forget_all(changed, node, frame)
    for name in frame.run.notes.names(node)[0]:
        frame.bind(name, frame.opaque(node))


def _forget_names(node: ast.stmt, frame: Frame) -> None:
    """What a statement may have bound or changed is not known."""
    stored, touched = frame.run.notes.names(node)
    for name in stored:
        frame.bind(name, frame.opaque(node if not isinstance(node, ast.For) else node.target))
    for name in touched:
        found = frame.find(name)
        if found is not None:
            forget_all(found, node, frame)


def _while(node: ast.While, frame: Frame) -> None:
    for _ in range(_PASSES):
        test = value(node.test, frame)
        if not isinstance(test, Plain):
            break
        if not truth(test, node.test, frame):
            return
        try:
            block(node.body, frame)
        except LoopLeft as left:
            if not left.again:
                return
    _any_pass(node, frame, lambda: None)


def _with(node: ast.With | ast.AsyncWith, frame: Frame) -> None:
    for item in node.items:
        found = value(item.context_expr, frame)
        if item.optional_vars is not None:
            bind_target(item.optional_vars, found, frame)
    block(node.body, frame)


def _try(node: ast.Try, frame: Frame) -> None:
    try:
        _tried(node, frame)
    finally:
        block(node.finalbody, frame)


def _tried(node: ast.Try, frame: Frame) -> None:
    handlers = [handler for handler in node.handlers if not is_inert(handler.body)]
    count = 1 + len(handlers)
    chosen = frame.run.route.choose(("try", node, frame.run.fresh()), count, site=node) if handlers else 0
    if chosen:
        _forget_names(node, frame)
        _handle(handlers[chosen - 1], frame)
        return
    try:
        block(node.body, frame)
    except Raised as raised:
        handler = next((handler for handler in node.handlers if _catches(handler, raised.kind)), None)
        if handler is None:
            raise
        _handle(handler, frame)
        return
    block(node.orelse, frame)


def _handle(handler: ast.ExceptHandler, frame: Frame) -> None:
    if handler.name is not None:
        frame.bind(handler.name, frame.opaque(handler))
    block(handler.body, frame)


def _catches(handler: ast.ExceptHandler, kind: str) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {ast.unparse(entry).rpartition(".")[2] for entry in types}
    wide = {"BaseException"} if kind == "SystemExit" else {"Exception", "BaseException", kind}
    return bool(names & wide) or kind in names or any(kind in _WIDE.get(name, ()) for name in names)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> None:
    frame.bind(node.name, Code(node, frame))


def _class(node: ast.ClassDef, frame: Frame) -> None:
    frame.bind(node.name, Blueprint(node, frame))


def _return(node: ast.Return, frame: Frame) -> None:
    raise Returned(value(node.value, frame) if node.value is not None else frame.none(node))


def _raise(node: ast.Raise, frame: Frame) -> None:
    called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    raise Raised(ast.unparse(called).rpartition(".")[2] if called is not None else "Exception")


def _left(node: ast.Break | ast.Continue, frame: Frame) -> None:
    raise LoopLeft(again=isinstance(node, ast.Continue))


def _global(node: ast.Global, frame: Frame) -> None:
    frame.globals.update(node.names)


def _nonlocal(node: ast.Nonlocal, frame: Frame) -> None:
    frame.nonlocals.update(node.names)


def _delete(node: ast.Delete, frame: Frame) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            frame.variables.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            forget_all(value(target.value, frame), node, frame)


def _assert(node: ast.Assert, frame: Frame) -> None:
    if not holds(node.test, frame):
        raise Raised("AssertionError")


def _match(node: ast.Match, frame: Frame) -> None:
    """Each case on a way of its own, unless subject and patterns are plain values."""
    subject = value(node.subject, frame)
    for case in node.cases:
        if isinstance(case.pattern, ast.MatchValue):
            matches = compared(subject, ast.Eq(), value(case.pattern.value, frame), node, frame)
        elif isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
            if case.pattern.name is not None:
                frame.bind(case.pattern.name, subject)
            matches = True
        else:
            _forget_names(node, frame)
            matches = frame.run.decide(("case", case.pattern), free=False, site=case.pattern)
        if matches and (case.guard is None or holds(case.guard, frame)):
            block(case.body, frame)
            return


_FOLLOW: dict[type[ast.stmt], Callable[..., None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _left,
    ast.Continue: _left,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Delete: _delete,
    ast.Assert: _assert,
    ast.Match: _match,
    ast.Import: bind_imports,
    ast.ImportFrom: bind_imports,
}
