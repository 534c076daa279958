"""A called value and its arguments in, the result out: functions of the project are entered."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from trainlint.parse.python.launching import expressions, statements
from trainlint.parse.python.launching.commandline import not_empty, parameter_values
from trainlint.parse.python.launching.containers import elements_of, forget_all
from trainlint.parse.python.launching.frame import MAX_DEPTH, Frame, Returned
from trainlint.parse.python.launching.inert import is_telling
from trainlint.parse.python.launching.library import FUNCTIONS, HARMLESS
from trainlint.parse.python.launching.methods import call_method
from trainlint.parse.python.launching.objects import fill_fields, is_dataclass, is_enum, method_of
from trainlint.parse.python.launching.values import (
    Blueprint,
    Call,
    Code,
    Instance,
    Items,
    Library,
    Method,
    Native,
    Opaque,
    Rest,
    Table,
    Value,
)
from trainlint.parse.python.scope import Function, all_arguments
from trainlint.parse.shell.state import Text

#: Decorators that leave a function what it is.
_PLAIN = frozenset(
    (
        *(
            "staticmethod",
            "classmethod",
            "property",
            "cache",
            "lru_cache",
            "contextmanager",
            "cached_property",
        ),
        *("wraps", "override", "no_grad", "record", "abstractmethod"),
    )
)
#: Methods of pools that call a function with what they are given, and those that call it for each element.
_SUBMITTING = frozenset(("submit", "apply_async", "apply", "run_sync", "to_thread", "create_task", "delayed"))
_MAPPING = frozenset(("map", "imap", "imap_unordered", "map_async", "starmap", "starmap_async"))


@dataclass
class Interpreter:
    """Follows a program; keeps nothing of its own."""

    def value(self, node: ast.expr, frame: Frame) -> Value:
        """The value of an expression."""
        return expressions.value(node, frame)

    def block(self, body: list[ast.stmt], frame: Frame) -> None:
        """Follow statements."""
        statements.block(body, frame)

    def call_of(self, node: ast.Call, frame: Frame, called: Value) -> Call:
        """A call with its arguments evaluated."""
        return expressions.call_of(node, frame, called)

    def call(self, called: Value, call: Call) -> Value:
        """The result of a call."""
        if isinstance(called, Code):
            return enter(called, call)
        if isinstance(called, Method):
            return call_method(called, call)
        if isinstance(called, Native):
            return called.call(call)
        if isinstance(called, Blueprint):
            return _make(called, call)
        if isinstance(called, Library):
            function = FUNCTIONS.get(called.name)
            found = function(call) if function is not None else None
            if found is not None:
                return found
        return _elsewhere(called, call)


def enter(code: Code, call: Call) -> Value:
    """The result of a function of the project."""
    if code.frame.depth > MAX_DEPTH or call.frame.depth > MAX_DEPTH:
        return call.unknown()
    frame = Frame(call.frame.run, code.frame.module, {}, code.frame, call.frame.depth + 1, function=code)
    frame.variables.update(arguments(code, call))
    if isinstance(code.node, ast.Lambda):
        return expressions.value(code.node.body, frame)
    call.frame.run.entered.add(code.node)
    if call.frame.run.notes.is_generator(code.node):
        frame.yielded = Items([], "list", call.span)
    try:
        statements.block(code.node.body, frame)
        result: Value = frame.none(call.node)
    except Returned as returned:
        result = returned.value
    if frame.yielded is not None:
        return frame.yielded
    return result if _is_plain(code.node) else call.unknown()


def arguments(code: Code, call: Call) -> dict[str, Value]:
    """The values of the parameters."""
    parameters = code.node.args
    names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
    values = list(call.values) if code.bound is None else [code.bound, *call.values]
    given: dict[str, Value] = {}
    nodes = {entry.arg: entry for entry in all_arguments(code.node)}
    defaults = [None] * (len(names) - len(parameters.defaults)) + list(parameters.defaults)
    for index, (name, default) in enumerate(zip(names, defaults, strict=True)):
        given[name] = _parameter(nodes[name], index, default, values, code, call)
    for parameter, only in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
        given[parameter.arg] = _parameter(parameter, len(values), only, values, code, call)
    if parameters.vararg is not None:
        given[parameters.vararg.arg] = Items(values[len(names) :], "tuple", call.span)
    if parameters.kwarg is not None:
        rest = {name: value for name, value in call.words.items() if name not in given}
        table = Table({}, call.span, call.more)
        for name, value in rest.items():
            table.entries[name] = (Text((name,), (value.span,)), value)
        given[parameters.kwarg.arg] = table
    return given


def _parameter(
    parameter: ast.arg,
    index: int,
    default: ast.expr | None,
    values: list[Value | Rest],
    code: Code,
    call: Call,
) -> Value:
    name = parameter.arg
    if name in call.words:
        return call.words[name]
    before = values[: index + 1]
    if any(isinstance(value, Rest) for value in before):
        return call.unknown()
    if index < len(values):
        passed = values[index]
        assert not isinstance(passed, Rest)
        return passed
    if call.more is not None:
        return call.unknown()
    declared = None if isinstance(code.node, ast.Lambda) else code.node
    found = parameter_values(declared, name, default, code.frame) if declared is not None else None
    if found is not None:
        key = ("option", name, declared)
        return not_empty(found[call.frame.run.route.choose(key, len(found))], call.frame)
    if default is not None:
        return expressions.value(default, code.frame)
    return code.frame.opaque(parameter, "is given by whoever calls this", ("parameter", code.node, name))


def _is_plain(node: Function) -> bool:
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if ast.unparse(called).rpartition(".")[2] not in _PLAIN:
            return False
    return True


def _make(blueprint: Blueprint, call: Call) -> Value:
    """An object of a class of the project."""
    if is_enum(blueprint):
        return call.unknown()
    made = Instance(blueprint, {}, call.span)
    start = method_of(blueprint, "__init__", made)
    if start is not None:
        enter(start, call)
    elif is_dataclass(blueprint):
        fill_fields(made, call)
        after = method_of(blueprint, "__post_init__", made)
        if after is not None:
            enter(after, Call(call.node, call.frame, "", (), {}, None, call.span))
    else:
        made.attributes.update(call.words)
    return made


def _elsewhere(called: Value, call: Call) -> Value:
    """A function that is not followed: it may change what it is given, and call what it is given."""
    name = called.name if isinstance(called, Library) else ""
    method = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    functions = [value for value in call.values if isinstance(value, Code)]
    if functions and method in _SUBMITTING | _MAPPING:
        return _submitted(functions[0], call, each=method in _MAPPING)
    if not (name.startswith(HARMLESS) or is_telling(call.node)):
        for value in (*call.values, *call.words.values()):
            if not isinstance(value, Rest):
                forget_all(value, call.node, call.frame)
    if isinstance(called, Opaque) and called.free:
        return call.frame.opaque(call.node, free=True)
    return call.unknown()


def _submitted(code: Code, call: Call, each: bool) -> Value:
    """`pool.submit(f, a)` and `pool.map(f, [a, b])`."""
    rest = call.values[call.values.index(code) + 1 :]
    passes = [tuple(rest)]
    if each and rest and not isinstance(rest[0], Rest):
        passes = [(element,) for element in elements_of(rest[0], call.node, call.frame)]
    for values in passes:
        enter(code, Call(call.node, call.frame, "", values, {} if each else call.words, None, call.span))
    return call.unknown()
