"""A parser and what a command line gives it in, the value that each argument has in the program out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trainlint.facts.arguments import (
    Argument,
    ArgumentAction,
    CommandLineFacts,
    GivenArgument,
    ParserKind,
    ValueKind,
)
from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.arguments.values import NotConvertedError, converted

_TRUE, _FALSE = frozenset(("true", "yes", "t", "y", "1")), frozenset(("false", "no", "f", "n", "0"))
#: Parsers to which the bare name of a truth value means that it is true.
_LONE_IS_TRUE = (ParserKind.HF, ParserKind.TRL)
_GATHERS = (ArgumentAction.APPEND, ArgumentAction.EXTEND)


def argument_values(
    facts: CommandLineFacts,
    given: Sequence[GivenArgument],
    in_files: Mapping[str, Value[object]],
) -> dict[str, Value[object]]:
    """By their names in the program: what the command gives, else what a file gives, else the default."""
    values: dict[str, Value[object]] = {}
    for argument in (*facts.options, *facts.positionals):
        if argument.suppressed:
            continue
        own = _default(argument) if argument.certain else _doubted(argument)
        known = values.get(argument.dest)
        values[argument.dest] = own if known is None or isinstance(known, Unknown) else known
    values |= in_files
    for entry in given:
        dest, value = entry.argument.dest, _given(entry, facts.kind)
        before = values.get(dest) if entry.argument.action in _GATHERS else None
        values[dest] = _joined(before, value) if _is_list(before) and _seen(given, entry) else value
    return values


def _seen(given: Sequence[GivenArgument], entry: GivenArgument) -> bool:
    """Whether the same list was given something before."""
    return next(other for other in given if other.argument.dest == entry.argument.dest) is not entry


def _is_list(value: Value[object] | None) -> bool:
    return isinstance(value, Known) and isinstance(value.value, list)


def _joined(before: Value[object] | None, value: Value[object]) -> Value[object]:
    if isinstance(before, Known) and isinstance(value, Known):
        assert isinstance(before.value, list)
        return Known([*before.value, *(value.value if isinstance(value.value, list) else [])], value.span)
    return value


def _doubted(argument: Argument) -> Unknown:
    return Unknown(f"not every run has the argument `{argument.display}`", argument.span)


def _default(argument: Argument) -> Value[object]:
    default = argument.default or argument.initial
    if default is None:
        return Unknown(f"the default of `{argument.display}` is not known", argument.span)
    if isinstance(default, Known) and isinstance(default.value, str):
        return _converted(argument, default.value, default)
    return default


def _given(entry: GivenArgument, kind: ParserKind) -> Value[object]:
    argument, action = entry.argument, entry.argument.action
    if action in (ArgumentAction.STORE, *_GATHERS):
        attached = argument.is_option and entry.values == (entry.word,)
        values = [_word(argument, word, attached=attached) for word in entry.values]
        if action in _GATHERS or argument.nargs not in (None, "?"):
            return _listed(values, entry.word)
        if not values and kind in _LONE_IS_TRUE and "bool" in argument.type.name.lower():
            return Known(True, entry.word.span)
        return values[0] if len(values) == 1 else _unclear(entry)
    start = argument.initial
    if action is ArgumentAction.FLAG and isinstance(start, Known) and isinstance(start.value, bool):
        return Known(not start.value, entry.word.span)
    text = entry.word.text
    if action is ArgumentAction.BOOLEAN and not entry.values and isinstance(text, Known):
        return Known(not text.value.lstrip("-").startswith(("no-", "no_")), entry.word.span)
    return _unclear(entry)


def _unclear(entry: GivenArgument) -> Unknown:
    return Unknown(f"what `{entry.argument.display}` makes of its value is not known", entry.word.span)


def _listed(values: Sequence[Value[object]], word: Word) -> Value[object]:
    unknown = next((value for value in values if isinstance(value, Unknown)), None)
    return unknown or Known([value.value for value in values], values[0].span if values else word.span)


def _word(argument: Argument, word: Word, *, attached: bool) -> Value[object]:
    """The value of one word; of `--lr=1` and `-l1` only what stands behind the name."""
    if isinstance(word.text, Unknown):
        return word.text
    text = word.text.value
    start = 0
    if attached:
        equals = text.find("=") + 1
        start = equals or 2
    value = text[start:]
    place = word.span_of(start, len(text)) if value and start else word.span
    return _converted(argument, value, Known(value, place))


def _converted(argument: Argument, text: str, written: Known[object]) -> Value[object]:
    """What the type makes of a text, as far as that is known."""
    kind = argument.type
    if argument.unknown is not None:
        return argument.unknown
    if kind.kind is ValueKind.ANY:
        return Unknown(f"what `{argument.display}` makes of `{text}` is not known", written.span)
    if "bool" in kind.name.lower():
        return _truth(argument, text, written)
    try:
        return Known(converted(kind, text), written.span)
    except NotConvertedError:
        return Unknown(f"`{argument.display}` does not take `{text}`", written.span)


def _truth(argument: Argument, text: str, written: Known[object]) -> Value[object]:
    if argument.type.kind is not ValueKind.WORDS:
        return Unknown(f"what `{argument.display}` makes of `{text}` is not known", written.span)
    if text.lower() in _TRUE | _FALSE:
        return Known(text.lower() in _TRUE, written.span)
    return Unknown(f"what `{argument.display}` makes of `{text}` is not known", written.span)
