"""Statements of one block in, their effects on the heap and the way the block ends out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from trainlint.chain.symbolic.assignment import assign, delete, item_of
from trainlint.chain.symbolic.attempts import attempt, with_
from trainlint.chain.symbolic.binding import own_defaults
from trainlint.chain.symbolic.branches import after_loop, branch, otherwise, sides
from trainlint.chain.symbolic.executed import given
from trainlint.chain.symbolic.expressions import BINARY
from trainlint.chain.symbolic.frame import Flow, Frame, barred
from trainlint.chain.symbolic.loops import changes, loosen, note_before, remember
from trainlint.chain.symbolic.machine import Inside, Machine
from trainlint.facts.behaviour import Ended, Guard, GuardKind, Place, Step
from trainlint.facts.module import dotted_parts
from trainlint.facts.symbols import Code, Constant, Opaque, Operation, Sequence, Symbol

#: So many turns at most are run one by one.
_FEW = 16
#: Calls that end the program.
_EXITS = {"sys.exit", "os._exit", "exit", "quit"}


def run(machine: Machine, body: list[ast.stmt], frame: Frame) -> Flow:
    """Run a block; what follows a statement that may leave is reached only where it did not."""
    outside = frame.place
    flow = Flow.NEXT
    for statement in body:
        seen = len(frame.left)
        frame.statement = statement
        machine.steps += 1
        flow = _HANDLERS.get(type(statement), _other)(machine, statement, frame)
        if flow is not Flow.NEXT or machine.exhausted:
            break
        for place, how in frame.left[seen:]:
            frame.place = barred(frame.place, place, how)
    frame.place = outside
    return flow


def _definition(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    if frame.code is not None:
        code = Code(frame.module, node, closure=frame)
        if not isinstance(node, ast.ClassDef):
            code = replace(code, defaults=own_defaults(machine, node, frame))
        machine.heap.write(frame.variables, node.name, code)
    return Flow.NEXT


def _assign(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, (ast.Assign, ast.AnnAssign))
    if node.value is None:
        return Flow.NEXT
    value = machine.value(node.value, frame)
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        assign(machine, target, value, frame, adds=_adds(target, node.value))
    return Flow.NEXT


def _adds(target: ast.expr, value: ast.expr) -> bool:
    """Whether `x = x + …`."""
    return isinstance(value, ast.BinOp) and any(_is_read(target, side) for side in (value.left, value.right))


def _is_read(target: ast.expr, value: ast.expr) -> bool:
    """Whether an expression reads what a target sets."""
    if type(target) is not type(value):
        return False
    if isinstance(target, ast.Name) and isinstance(value, ast.Name):
        return target.id == value.id
    return ast.unparse(target) == ast.unparse(value)


def _augmented(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, ast.AugAssign)
    old, added = machine.value(node.target, frame), machine.value(node.value, frame)
    value = Operation(BINARY[type(node.op)], (old, added), frame.span)
    assign(machine, node.target, value, frame, adds=isinstance(node.op, (ast.Add, ast.Sub)))
    return Flow.NEXT


def _return(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, ast.Return)
    value = machine.value(node.value, frame) if node.value is not None else Constant(None)
    frame.returned.append((frame.place, value))
    return _left(frame, Flow.LEAVE)


def _left(frame: Frame, flow: Flow) -> Flow:
    frame.left.append((frame.place, flow))
    return flow


def _raise(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, ast.Raise)
    message: Symbol | None = None
    name = "an exception"
    if node.exc is not None:
        called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        name = ast.unparse(called)
        if isinstance(node.exc, ast.Call):
            given = [machine.value(argument, frame) for argument in node.exc.args]
            message = given[0] if given else None
    if node.exc is not None and name not in ("StopIteration", "SystemExit"):
        machine.record(
            Guard(frame.place, GuardKind.RAISE, None, message, name, ast.unparse(node), frame.span)
        )
    return _left(frame, Flow.STOP)


def _assert(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, ast.Assert)
    test = machine.value(node.test, frame)
    message: Symbol | None = None
    if node.msg is not None:
        with Inside(frame, Step.BRANCH, frame.span, test, truth=False):
            message = machine.value(node.msg, frame)
    statement = f"assert {ast.unparse(node.test)}"
    machine.record(
        Guard(frame.place, GuardKind.ASSERT, test, message, "AssertionError", statement, frame.span)
    )
    failed = Place(frame.place, Step.BRANCH, frame.span, test, truth=False)
    frame.left.append((failed, Flow.STOP))
    return Flow.NEXT


def _if(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, ast.If)
    test = machine.value(node.test, frame)
    if isinstance(test, Constant):
        return machine.run(node.body if test.value else node.orelse, frame)
    return branch(machine, frame, test, node)


def _for(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, (ast.For, ast.AsyncFor))
    items = machine.value(node.iter, frame)
    if isinstance(items, Sequence) and _is_settled(items) and _only_assigns(node):
        return _unrolled(machine, node, items, frame)

    def turn() -> None:
        assign(machine, node.target, item_of(items, frame.span), frame, quiet=True)

    return _loop(machine, frame, node, items, turn)


def _is_settled(items: Sequence) -> bool:
    """Whether a list holds a few constants for certain."""
    few = len(items.items) <= _FEW and not items.open and not items.touched
    return few and all(isinstance(item, Constant) for item in items.items)


def _only_assigns(node: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop calls nothing and always goes on: `for key in ("a", "b"): new[key] = old[key]`."""
    if not isinstance(node.target, ast.Name) or node.orelse:
        return False
    inner = (part for statement in node.body for part in ast.walk(statement))
    return all(isinstance(statement, ast.Assign) for statement in node.body) and not any(
        isinstance(part, (ast.Call, ast.Lambda, ast.NamedExpr, ast.Await, ast.Yield)) for part in inner
    )


