"""A plain scalar's text comes in, its YAML 1.1 tag and value as OmegaConf reads them go out."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.facts.config import ScalarValue
from trainlint.regex import regex

PREFIX = "tag:yaml.org,2002:"
STR, NULL, BOOL, INT, FLOAT, MERGE, VALUE = (
    PREFIX + name for name in ("str", "null", "bool", "int", "float", "merge", "value")
)

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLS = {
    spelling: value
    for word, value in (
        ("yes", True),
        ("no", False),
        ("true", True),
        ("false", False),
        ("on", True),
        ("off", False),
    )
    for spelling in (word, word.capitalize(), word.upper())
}
#: YAML 1.1 integers: binary, octal with a leading zero, decimal, hexadecimal, sexagesimal.
_INT = regex(
    r"[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+"
    r"|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+"
)
#: YAML 1.1 floats and OmegaConf's additions (an exponent without a point, without a sign).
_FLOAT = regex(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
    r"|[-+]?[0-9]+(?:_[0-9]+)*\.[0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9]+(?:_[0-9]+)*[eE][-+]?[0-9]+|\.[0-9]+(?:_[0-9]+)*(?:[eE][-+][0-9]+)?"
)
_INTERESTING = frozenset("-+0123456789.")


def plain_tag(text: str) -> str:
    """The tag of an unquoted, untagged scalar."""
    if text in _NULLS:
        return NULL
    if text[0] in _INTERESTING:
        if _INT.fullmatch(text):
            return INT
        return FLOAT if _FLOAT.fullmatch(text) else STR
    if text in _BOOLS:
        return BOOL
    if text == "<<":
        return MERGE
    return VALUE if text == "=" else STR


def _integer(text: str) -> int:
    sign, digits = _signed(text.replace("_", ""))
    if digits.startswith("0b"):
        return sign * int(digits[2:], 2)
    if digits.startswith("0x"):
        return sign * int(digits[2:], 16)
    if digits[0] == "0" and digits != "0":
        return sign * int(digits, 8)
    value = 0
    for part in digits.split(":"):
        value = value * 60 + int(part)
    return sign * value


def _floating(text: str) -> float:
    sign, digits = _signed(text.replace("_", "").lower())
    if digits == ".inf":
        return sign * float("inf")
    if digits == ".nan":
        return float("nan")
    value = 0.0
    base = 1
    for part in reversed(digits.split(":")):
        value += float(part) * base
        base *= 60
    return sign * value


def _signed(digits: str) -> tuple[int, str]:
    sign = -1 if digits[0] == "-" else 1
    return sign, digits[1:] if digits[0] in "+-" else digits


def _boolean(text: str) -> bool:
    return _BOOLS[text.lower()]


def _binary(text: str) -> bytes:
    import base64

    return base64.decodebytes(text.encode("ascii"))


#: How the scalars of each tag become values; a ValueError, KeyError or IndexError refuses the text.
CONVERSIONS: dict[str, Callable[[str], ScalarValue]] = {
    STR: str,
    NULL: lambda _text: None,
    BOOL: _boolean,
    INT: _integer,
    FLOAT: _floating,
    PREFIX + "binary": _binary,
}
