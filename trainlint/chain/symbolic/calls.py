"""What is called with which arguments in, what it gives back out: the project's own code is entered."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from trainlint.chain.symbolic.alternatives import once_each
from trainlint.chain.symbolic.assignment import put
from trainlint.chain.symbolic.binding import bound_arguments, spread
from trainlint.chain.symbolic.branches import outlives, settle
from trainlint.chain.symbolic.decorators import decorated
from trainlint.chain.symbolic.escapes import escape
from trainlint.chain.symbolic.frame import Flow, Frame
from trainlint.chain.symbolic.library import FUNCTIONS, PURE
from trainlint.chain.symbolic.lookups import CANDIDATES, looked_up, members, not_a_member, refuse_others
from trainlint.chain.symbolic.machine import Inside, Machine, Site
from trainlint.chain.symbolic.methods import call_method
from trainlint.chain.symbolic.objects import after, class_around, instance, method
from trainlint.chain.symbolic.settings import over
from trainlint.chain.symbolic.validation import validated
from trainlint.facts.behaviour import Call, Place, Step
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Code,
    Constant,
    Element,
    External,
    Happens,
    Instance,
    Made,
    Operation,
    Sequence,
    Setting,
    Symbol,
    Table,
)
from trainlint.parse.python.generators import is_generator

#: Library functions that change a list that they are given.
_MUTATORS = {
    *("random.shuffle", "numpy.random.shuffle", "heapq.heappush", "heapq.heappop", "heapq.heapify"),
    *("bisect.insort", "bisect.insort_left", "bisect.insort_right"),
}
_DEPTH = 40


def call(machine: Machine, callee: Symbol, site: Site) -> Symbol:
    """The result of a call."""
    return _CALLED.get(type(callee), _anything)(machine, callee, site)


def _anything(machine: Machine, callee: Symbol, site: Site) -> Symbol:
    """A call of something of which nothing is known."""
    escape(machine, site, "code that cannot be followed")
    result = Made("?()", site.positional, site.keywords, site.span, callee)
    _record(machine, callee, site, result)
    return result


def _made(machine: Machine, callee: Symbol, site: Site) -> Symbol:
    """A call of what a library gave."""
    assert isinstance(callee, Made)
    escape(machine, site, callee.name)
    result = Made(f"{callee.name}()", site.positional, site.keywords, site.span, callee)
    _record(machine, callee, site, result)
    return result


def _changing(machine: Machine, callee: Symbol, site: Site) -> Symbol:
    assert isinstance(callee, Changing)
    return call(machine, callee.before, site)


def _operation(machine: Machine, callee: Symbol, site: Site) -> Symbol:
    """`owner.name(…)` of something that is not the project's, or `table[key](…)`."""
    assert isinstance(callee, Operation)
    if callee.name == "[]":
        return _looked_up(machine, callee, site)
    if callee.name != ".":
        return _anything(machine, callee, site)
    inherited = _super_method(machine, callee, site)
    if inherited is not None:
        return inherited
    result = call_method(machine, callee, site)
    _record(machine, callee, site, result)
    return result


def _record(
    machine: Machine, callee: Symbol, site: Site, result: Symbol, inside: Place | None = None
) -> None:
    if not machine.muted:
        machine.record(_event(callee, site, result, inside))


def _event(callee: Symbol, site: Site, result: Symbol, inside: Place | None) -> Call:
    return Call(
        site.frame.place,
        callee,
        site.positional,
        site.keywords,
        result,
        site.frame.module,
        site.node,
        site.span,
        inside,
    )


def _either(machine: Machine, callee: Symbol, site: Site) -> Symbol:
    """One of two callees, depending on a test."""
    assert isinstance(callee, Choice)
    frame, span, mark = site.frame, site.frame.span, machine.heap.mark
    chosen = once_each(callee, frame.place, span)
    if not isinstance(chosen, Choice):
        return call(machine, chosen, site)
    callee = chosen
    with Inside(frame, Step.BRANCH, span, callee.test):
        first = call(machine, callee.then, site)
    then = machine.heap.undo(mark)
    with Inside(frame, Step.BRANCH, span, callee.test, truth=False):
        second = call(machine, callee.other, site)
    other = machine.heap.undo(mark)
    machine.heap.join(callee.test, then, other, span)
    return first if first is second else Choice(callee.test, first, second)


def _looked_up(machine: Machine, callee: Operation, site: Site) -> Symbol:
    """`REGISTRY[key](…)`: one of the entries."""
    table, key = callee.operands
    if not isinstance(table, Table) or len(table.entries) > CANDIDATES or isinstance(key, Constant):
        return _anything(machine, callee, site)
    frame, unknown = site.frame, site.opaque("the looked-up entry is not known")
    chosen = looked_up(table, key, frame.span, unknown) or unknown
    if not table.entries or table.open or table.written:
        return call(machine, chosen, site)
    # A key that is not there stops the run, so that one of the entries is called.
    there = Operation("in", (key, Sequence(tuple(name for name, _ in reversed(table.entries)))), frame.span)
    with Inside(frame, Step.BRANCH, frame.span, there):
        return call(machine, chosen, site)


