"""What one `add_argument` call is given in, the argument that argparse makes of it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trainlint.facts.arguments import (
    ANY_NUMBER,
    COMMAND,
    ONE_OR_MORE,
    OPTIONAL,
    REMAINDER,
    TEXT,
    Argument,
    ArgumentAction,
    ValueType,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.arguments.given import Given, OwnClass, Reference
from trainlint.parse.python.arguments.value_type import read_type
from trainlint.source import Span

_ACTIONS = {
    "store": ArgumentAction.STORE,
    "store_const": ArgumentAction.FLAG,
    "store_true": ArgumentAction.FLAG,
    "store_false": ArgumentAction.FLAG,
    "append": ArgumentAction.APPEND,
    "append_const": ArgumentAction.FLAG,
    "count": ArgumentAction.COUNT,
    "help": ArgumentAction.HELP,
    "version": ArgumentAction.VERSION,
    "extend": ArgumentAction.EXTEND,
}
_SUPPRESS = Reference("argparse.SUPPRESS")
_BOOLEAN = "argparse.BooleanOptionalAction"
_NO_VALUE = (
    ArgumentAction.FLAG,
    ArgumentAction.BOOLEAN,
    ArgumentAction.COUNT,
    ArgumentAction.HELP,
    ArgumentAction.VERSION,
)
_COUNTS = {
    "argparse.OPTIONAL": OPTIONAL,
    "argparse.ZERO_OR_MORE": ANY_NUMBER,
    "argparse.ONE_OR_MORE": ONE_OR_MORE,
    "argparse.REMAINDER": REMAINDER,
    "argparse.PARSER": COMMAND,
}
_KNOWN_COUNTS = (OPTIONAL, ANY_NUMBER, ONE_OR_MORE, REMAINDER, COMMAND)


def define(
    names: Sequence[str], given: Mapping[str, Given], span: Span, prefix_chars: str = "-"
) -> Argument | None:
    """The argument of `add_argument(*names, **given)`, None when argparse would refuse the definition."""
    action = _action(given.get("action"))
    if names and names[0][:1] in prefix_chars and names[0]:
        return _option(names, given, span, action, prefix_chars)
    if len(names) > 1 or (not names and not isinstance(given.get("dest"), Known)):
        return None
    return _positional(names[0] if names else _text(given.get("dest")) or "", given, span, action)


def _option(
    names: Sequence[str],
    given: Mapping[str, Given],
    span: Span,
    action: ArgumentAction | Unknown,
    prefix_chars: str,
) -> Argument:
    spelled = tuple(names)
    if action is ArgumentAction.BOOLEAN:
        spelled += tuple(f"--no-{name[2:]}" for name in names if name.startswith("--"))
    long = [name for name in names if len(name) > 1 and name[1] in prefix_chars]
    dest = _text(given.get("dest")) or (long or list(names))[0].lstrip(prefix_chars).replace("-", "_")
    return _made(spelled, dest, "/".join(spelled), given, span, action, _truth(given.get("required"), False))


def _positional(
    name: str, given: Mapping[str, Given], span: Span, action: ArgumentAction | Unknown
) -> Argument:
    count = _count(given.get("nargs"), action)
    required = not (count == OPTIONAL or (count == ANY_NUMBER and "default" in given))
    dest = _text(given.get("dest")) or name
    display = _text(given.get("metavar")) or dest
    return _made((), dest, display, given, span, action, None if isinstance(count, Unknown) else required)


def _made(
    names: tuple[str, ...],
    dest: str,
    display: str,
    given: Mapping[str, Given],
    span: Span,
    action: ArgumentAction | Unknown,
    required: bool | None,
) -> Argument:
    hidden = given.get("**")
    kind = read_type(given.get("type"))
    unknown = hidden if isinstance(hidden, Unknown) else action if isinstance(action, Unknown) else None
    count: int | str | Unknown | None = unknown if unknown is not None else _count(given.get("nargs"), action)
    return Argument(
        names,
        dest,
        span,
        display,
        action=action if isinstance(action, ArgumentAction) else ArgumentAction.CUSTOM,
        nargs=count,
        type=kind if isinstance(kind, ValueType) else TEXT,
        choices=_choices(given.get("choices")),
        required=required if hidden is None else None,
        default=_default(given.get("default")),
        unknown=unknown if unknown is not None else kind if isinstance(kind, Unknown) else None,
        initial=None if hidden is not None else _initial(given, names, count, span),
        suppressed=given.get("default") == _SUPPRESS,
    )


def _initial(
    given: Mapping[str, Given], names: tuple[str, ...], count: int | str | Unknown | None, span: Span
) -> Value[object] | None:
    """What the program gets without a default and without a value."""
    action = given.get("action")
    if isinstance(action, Known) and action.value in _INITIAL:
        return Known(_INITIAL[action.value], span)
    plain = action is None or (isinstance(action, Known) and action.value in ("store", "append", "extend"))
    if "default" in given or not plain or isinstance(count, Unknown):
        return None
    return Known([] if count == ANY_NUMBER and not names else None, span)


#: What flags are without being given.
_INITIAL: Mapping[object, bool] = {"store_true": False, "store_false": True}


def _action(given: Given | None) -> ArgumentAction | Unknown:
    if given is None:
        return ArgumentAction.STORE
    if isinstance(given, Known):
        known = _ACTIONS.get(str(given.value))
        return known or Unknown(f"`{given.value}` is no action that argparse has by itself", given.span)
    if isinstance(given, Reference):
        return ArgumentAction.BOOLEAN if given.name == _BOOLEAN else _unread(f"the action `{given.name}`")
    if isinstance(given, OwnClass) and not given.initialises:
        return ArgumentAction.CUSTOM
    return given if isinstance(given, Unknown) else _unread(f"the action `{given.name}`")


def _unread(what: str) -> Unknown:
    return Unknown(f"{what} is code of its own", Span.at(""))


def _count(given: Given | None, action: ArgumentAction | Unknown) -> int | str | Unknown | None:
    """`nargs`, 0 for actions that take no value."""
    if isinstance(action, Unknown) or action in _NO_VALUE:
        return action if isinstance(action, Unknown) else 0
    if given is None:
        return None
    if isinstance(given, Known):
        value = given.value
        if value is None or value in _KNOWN_COUNTS or (isinstance(value, int) and value >= 0):
            return value
        return Unknown("its number of values is none that argparse knows", given.span)
    if isinstance(given, Reference) and given.name in _COUNTS:
        return _COUNTS[given.name]
    return given if isinstance(given, Unknown) else _unread("its number of values")


def _choices(given: Given | None) -> tuple[object, ...] | Unknown | None:
    if given is None or (isinstance(given, Known) and given.value is None):
        return None
    if isinstance(given, Known) and isinstance(given.value, (list, tuple, set, frozenset, dict, range)):
        return tuple(given.value)
    return given if isinstance(given, Unknown) else _unread("its list of choices")


def _default(given: Given | None) -> Value[object] | None:
    return given if isinstance(given, (Known, Unknown)) else None if given is None else _unread("its default")


def _truth(given: Given | None, default: bool) -> bool | None:
    if given is None:
        return default
    return bool(given.value) if isinstance(given, Known) else None


def _text(given: Given | None) -> str | None:
    return given.value if isinstance(given, Known) and isinstance(given.value, str) else None
