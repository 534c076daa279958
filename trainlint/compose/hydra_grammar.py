"""An override's text in, what Hydra's own parser makes of it out: its parts, or its refusal."""

from __future__ import annotations

import itertools
import warnings
from functools import lru_cache
from typing import Any

from antlr4.CommonTokenStream import CommonTokenStream
from antlr4.error.ErrorListener import ErrorListener
from antlr4.InputStream import InputStream
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, OverrideType, ValueType
from hydra.errors import HydraException
from hydra.grammar.gen.OverrideLexer import OverrideLexer
from hydra.grammar.gen.OverrideParser import OverrideParser

from trainlint.compose.grammar import Parsed, Plain, SyntaxFault
from trainlint.compose.request import OverrideKind, SweepKind

#: More points of one sweep than this are never looked at.
MAX_POINTS = 1024
#: Values that nest deeper overflow Python's stack in Hydra's parser.
MAX_DEPTH = 500

_KINDS = {
    OverrideType.CHANGE: OverrideKind.CHANGE,
    OverrideType.ADD: OverrideKind.ADD,
    OverrideType.FORCE_ADD: OverrideKind.FORCE_ADD,
    OverrideType.DEL: OverrideKind.DELETE,
}
_SWEEPS = {
    ValueType.SIMPLE_CHOICE_SWEEP: SweepKind.SIMPLE,
    ValueType.CHOICE_SWEEP: SweepKind.CHOICE,
    ValueType.RANGE_SWEEP: SweepKind.RANGE,
    ValueType.GLOB_CHOICE_SWEEP: SweepKind.GLOB,
    ValueType.INTERVAL_SWEEP: SweepKind.INTERVAL,
}


@lru_cache(maxsize=1)
def _parser() -> OverridesParser:
    return OverridesParser.create()


def parse_by_hydra(text: str) -> Parsed | SyntaxFault:
    """The parts of an override by Hydra's grammar."""
    if max(text.count(opening) for opening in "[{(") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        return SyntaxFault("RecursionError: maximum recursion depth exceeded", "it nests too deeply", None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = _parts(_parser().parse_overrides([text])[0])
        if any(map(_has_null_key, (parsed.value, *parsed.points))):
            words = f"Error merging override {text}\nIncompatible key type 'NoneType'"
            return SyntaxFault(words, "`null` cannot be a key", None)
        return parsed
    except HydraException as error:
        return SyntaxFault(str(error), _sentence(text), _fault_offset(text))
    except (RecursionError, ValueError, TypeError, AssertionError, ArithmeticError) as error:
        return SyntaxFault(f"{type(error).__name__}: {error}", _sentence(text), None)


def _has_null_key(value: Plain) -> bool:
    """Whether a mapping somewhere in the value has the key `null`: Hydra reads it, no config can hold it."""
    if isinstance(value, dict):
        return None in value or any(map(_has_null_key, value.values()))
    return isinstance(value, list) and any(map(_has_null_key, value))


def _depth(text: str) -> int:
    """How deep the brackets of a text nest."""
    steps = ((char in "[{(") - (char in "]})") for char in text)
    return max(itertools.accumulate(steps), default=0)


def _parts(parsed: Override) -> Parsed:
    kind = _KINDS[parsed.type]
    key, package = parsed.key_or_group, parsed.package
    sweep_kind = _SWEEPS.get(parsed.value_type) if parsed.value_type is not None else None
    if sweep_kind is None:
        return Parsed(kind, key, package, _plain(parsed.value()), has_value=parsed.value_type is not None)
    value: Any = parsed._value
    if isinstance(value, Glob):
        return Parsed(
            kind,
            key,
            package,
            None,
            sweep_kind=sweep_kind,
            include=tuple(value.include),
            exclude=tuple(value.exclude),
        )
    points: tuple[Plain, ...] = ()
    if sweep_kind is not SweepKind.INTERVAL:
        if hasattr(value, "shuffle"):
            value.shuffle = False  # the same points in an order that does not change between runs
        texts = itertools.islice(parsed.sweep_string_iterator(), MAX_POINTS)
        points = tuple([_plain(_parser().parse_rule(f"k={point}", "override").value()) for point in texts])
    return Parsed(kind, key, package, None, sweep_kind=sweep_kind, points=points)


def _plain(value: Any) -> Plain:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"{type(value).__name__} is no value")


class _Column(ErrorListener):
    """Remembers where the first error is."""

    def __init__(self) -> None:
        self.column: int | None = None

    def syntaxError(self, recognizer: Any, symbol: Any, line: int, column: int, msg: str, e: Any) -> None:  # noqa: N802
        if self.column is None:
            self.column = column


def _fault_offset(text: str) -> int | None:
    """The offset of the first character that the grammar cannot take."""
    if "\n" in text:
        return None
    listener = _Column()
    lexer = OverrideLexer(InputStream(text))
    lexer.removeErrorListeners()
    lexer.addErrorListener(listener)
    parser = OverrideParser(CommonTokenStream(lexer))
    parser.removeErrorListeners()
    parser.addErrorListener(listener)
    rule: Any = parser.override
    rule()
    return None if listener.column is None else min(listener.column, max(len(text) - 1, 0))


def _sentence(text: str) -> str:
    """What is wrong, in plain words, for the slips that are common."""
    key, equals, value = text.partition("=")
    if not equals:
        return f"`{text}` is no override: it has no `=`"
    if value.count("'") % 2 or value.count('"') % 2:
        return f"the quotes in `{value}` do not match"
    for opening, closing in ("[]", "{}", "()"):
        if value.count(opening) != value.count(closing):
            return f"`{opening}` and `{closing}` in `{value}` do not match"
    if "=" in value:
        return f"the value `{value}` holds a `=`, which must be quoted or escaped"
    if " " in key.strip() or key != key.strip():
        return f"the key `{key}` holds a blank"
    return f"Hydra's grammar cannot read `{text}`"
