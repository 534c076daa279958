"""How a launcher declares an option in, what the option can be out, the usual value first."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Sequence

from trainlint.facts.value import Unknown
from trainlint.parse.python.launching.conditions import identity
from trainlint.parse.python.launching.containers import elements_of
from trainlint.parse.python.launching.frame import Frame
from trainlint.parse.python.launching.values import (
    Call,
    Items,
    Library,
    Opaque,
    Plain,
    Rest,
    Value,
)
from trainlint.parse.python.scope import Function, qualified
from trainlint.parse.shell.state import Text
from trainlint.source import Span

#: Decorators that declare an option of click, and those that make a function a command.
_DECLARING = ("option", "argument")
_COMMANDS = ("command", "group", "callback")


def option_values(name: str, optional: bool, call: Call) -> Sequence[Value]:
    """What an option of argparse or click may be: a switch is on or off, a choice each of its choices."""
    given = _given(name, call.span)
    default, choices = (
        call.argument("default"),
        call.argument("choices") or _choices_of(call.argument("type")),
    )
    action = call.argument("action")
    known_action = action.known if isinstance(action, Text) else None
    if known_action in ("store_true", "store_false") or _is_true(call.argument("is_flag")):
        usual = default if isinstance(default, Plain) else Plain(known_action == "store_false", call.span)
        return (usual, Plain(not usual.constant, call.span))
    if isinstance(action, Library) and action.name.endswith("BooleanOptionalAction"):
        usual = default if isinstance(default, Plain) else Plain(None, call.span)
        return (usual, Plain(not usual.constant, call.span))
    several = call.argument("nargs") is not None or _is_true(call.argument("multiple"))
    if several or known_action in ("append", "extend", "append_const"):
        many = Items([Rest(given.unknown)], "list", call.span)
        return (default, many) if default is not None else (many,)
    if known_action not in (None, "store"):
        return (given,)
    absent = None if not optional or _is_true(call.argument("required")) else Plain(None, call.span)
    if choices is not None and not isinstance(choices, Opaque):
        return _chosen(choices, default or absent, given, call)
    if default is None:
        return (given,) if absent is None else (absent, given)
    if isinstance(default, Text) and not _keeps(call.argument("type")):
        return (given,)
    return _with_default(default, given)


def parameter_values(
    node: Function, name: str, default: ast.expr | None, frame: Frame
) -> Sequence[Value] | None:
    """What a parameter of a command of click or typer may be; None for any other function."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).rpartition(".")[2] in _DECLARING:
            called = frame.run.machine.value(decorator.func, frame)
            call = frame.run.machine.call_of(decorator, frame, called)
            flags = [value.known for value in call.values if isinstance(value, Text) and value.known]
            if name in (flag.lstrip("-").partition("/")[0].replace("-", "_") for flag in flags):
                return option_values(name, flags[0].startswith("-"), call)
    if not is_command(node):
        return None
    given = _given(name, frame.place(node))
    if default is None:
        return (given,)
    if isinstance(default, ast.Call) and qualified(frame.module, default.func).startswith("typer."):
        call = frame.run.machine.call_of(default, frame, Library("typer.Option", frame.place(default)))
        found = call.argument("default", 0)
        return (given,) if found is None or isinstance(found, Opaque) else _with_default(found, given)
    return _with_default(frame.run.machine.value(default, frame), given)


def stays_text(call: Call) -> bool:
    """Whether what is given stays the text that it is on the command line."""
    converts = call.argument("type")
    return converts is None or (isinstance(converts, Library) and converts.name == "str")


def not_empty(value: Value, frame: Frame) -> Value:
    """A text that is given; nobody gives an empty one: it is as good as no option."""
    if isinstance(value, Opaque):
        frame.run.route.settle(("truth", identity(value)), 0)
    return value


def environment_variable(call: Call, name: Hashable) -> Value:
    """A variable of the environment that is asked for, with a default or without."""
    reason = "is an environment variable that is only known at run time"
    found = call.frame.opaque(call.node, reason, ("environment", name), free=True)
    default = call.argument("default", 1)
    return not_empty(found, call.frame) if isinstance(default, Text) and default.known != "" else found


def is_command(node: Function) -> bool:
    """Whether a function is a command of click or typer."""
    called = (entry.func if isinstance(entry, ast.Call) else entry for entry in node.decorator_list)
    return any(ast.unparse(entry).rpartition(".")[2] in _COMMANDS for entry in called)


def _given(name: str, span: Span) -> Opaque:
    unknown = Unknown(f"`args.{name}` is given on the launcher's command line", span)
    return Opaque(unknown, ("option", name), True)


def _with_default(default: Value, given: Opaque) -> Sequence[Value]:
    """A default that says nothing leaves it open whether the option is given."""
    if isinstance(default, Plain) and isinstance(default.constant, bool):
        return (default, Plain(not default.constant, default.span))
    nothing = (isinstance(default, Plain) and default.constant is None) or (
        isinstance(default, Text) and default.known == ""
    )
    return (default, given) if nothing else (default,)


def _choices_of(converts: Value | None) -> Value | None:
    """The choices that `click.Choice` made a type of."""
    return converts if isinstance(converts, Items) else None


def _keeps(converts: Value | None) -> bool:
    """Whether a default that is a text stays as it is, for all that is to be known of the type."""
    return converts is None or (isinstance(converts, Library) and converts.name in ("str", "int", "float"))


def _is_true(value: Value | None) -> bool:
    return isinstance(value, Plain) and bool(value.constant)


def _chosen(choices: Value, default: Value | None, given: Opaque, call: Call) -> Sequence[Value]:
    elements = elements_of(choices, call.node, call.frame)
    values = [element for element in elements if not isinstance(element, Rest)]
    if len(values) != len(elements) or not values:
        return (given,)
    if default is None:
        return values
    same = [value for value in values if _same(value, default)]
    return [*(same or [default]), *(value for value in values if value not in same)]


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, Text) and isinstance(right, Text):
        return left.known == right.known
    return isinstance(left, Plain) and isinstance(right, Plain) and left.constant == right.constant