def _unrolled(machine: Machine, node: ast.For | ast.AsyncFor, items: Sequence, frame: Frame) -> Flow:
    """Each turn with its own constant."""
    for item in items.items:
        assign(machine, node.target, item, frame, quiet=True)
        machine.run(node.body, frame)
    return Flow.NEXT


def _while(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, ast.While)
    return _loop(machine, frame, node, None, lambda: None)


def _loop(
    machine: Machine,
    frame: Frame,
    node: ast.For | ast.AsyncFor | ast.While,
    items: Symbol | None,
    turn: Callable[[], None],
) -> Flow:
    """A trial shows what the loop changes; then it is run once with those as changing."""
    if node is machine.overriding:
        given(machine)
        return Flow.NEXT
    span, seen, dropped = frame.span, len(frame.left), len(frame.dropped)
    changed = changes(machine, frame, node, turn)
    first = _first_test(machine, node, frame) if isinstance(node, ast.While) else items
    loosen(machine, node, changed, span)
    frame.statement = node
    mark = machine.heap.mark
    test = machine.value(node.test, frame) if isinstance(node, ast.While) else items
    outside = frame.place
    frame.place = loop = Place(outside, Step.LOOP, span, test, node=node, first=first)
    turn()
    with machine.looping():
        machine.run(node.body, frame)
    frame.place = outside
    if machine.muted:
        changed = remember(machine, frame, node, mark, dropped)
    endless = isinstance(test, Constant) and bool(test.value) and isinstance(node, ast.While)
    gone = [(place, how) for place, how in frame.left[seen:] if how is not Flow.LOOP]
    broken = any(how is Flow.BREAK for _, how in gone)
    early = tuple(place for place, how in gone if how is not Flow.STOP)
    machine.record(Ended(outside, loop, early, span))
    frame.left[seen:] = [entry for entry in frame.left[seen:] if entry[1] not in _TURN]
    note_before(machine, node, mark)
    loosen(machine, node, changed, span)
    after_loop(machine, frame, dropped)
    if node.orelse:
        otherwise(machine, frame, node.orelse, gone)
    return Flow.LEAVE if endless and not broken else Flow.NEXT


_TURN = (Flow.LOOP, Flow.BREAK)


def _first_test(machine: Machine, node: ast.While, frame: Frame) -> Symbol:
    """What a `while` asks before its first turn."""
    with machine.trial():
        return machine.value(node.test, frame)


def _leave_loop(_: Machine, node: ast.stmt, frame: Frame) -> Flow:
    return _left(frame, Flow.BREAK if isinstance(node, ast.Break) else Flow.LOOP)


