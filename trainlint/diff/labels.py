"""What a program prints or logs in, its values each with the label it is shown under out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from trainlint.facts.symbols import Operation, Symbol, Table
from trainlint.facts.terms import Sort, Term
from trainlint.source import Span

_WORDS = re.compile(r"[a-z][a-z0-9_/%]*")
#: Texts behind a value that belong to it: units, and what closes a bracket.
_FILLERS = {"ms", "s", "gb", "mb", "step", "iter", "is", "the", "of", "at", "in"}


def labelled(shown: Term) -> Iterator[tuple[str, Term | None]]:
    """The values of a text with the words in front of each; a text without values is a label alone."""
    if shown.sort is not Sort.OPERATION or shown.value != "format":
        if shown.sort is Sort.CONSTANT:
            yield label_of(str(shown.value)), None
        elif shown.sort is Sort.TABLE:
            yield from _pairs(shown)
        else:
            yield "", value_of(shown)
        return
    before, values = "", 0
    for part in shown.operands:
        if part.sort is Sort.CONSTANT and isinstance(part.value, str):
            before = part.value
        else:
            values += 1
            yield label_of(before), value_of(part)
            before = ""


def _pairs(table: Term) -> Iterator[tuple[str, Term]]:
    for key, value in zip(table.operands[::2], table.operands[1::2], strict=True):
        if key.sort is Sort.CONSTANT:
            yield label_of(str(key.value)), value


def value_of(part: Term) -> Term:
    """A value without the way it is shown."""
    while part.sort is Sort.OPERATION and part.value in ("formatted", "str", "round", "float", "int"):
        part = part.operands[0]
    return part


def label_of(text: str) -> str:
    """The words that stand for a value: the last ones before it, in small letters."""
    segments = [piece for piece in re.split(r"[,;|\n(\[]|\s[-–—]\s", text.lower()) if piece.strip(" :=.-")]
    words = _WORDS.findall(segments[-1] if segments else "")
    return " ".join(words)


def text_of(shown: Term) -> str:
    """A text as it is shown, with `{}` for each value."""
    if shown.sort is Sort.OPERATION and shown.value == "format":
        return "".join(map(text_of, shown.operands))
    return str(shown.value) if shown.sort is Sort.CONSTANT else "{}"


def made_at(symbols: Iterable[Symbol], term: Callable[[Symbol], Term]) -> dict[int, Span]:
    """Where each value that is shown is computed, by the identity of its term."""
    found = dict[int, Span]()
    for symbol in symbols:
        inner: tuple[Symbol, ...] = ()
        if isinstance(symbol, Operation) and symbol.name in ("format", "formatted", "str", "round"):
            inner = symbol.operands
        elif isinstance(symbol, Table):
            inner = tuple(value for _, value in symbol.entries)
        elif isinstance(symbol, Operation) and symbol.span is not None:
            found.setdefault(id(value_of(term(symbol))), symbol.span)
        found.update(made_at(inner, term))
    return found