def _each(machine: Machine, callee: Symbol, site: Site) -> Symbol:
    """A call of each item of a list, one after the other."""
    assert isinstance(callee, Element)
    if not isinstance(callee.of, Sequence):
        return _anything(machine, callee, site)
    results = [call(machine, item, site) for item in callee.of.items[:CANDIDATES]]
    result = results[-1] if results else site.opaque("an item of an empty list")
    for other in results[:-1]:
        result = Choice(site.opaque("which item is called is not known"), other, result)
    return result


def _external(machine: Machine, callee: Symbol, site: Site) -> Symbol:
    """A call of a library's function or class."""
    assert isinstance(callee, External)
    result = _library(machine, callee, site)
    _record(machine, callee, site, result)
    return result


def _library(machine: Machine, callee: External, site: Site) -> Symbol:
    if callee.name == "super":
        return _super(site)
    if callee.name in PURE and not site.keywords:
        return Operation(callee.name, site.positional, site.span)
    if callee.name in _MUTATORS:
        for value in site.positional:
            if isinstance(value, (Table, Sequence)):
                put(machine, value, "*", site.opaque(f"`{callee.name}` changes it"))
    handler = FUNCTIONS.get(callee.name)
    if handler is not None:
        return handler(machine, site)
    escape(machine, site, callee.name)
    return Made(callee.name, site.positional, site.keywords, site.span)


def _super(site: Site) -> Symbol:
    """`super()`: the object, looked at from the class around the method."""
    frame: Frame | None = site.frame
    while frame is not None and (frame.code is None or frame.code.bound is None):
        frame = frame.outer
    if frame is None or frame.code is None or not isinstance(frame.code.bound, (Instance, Setting)):
        return site.opaque("`super()` outside a method")
    return Operation("super", (frame.code.bound, frame.code), site.span)


def _object(machine: Machine, owner: Symbol, site: Site) -> Symbol:
    """`model(batch)`: `__call__`, for modules `forward`."""
    assert isinstance(owner, Instance)
    for name in ("__call__", "forward"):
        found = method(machine, owner, owner.module, owner.node, name)
        if found is not None:
            return _code(machine, found, site)
    escape(machine, site, owner.node.name)
    result = Made(f"{owner.node.name}()", site.positional, site.keywords, site.span, owner)
    _record(machine, owner, site, result)
    return result


def _super_method(machine: Machine, callee: Operation, site: Site) -> Symbol | None:
    """`super().name(…)`: the next method of this name, None when it is not the project's."""
    owner, name = callee.operands
    if not (isinstance(owner, Operation) and owner.name == "super" and isinstance(name, Constant)):
        return None
    bound, code = owner.operands
    assert isinstance(code, Code)
    around = class_around(code.module, code.node)
    if not isinstance(bound, Instance) or around is None:
        return None
    found = after(machine, bound, around, str(name.value))
    return _code(machine, found, site) if found is not None else None


def _code(machine: Machine, code: Symbol, site: Site) -> Symbol:
    """A function of the project, or an object of a class of it."""
    assert isinstance(code, Code)
    if code.positional or code.keywords:
        given = dict(code.keywords) | dict(site.keywords)
        positional = (*code.positional, *site.positional)
        site = Site(site.node, site.frame, positional, tuple(given.items()), site.spread)
        code = replace(code, positional=(), keywords=())
    if isinstance(code.node, ast.ClassDef):
        return _construct(machine, code, code.node, site)
    if not code.bare and not isinstance(code.node, ast.Lambda) and code.node.decorator_list:
        return _decorated(machine, code, site)
    around = site.frame.place
    if is_generator(code.node, code.module.source.text) and not _is_manager(code.node):
        doubt = site.opaque(f"whether anything is asked of `{code.name}` is not known")
        around = Place(around, Step.BRANCH, site.span, doubt)
    place = Place(around, Step.CALL, site.span, code, node=site.node)
    if site.frame.depth > _DEPTH or machine.stack.count(code.node) > 1 or machine.exhausted:
        escape(machine, site, code.name)
        machine.cut.update(machine.stack)
        result: Symbol = site.opaque(f"`{code.name}` calls itself")
        _record(machine, code, site, result)
        return result
    slot = len(machine.events)
    result = _tried(machine, code, site, place) if machine.muted else _entered(machine, code, site, place)
    if not machine.muted:
        machine.events.insert(slot, _event(code, site, result, place))
    return result


def _decorated(machine: Machine, code: Code, site: Site) -> Symbol:
    """A function behind decorators: those of the project are entered, others may do anything with it."""
    wrapped, doubt = decorated(machine, code, site)
    if doubt is None:
        return call(machine, wrapped, site)
    with Inside(site.frame, Step.BRANCH, site.frame.span, doubt):
        result = call(machine, wrapped, site)
    return Choice(doubt, result, doubt)


def _is_manager(node: ast.AST) -> bool:
    """Whether a function with `yield` is made a context manager."""
    marks = node.decorator_list if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else []
    return any(ast.unparse(mark).endswith("contextmanager") for mark in marks)