def _with(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, (ast.With, ast.AsyncWith))
    return with_(machine, node, frame)


def _try(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, ast.Try) or type(node) in _TRY_STAR
    return attempt(machine, cast("ast.Try", node), frame)


_TRY_STAR: tuple[type[ast.stmt], ...] = (ast.TryStar,) if hasattr(ast, "TryStar") else ()


def _match(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, ast.Match)
    subject = machine.value(node.subject, frame)
    return _cases(machine, frame, subject, node.cases)


def _cases(machine: Machine, frame: Frame, subject: Symbol, cases: list[ast.match_case]) -> Flow:
    if not cases:
        return Flow.NEXT
    first, rest = cases[0], cases[1:]
    test = _pattern(machine, frame, subject, first.pattern)
    if first.guard is not None:
        test = Operation("and", (test, machine.value(first.guard, frame)), frame.span)
    if isinstance(test, Constant):
        return machine.run(first.body, frame) if test.value else _cases(machine, frame, subject, rest)
    return sides(
        machine,
        frame,
        test,
        lambda: machine.run(first.body, frame),
        lambda: _cases(machine, frame, subject, rest),
    )


def _pattern(machine: Machine, frame: Frame, subject: Symbol, pattern: ast.pattern) -> Symbol:
    """What a `case` asks; `case _` and `case name` take everything."""
    if isinstance(pattern, ast.MatchValue):
        return Operation("==", (subject, machine.value(pattern.value, frame)), frame.span)
    if isinstance(pattern, ast.MatchSingleton):
        return Operation("is", (subject, Constant(pattern.value)), frame.span)
    if isinstance(pattern, ast.MatchOr):
        tests = tuple(_pattern(machine, frame, subject, part) for part in pattern.patterns)
        return Operation("or", tests, frame.span)
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
        if pattern.name is not None:
            machine.heap.write(frame.variables, pattern.name, subject)
        return Constant(True)
    return Opaque(f"`case {ast.unparse(pattern)}` is not followed", frame.span)


def _expression(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, ast.Expr)
    if isinstance(node.value, ast.Constant):
        return Flow.NEXT
    machine.value(node.value, frame)
    if isinstance(node.value, ast.Call) and ".".join(dotted_parts(node.value.func)) in _EXITS:
        return _exit(machine, node.value, frame)
    return Flow.NEXT


def _exit(machine: Machine, node: ast.Call, frame: Frame) -> Flow:
    """`sys.exit(…)`: a loud end where it is given a text or a code other than 0."""
    given = machine.value(node.args[0], frame) if node.args else Constant(None)
    if isinstance(given, Constant) and given.value in (None, 0):
        return _left(frame, Flow.EXIT)
    statement = ast.unparse(node)
    guard = Guard(frame.place, GuardKind.RAISE, None, given, "SystemExit", statement, frame.span)
    machine.record(guard)
    return _left(frame, Flow.STOP)


def _delete(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, ast.Delete)
    for target in node.targets:
        delete(machine, target, frame)
    return Flow.NEXT


def _global(_: Machine, node: ast.stmt, frame: Frame) -> Flow:
    assert isinstance(node, (ast.Global, ast.Nonlocal))
    (frame.globals if isinstance(node, ast.Global) else frame.nonlocals).update(node.names)
    return Flow.NEXT


def _other(machine: Machine, node: ast.stmt, frame: Frame) -> Flow:
    return Flow.NEXT


_Handler = Callable[[Machine, ast.stmt, Frame], Flow]
_HANDLERS: dict[type[ast.stmt], _Handler] = {
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), _definition),
    **dict.fromkeys((ast.Assign, ast.AnnAssign), _assign),
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.If: _if,
    **dict.fromkeys((ast.For, ast.AsyncFor), _for),
    ast.While: _while,
    **dict.fromkeys((ast.Break, ast.Continue), _leave_loop),
    **dict.fromkeys((ast.With, ast.AsyncWith), _with),
    **dict.fromkeys((ast.Try, *_TRY_STAR), _try),
    ast.Match: _match,
    ast.Expr: _expression,
    ast.Delete: _delete,
    **dict.fromkeys((ast.Global, ast.Nonlocal), _global),
}
