"""A text and the type of an argument in, why the argument's parser refuses the text out."""

from __future__ import annotations

import ast
import difflib
from dataclasses import replace

from trainlint.facts.arguments import OPTIONAL, TEXT, Argument, ValueKind, ValueType
from trainlint.facts.value import Known, Unknown
from trainlint.record import record

_CHOICES_SHOWN = 8
_NUMBERS = (ValueKind.INT, ValueKind.FLOAT, ValueKind.LITERAL)
_TOO_FEW = {
    "?": ("at most one argument", "at most one value"),
    "+": ("at least one argument", "at least one value"),
}
#: What people write for false and `bool` takes for true, since it is a text that is not empty.
_MEANT_FALSE = frozenset(("false", "0", "no", "none", "off", "f", "n"))


@record
class Refusal:
    """Why a value is refused; `expected` completes "expects …", `runtime` is what the parser says."""

    expected: str
    runtime: str
    nearest: str | None = None
    certain: bool = True


class NotConvertedError(Exception):
    """The type refuses the text."""


def refusal(argument: Argument, text: str) -> Refusal | None:
    """Why the argument does not take the text, None when it does or nobody can tell."""
    kind = argument.type
    if argument.unknown is not None or kind.kind is ValueKind.ANY:
        return None
    try:
        value = converted(kind, text)
    except NotConvertedError:
        said = kind.message or f"invalid {kind.name} value: {text!r}"
        runtime = f"argument {argument.display}: {said}"
        return Refusal(expected(kind), runtime, _near(text, kind.words))
    if isinstance(argument.choices, tuple) and _keeps(kind) and value not in argument.choices:
        return _not_a_choice(argument, argument.choices, value)
    if argument.choices is None and kind.name == "bool" and text.lower() in _MEANT_FALSE:
        runtime = f"`bool({text!r})` is True: the run starts with `{argument.dest}` true"
        return Refusal("an empty text for false (any other is true)", runtime, certain=False)
    return None


def default_refusal(argument: Argument) -> Refusal | None:
    """Why the type does not take the default, which is converted when it is a text and nothing is given."""
    default = argument.default
    if argument.unknown is not None or not isinstance(default, Known) or not isinstance(default.value, str):
        return None
    positional = not argument.is_option and argument.nargs == OPTIONAL
    said = refusal(argument if positional else replace(argument, choices=None), default.value)
    return said if said is not None and said.certain else None


def unread(argument: Argument) -> str | None:
    """Why nobody can tell whether the argument takes a text, None when that can be told."""
    shown = argument.display
    if argument.unknown is not None:
        return f"the values of `{shown}` are not checked: {argument.unknown.reason}"
    if argument.type.kind is ValueKind.ANY:
        return f"the values of `{shown}` are not checked: its type `{argument.type.name}` is not read"
    if argument.choices is not None and not _keeps(argument.type):
        return f"the choices of `{shown}` are not checked: its type `{argument.type.name}` changes the values"
    if isinstance(argument.choices, Unknown):
        return f"the values of `{shown}` are not checked: {argument.choices.reason}"
    return None


def converted(kind: ValueType, text: str) -> object:
    """The value that a type makes of a text."""
    if kind.kind in (ValueKind.INT, ValueKind.FLOAT) and text in kind.words:
        return text
    try:
        if kind.kind is ValueKind.INT:
            return _bounded(kind, int(text))
        if kind.kind is ValueKind.FLOAT:
            return _bounded(kind, float(text))
        if kind.kind is ValueKind.LITERAL:
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise NotConvertedError from None
    if kind.kind is ValueKind.WORDS and (text.lower() if kind.folds_case else text) not in kind.words:
        raise NotConvertedError
    return text


def expected(kind: ValueType) -> str:
    """What a type takes, to complete "expects …"."""
    if kind.kind is ValueKind.WORDS:
        return either(kind.words)
    noun = {ValueKind.INT: "an integer", ValueKind.FLOAT: "a number"}.get(kind.kind, f"a {kind.name}")
    if kind.minimum is not None and kind.maximum is not None:
        return f"{noun} from {kind.minimum:g} to {kind.maximum:g}"
    if kind.minimum is not None:
        return f"{noun} of at least {kind.minimum:g}"
    return noun if kind.maximum is None else f"{noun} of at most {kind.maximum:g}"


def either(choices: tuple[object, ...]) -> str:
    """Choices as people list them: `a`, `b` or `c`."""
    shown = [f"`{choice}`" for choice in choices[:_CHOICES_SHOWN]]
    if len(choices) > _CHOICES_SHOWN:
        return f"{', '.join(shown)} or {len(choices) - _CHOICES_SHOWN} more"
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _keeps(kind: ValueType) -> bool:
    """Whether the value that a type makes of a text is known, not only whether it takes the text."""
    return kind.kind in _NUMBERS or kind == TEXT


def _bounded(kind: ValueType, number: float) -> float:
    low, high = kind.minimum, kind.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise NotConvertedError
    return number


def _not_a_choice(argument: Argument, choices: tuple[object, ...], value: object) -> Refusal:
    listed = ", ".join(map(repr, choices))
    runtime = f"argument {argument.display}: invalid choice: {value!r} (choose from {listed})"
    near = _near(str(value), tuple(str(choice) for choice in choices))
    return Refusal(either(choices) if choices else "nothing that exists", runtime, near)


def _near(text: str, words: tuple[str, ...]) -> str | None:
    folded = {word.lower(): word for word in reversed(words)}
    found = difflib.get_close_matches(text.lower(), list(folded), n=1)
    return folded[found[0]] if found else None


def given_no_value(argument: Argument) -> Refusal:
    """What the parser says of an option that is given fewer values than it needs."""
    count = argument.nargs
    if isinstance(count, int):
        many = "" if count == 1 else "s"
        said = (f"{count} argument{many}", f"{count} value{many}")
    else:
        said = _TOO_FEW.get(count if isinstance(count, str) else "", ("one argument", "a value"))
    return Refusal(said[1], f"argument {argument.display}: expected {said[0]}")
