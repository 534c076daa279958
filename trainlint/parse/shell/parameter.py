"""A parameter as written and the state of the shell in, the texts that it stands for out."""

from __future__ import annotations

from enum import Enum

from trainlint.facts.value import Unknown
from trainlint.parse.shell.lookup import (
    Kind,
    Place,
    Values,
    keys,
    lookup,
    not_known,
    of_environment,
    one,
    target,
    unknown_of,
)
from trainlint.parse.shell.pieces import Parameter, Stretch
from trainlint.parse.shell.state import Reading, Shell, Text
from trainlint.parse.shell.transform import Operands, transformed
from trainlint.record import record

_DEFAULTS = frozenset(("-", ":-", "=", ":=", "+", ":+", "?", ":?"))


@record
class Substitute:
    """The word written inside the parameter is used in its place."""

    operand: Stretch


class _State(Enum):
    """Whether a parameter has a value."""

    SET = "set"
    EMPTY = "empty"
    MISSING = "missing"
    UNCLEAR = "unclear"


def resolve(piece: Parameter, operands: Operands) -> Values | Substitute:
    """What the parameter stands for, or that the word inside it is to be used."""
    place = _place(piece, operands)
    if isinstance(place, Unknown):
        return one(Text.of(place))
    if piece.prefix == "!":
        if place.key in ("@", "*") and not piece.operator:
            return keys(place, operands.shell)
        named = target(place, operands.shell)
        if isinstance(named, Unknown):
            return not_known(named, Kind.AT if not piece.quoted else Kind.ONE)
        place = named
    found = lookup(place, operands.shell)
    if piece.prefix == "#":
        return one(_length(place, found, operands.shell))
    if isinstance(found, Values) and found.unordered and piece.operator[-1:] != "+":
        found = Unknown(f"`{place.written}` come in an order that only the shell knows", place.span)
    if piece.operator in _DEFAULTS:
        return _default(piece, place, found, operands)
    if found is None:
        missing = _missing(place, operands.shell)
        return not_known(missing, place.kind) if isinstance(missing, Unknown) else missing
    if isinstance(found, Unknown):
        return not_known(found, place.kind)
    return transformed(found, piece, operands, place.span) if piece.operator else found


def _place(piece: Parameter, operands: Operands) -> Place | Unknown:
    source = operands.source
    span = source.span(piece.start, piece.end)
    written = source.text[piece.start : piece.end]
    if piece.subscript is None:
        return Place(piece.name, None, written, span)
    raw = source.text[piece.subscript.start : piece.subscript.end]
    if raw in ("@", "*"):
        return Place(piece.name, raw, written, span)
    key = operands.text(piece.subscript).known
    if key is None or key in ("@", "*"):
        return Unknown(f"which element `{written}` names is not known", span)
    return Place(piece.name, key, written, span)


def _missing(place: Place, shell: Shell) -> Values | Unknown:
    """A parameter that nothing sets, used as it is: the environment may have it."""
    if place.name in shell.removed or (not isinstance(shell.positional, Unknown) and place.name.isdigit()):
        return one(Text.at("", place.span)) if place.kind is Kind.ONE else Values((), place.kind)
    if place.name in shell.variables:
        return one(Text.at("", place.span)) if place.kind is Kind.ONE else Values((), place.kind)
    if place.name.isdigit():
        return Unknown(f"`{place.written}` is known only to the running shell", place.span)
    shell.readings.append(Reading(place.name, place.span))
    return of_environment(place)


def _length(place: Place, found: Values | Unknown | None, shell: Shell) -> Text:
    """`${#name}`: how many characters or elements."""
    if found is None:
        found = _missing(place, shell)
    if isinstance(found, Unknown):
        return Text.of(found)
    if place.kind is not Kind.ONE:
        if any(text.splits for text in found.texts):
            return Text.of(Unknown(f"`{place.written}` is computed when the job runs", place.span))
        return Text.at(str(len(found.texts)), place.span)
    known = found.texts[0].known
    return Text.of(unknown_of(found.texts[0])) if known is None else Text.at(str(len(known)), place.span)


def _default(
    piece: Parameter, place: Place, found: Values | Unknown | None, operands: Operands
) -> Values | Substitute:
    """`${V-d}`, `${V=d}`, `${V+d}` and `${V?d}`; a colon takes empty text for none."""
    operator = piece.operator[-1]
    state = _state(found)
    if state is _State.EMPTY:
        state = _State.MISSING if piece.operator[0] == ":" else _State.SET
    if state is _State.UNCLEAR and piece.operator[0] != ":" and isinstance(found, Values):
        state = _State.SET if found.kind is Kind.ONE else state
    if state is _State.UNCLEAR:
        unknown = found if isinstance(found, Unknown) else _first_unknown(found, place)
        return not_known(unknown, place.kind)
    if operator == "+":
        nothing = one(Text.at("", place.span)) if place.kind is Kind.ONE else Values((), place.kind)
        return Substitute(piece.operand) if state is _State.SET else nothing
    if state is _State.SET and isinstance(found, Values):
        return found
    if operator == "-":
        return Substitute(piece.operand)
    if operator == "=" and place.key is None and not place.name.isdigit():
        text = operands.word(piece.operand, piece.quoted)
        operands.shell.assign(place.name, text)
        return one(text)
    return one(Text.of(Unknown(f"`{place.written}` is computed when the job runs", place.span)))


def _state(found: Values | Unknown | None) -> _State:
    if found is None:
        return _State.MISSING
    if isinstance(found, Unknown):
        return _State.UNCLEAR
    if not found.texts:
        return _State.MISSING
    texts = [text for text in found.texts if not text.splits]
    if any(part for text in texts for part in text.parts if isinstance(part, str)):
        return _State.SET
    if found.kind is Kind.ONE and found.texts[0].known == "":
        return _State.EMPTY
    return _State.UNCLEAR


def _first_unknown(found: Values | None, place: Place) -> Unknown:
    unknown = Unknown(f"`{place.written}` is computed when the job runs", place.span)
    parts = [part for text in (found.texts if found else ()) for part in text.parts]
    return next((part for part in parts if isinstance(part, Unknown)), unknown)
