"""A `try` or `with` statement in, its effects and the way it ends out."""

from __future__ import annotations

import ast

from trainlint.chain.symbolic.assignment import assign
from trainlint.chain.symbolic.branches import drop, flows
from trainlint.chain.symbolic.frame import Flow, Frame, barred
from trainlint.chain.symbolic.heap import Names, either
from trainlint.chain.symbolic.machine import Inside, Machine, Site
from trainlint.chain.symbolic.objects import method
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import Instance, Opaque, Symbol
from trainlint.source import Span

#: Handlers of these catch nothing that a wrong config raises.
_HARMLESS = {
    *("ImportError", "ModuleNotFoundError", "KeyboardInterrupt", "StopIteration", "EOFError", "SystemExit"),
    *("OutOfMemoryError", "FileExistsError", "TimeoutError", "BrokenPipeError", "GeneratorExit"),
}

_EXITS = {"sys.exit", "exit", "quit", "os._exit"}


def with_(machine: Machine, node: ast.With | ast.AsyncWith, frame: Frame) -> Flow:
    """A `with` block."""
    outside, seen = frame.place, len(frame.left)
    swallows = False
    entries: list[tuple[Symbol, ast.expr]] = []
    for item in node.items:
        context = machine.value(item.context_expr, frame)
        entered = _method(machine, context, "__enter__", item.context_expr, frame)
        if item.optional_vars is not None:
            given = context if entered is None else entered
            assign(machine, item.optional_vars, given, frame, quiet=True)
        suppresses = _called(item.context_expr).endswith("suppress") or _may_swallow(machine, context)
        swallows = swallows or suppresses
        step = Step.TRY if suppresses else Step.WITH
        frame.place = Place(frame.place, step, frame.span, context, node=node)
        entries.append((context, item.context_expr))
    flow = machine.run(node.body, frame)
    frame.place = outside
    for context, written in reversed(entries):
        frame.statement = node
        _method(machine, context, "__exit__", written, frame)
    if swallows:
        _rescued(frame, seen)
        flow = Flow.NEXT if flow is Flow.STOP else flow
    return flow


def _method(machine: Machine, context: Symbol, name: str, written: ast.expr, frame: Frame) -> Symbol | None:
    """What a context manager of the project does as the block begins or ends."""
    if not isinstance(context, Instance):
        return None
    found = method(machine, context, context.module, context.node, name)
    if found is None:
        return Opaque(f"what `{name}` gives is not known", frame.span)
    error = Opaque("an exception, or None", frame.span)
    call = ast.copy_location(ast.Call(written, [], []), written)
    return machine.call(found, Site(call, frame, (error,) * (3 if name == "__exit__" else 0), ()))


def _may_swallow(machine: Machine, context: Symbol) -> bool:
    """Whether `__exit__` gives back anything but None or False."""
    found = None
    if isinstance(context, Instance):
        found = method(machine, context, context.module, context.node, "__exit__")
    returns = [node for node in ast.walk(found.node) if isinstance(node, ast.Return)] if found else []
    return any(
        entry.value is not None
        and not (isinstance(entry.value, ast.Constant) and entry.value.value in (None, False))
        for entry in returns
    )


def _called(node: ast.expr) -> str:
    """The last name of what is called."""
    function = node.func if isinstance(node, ast.Call) else None
    return str(getattr(function, "attr", getattr(function, "id", "")))


def attempt(machine: Machine, node: ast.Try, frame: Frame) -> Flow:
    """A `try`: the handlers start from any moment of the body."""
    span, seen, lost = frame.span, len(frame.left), len(frame.dropped)
    caught = [handler for handler in node.handlers if _catches(handler)]
    outside = frame.place
    if caught:
        frame.place = Place(outside, Step.TRY, span)
    mark = machine.heap.mark
    flow = machine.run(node.body, frame)
    moments = _moments(machine, frame, mark, lost)
    if caught:
        _rescued(frame, seen)
    failed = Opaque("whether an exception is raised is not known", span)
    if flow is Flow.NEXT and node.orelse:
        with Inside(frame, Step.BRANCH, span, failed if caught else None, truth=False):
            for place, how in frame.left[seen:]:
                frame.place = barred(frame.place, place, how)
            flow = machine.run(node.orelse, frame)
    frame.place = outside
    for handler in node.handlers:
        flow = _handled(machine, frame, handler, failed, moments, mark, flow)
    final = machine.run(node.finalbody, frame)
    return flow if final is Flow.NEXT else final


def _rescued(frame: Frame, seen: int) -> None:
    """What was raised is caught: the code behind is reached."""
    frame.left[seen:] = [entry for entry in frame.left[seen:] if entry[1] is not Flow.STOP]


_Moments = list[tuple[Names, str, "list[Symbol | None]"]]


def _moments(machine: Machine, frame: Frame, mark: int, lost: int) -> _Moments:
    """All that names held while the body ran, what sides held that were left included."""
    found = machine.heap.history(mark)
    dropped = (entry for dropped in frame.dropped[lost:] for entry in dropped.state.values())
    return [*found, *((names, key, [value]) for names, key, value in dropped)]


def _handled(
    machine: Machine,
    frame: Frame,
    handler: ast.ExceptHandler,
    failed: Symbol,
    moments: _Moments,
    mark: int,
    flow: Flow,
) -> Flow:
    """One handler, from the state that the exception left."""
    span, seen, outside = frame.span, len(frame.left), frame.place
    body = machine.heap.undo(mark)
    for names, key, values in moments:
        _either_of(machine, names, key, values, span)
    with Inside(frame, Step.BRANCH, span, failed) as place:
        if handler.name is not None:
            error = Opaque(f"`{handler.name}` is an exception", span)
            machine.heap.write(frame.variables, handler.name, error)
        ended = machine.run(handler.body, frame)
    rescued = machine.heap.undo(mark)
    if (ended is Flow.NEXT) is (flow is Flow.NEXT):
        machine.heap.join(failed, rescued, body, span)
    elif flow is Flow.NEXT:
        drop(machine, frame, place, flows(frame, seen, None), rescued)
        machine.heap.keep(body)
    else:
        left = frozenset((flow, *flows(frame, 0, seen)))
        drop(machine, frame, Place(outside, Step.BRANCH, span, failed, truth=False), left, body)
        machine.heap.keep(rescued)
        return Flow.NEXT
    return flow if flow is Flow.NEXT or flow is ended else Flow.LEAVE


def _either_of(machine: Machine, names: Names, key: str, values: list[Symbol | None], span: Span) -> None:
    """A name holds one of several values, and nobody knows which."""
    result = names.get(key)
    for value in values:
        if value is not result:
            doubt = Opaque("where an exception was raised is not known", span)
            result = either(doubt, value, result, key, span)
    if result is not None:
        machine.heap.write(names, key, result)


def _catches(handler: ast.ExceptHandler) -> bool:
    """Whether a handler may swallow what a wrong config raises."""
    if _fails(handler.body):
        return False
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(ast.unparse(entry).rpartition(".")[2] not in _HARMLESS for entry in types)


def _fails(body: list[ast.stmt]) -> bool:
    """Whether a handler itself always ends in an exception, or in an exit that tells a failure."""
    around = (ast.Return, ast.Continue, ast.Break)
    if not body or any(isinstance(node, around) for statement in body for node in ast.walk(statement)):
        return False
    last = body[-1]
    if isinstance(last, ast.Raise):
        return True
    call = last.value if isinstance(last, ast.Expr) else None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) not in _EXITS:
        return False
    status = call.args[0] if call.args else None
    return isinstance(status, ast.Constant) and bool(status.value)