def _tried(machine: Machine, code: Code, site: Site, place: Place) -> Symbol:
    """A call in a trial: a function that was called before with the same object changes nothing else."""
    key = (code.node, id(code.bound), _stated(site))
    if key not in machine.tried:
        mark = machine.heap.mark
        result = _entered(machine, code, site, place)
        changed = [names for names in machine.heap.written(mark) if machine.is_shared(names[0])]
        machine.tried[key] = (result, changed)
        return result
    result, changed = machine.tried[key]
    for names, name in changed:
        machine.loosen(names, name, site.span)
    return result


def _stated(site: Site) -> tuple[object, ...]:
    """What tells two calls of one function apart in a trial: constants and the code that is given."""
    given = (*site.positional, *(value for _, value in site.keywords))
    return tuple(
        repr(value.value) if isinstance(value, Constant) else id(getattr(value, "node", None))
        for value in given
    )


def _entered(machine: Machine, code: Code, site: Site, place: Place) -> Symbol:
    """Run the body of a function with its parameters bound."""
    assert not isinstance(code.node, ast.ClassDef)
    outer = code.closure if isinstance(code.closure, Frame) else None
    frame = Frame(code.module, place, code, {}, outer, site.frame.depth + 1, spans=site.frame.spans)
    frame.variables.update(bound_arguments(machine, code, site, frame))
    frame.mark = machine.heap.mark
    machine.stack.append(code.node)
    if not machine.muted:
        machine.entered.add(code.node)
    try:
        if isinstance(code.node, ast.Lambda):
            frame.statement = code.node
            return machine.value(code.node.body, frame)
        flow = machine.run(code.node.body, frame)
    finally:
        machine.stack.pop()
    for left, how in frame.left:
        if how in (Flow.EXIT, Flow.STOP) and left.within(place):
            site.frame.left.append((left, how))
    settle(machine, frame)
    repeats = code.node in machine.cut and code.node not in machine.stack
    if repeats or frame.yielded:
        machine.cut.discard(code.node)
        for names, name in list(machine.heap.written(frame.mark)):
            if machine.is_shared(names) or outlives(machine, frame, names):
                machine.loosen(names, name, site.span)
    if frame.yielded and _is_manager(code.node):
        return frame.yielded[0] if len(frame.yielded) == 1 else site.opaque("one of several `yield`")
    if frame.yielded:
        return Sequence(tuple(dict.fromkeys(frame.yielded)), open=True)
    return _result(frame, flow)


def _result(frame: Frame, flow: Flow) -> Symbol:
    """What a function gives back: of several `return` the one that is reached."""
    results = list(frame.returned)
    if flow is Flow.NEXT or not results:
        results.append((frame.place, Constant(None)))
    result = results[-1][1]
    for place, value in reversed(results[:-1]):
        if value is not result and value != result:
            result = Choice(Happens(place), value, result)
    return result


def _construct(machine: Machine, code: Code, node: ast.ClassDef, site: Site) -> Symbol:
    """An object of a class: `__init__` is run; a config schema over a config is the config, checked."""
    schema = machine.schemas.read(code.module, node)
    mapping = site.keyword("**")
    if schema is not None and isinstance(mapping, Setting):
        given = tuple(pair for pair in site.keywords if pair[0] not in ("*", "**"))
        positional = tuple(zip((entry.name for entry in schema.fields), site.positional, strict=False))
        checked = over(mapping, (*positional, *given)) if given or positional else mapping
        result = validated(machine, code, replace(checked, schema=schema, made=code, plain=True), site)
        _record(machine, code, site, result)
        return result
    named = members(machine, code) if len(site.positional) == 1 else None
    if named is not None:
        key = site.positional[0]
        words = not_a_member(key, node.name, site.node, site.frame)
        refuse_others(machine, key, tuple(named.values()), site.node, site.frame, "ValueError", words)
    made = instance(machine, code.module, node, site.span)
    place = Place(site.frame.place, Step.CALL, site.span, code, node=site.node)
    _record(machine, code, site, made, place)
    start = method(machine, made, code.module, node, "__init__")
    if start is not None and not (machine.stack.count(start.node) > 1 or machine.exhausted):
        _entered(machine, start, site, place)
        return made
    fields = schema.fields if schema is not None else ()
    for name, value in zip((entry.name for entry in fields), site.positional, strict=False):
        machine.set_attribute(made, name, value)
    for name, value in site.keywords:
        if name not in ("*", "**"):
            machine.set_attribute(made, name, value)
    spread(machine, made, fields, site)
    if not fields:
        escape(machine, site, node.name)
    finish = method(machine, made, code.module, node, "__post_init__") if fields else None
    if finish is not None:
        call(machine, finish, Site(site.node, site.frame, (), ()))
    return made


_CALLED: dict[type, Callable[[Machine, Symbol, Site], Symbol]] = {
    Changing: _changing,
    Choice: _either,
    Code: _code,
    Element: _each,
    External: _external,
    Instance: _object,
    Made: _made,
    Operation: _operation,
}
