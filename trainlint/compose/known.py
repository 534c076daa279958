"""An interpolated option of a defaults list and the choices made so far in, the option out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trainlint.compose.elements import Option
from trainlint.facts.interpolation import Call, InterpolationFault, Reference
from trainlint.facts.value import Unknown
from trainlint.parse.interpolation import parse_template
from trainlint.record import record
from trainlint.source import Span


@record
class UnresolvedChoice:
    """An interpolation that no choice answers; `hydra` are the words Hydra stops with."""

    hydra: str


class _RefusedError(Exception):
    """Internal signal: no choice answers."""


class _UnseenError(Exception):
    """Internal signal: only the run knows."""


Listed = Sequence[str | Mapping[str, Option]]


def resolve_choice(
    text: str, known: Mapping[str, Option], listed: Listed, span: Span
) -> str | UnresolvedChoice | Unknown:
    """The text with its interpolations replaced; `listed` are the items of the list it stands in."""
    template = parse_template(text)
    if isinstance(template, InterpolationFault):
        return UnresolvedChoice(template.message)
    try:
        parts = [_part(part, known, listed) for part in template.parts]
    except _RefusedError:
        options = f", possible interpolation keys: {', '.join(known)}" if known else ""
        return UnresolvedChoice(f"Error resolving interpolation '{text}'{options}")
    except _UnseenError:
        return Unknown(f"the option `{text}` of a defaults list is only known at run time", span)
    if len(parts) == 1 and parts[0] is None:
        return UnresolvedChoice("AssertionError")
    return "".join(str(part) for part in parts)


def _part(part: str | Reference | Call, known: Mapping[str, Option], listed: Listed) -> str | None:
    if isinstance(part, str):
        return part
    if isinstance(part, Call):
        raise _UnseenError
    key = "".join(str(_part(piece, known, listed)) for piece in part.pieces)
    value = _look_up(key.removeprefix("."), known, listed)
    if isinstance(value, Unknown):
        raise _UnseenError
    if isinstance(value, tuple) or value == "???":
        raise _RefusedError
    return value


def _look_up(key: str, known: Mapping[str, Option], listed: Listed) -> Option:
    if key in known and "." not in key:
        return known[key]
    head, *rest = key.split(".")
    if head != "defaults" or not rest or not rest[0].isdecimal() or int(rest[0]) >= len(listed):
        raise _RefusedError
    item = listed[int(rest[0])]
    if isinstance(item, str) and len(rest) == 1:
        return item
    if isinstance(item, str) or len(rest) != 2 or rest[1] not in item:
        raise _RefusedError
    return item[rest[1]]
