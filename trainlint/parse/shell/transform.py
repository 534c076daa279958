"""The texts of a parameter and an operator in, what `${V%p}`, `${V/p/r}`, `${V:1:2}` make of them out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from trainlint.facts.value import Unknown
from trainlint.parse.shell.arithmetic import evaluate
from trainlint.parse.shell.closing import find_open
from trainlint.parse.shell.glob import UnclearPatternError
from trainlint.parse.shell.lookup import Kind, Values, not_known, one, unknown_of
from trainlint.parse.shell.patterns import Cell, compiled, matches, prefix_end, suffix_start
from trainlint.parse.shell.pieces import Parameter, Stretch
from trainlint.parse.shell.state import Shell, Text, concatenated, sliced
from trainlint.parse.shell.text import ShellText
from trainlint.source import Span

#: No text that a person wrote has so many places to change.
_MAX_CHANGES = 5000


class Operands(Protocol):
    """What evaluates the text inside a parameter."""

    @property
    def source(self) -> ShellText:
        """The text that the parameter stands in."""

    @property
    def shell(self) -> Shell:
        """The state to read and, for `${V:=d}`, to change."""

    def text(self, stretch: Stretch) -> Text:
        """Text as between double quotes."""

    def word(self, stretch: Stretch, quoted: bool) -> Text:
        """A word without its quotes, not split."""

    def cells(self, stretch: Stretch) -> list[Cell]:
        """A word with what is quoted in it, not split."""


def transformed(values: Values, piece: Parameter, operands: Operands, span: Span) -> Values:
    """The values after an operator has been at each of them, or has chosen some."""
    written = operands.source.text[piece.start : piece.end]
    unclear = Unknown(f"`{written}` is computed when the job runs", span)
    try:
        if piece.operator == ":":
            found = _chosen(values, piece, operands, span)
            return found or not_known(unclear, values.kind)
        change = _change(piece, operands)
        if change is None:
            return not_known(unclear, values.kind)
        form = piece.operator + operands.source.text[piece.operand.start : piece.operand.end]
        return Values(tuple(_changed(text, change, form) for text in values.texts), values.kind, values.keys)
    except UnclearPatternError:
        return not_known(unclear, values.kind)


def _changed(text: Text, change: Callable[[str, Text], Text], form: str) -> Text:
    known = text.known
    if known is not None:
        return change(known, text)
    unknown = unknown_of(text)
    partly = _at_an_end(text, change, form)
    return partly or Text((unknown,), (unknown.span,), text.splits)


def _at_an_end(text: Text, change: Callable[[str, Text], Text], form: str) -> Text | None:
    """What an operator does that looks only at the known end of a text, whatever the rest is.

    `%` and `#` take the shortest stretch, which is one inside that end; `##*/` leaves what is behind the
    last slash.
    """
    if text.splits:
        return None
    index = -1 if form.startswith("%") or form == "##*/" else 0
    end = text.parts[index]
    if not isinstance(end, str):
        return None
    if form == "##*/":
        return sliced(Text((end,), text.spans[-1:]), end.rindex("/") + 1, len(end)) if "/" in end else None
    if form.startswith(("%%", "##")) or form[0] not in "%#":
        return None
    left = change(end, Text((end,), (text.spans[index],)))
    if left.known == end:
        return None
    if index:
        return Text(text.parts[:-1], text.spans[:-1]) + left
    return left + Text(text.parts[1:], text.spans[1:])


def _change(piece: Parameter, operands: Operands) -> Callable[[str, Text], Text] | None:
    """What the operator does to one text; None when that is not followed."""
    operator = piece.operator
    if operator[0] in "%#":
        return _removal(piece, operands)
    if operator[0] == "/":
        return _replacement(piece, operands)
    if operator[0] in "^,":
        return _case_change(operator) if piece.operand.start == piece.operand.end else None
    return None


def _removal(piece: Parameter, operands: Operands) -> Callable[[str, Text], Text]:
    pattern = compiled(operands.cells(piece.operand))
    longest = len(piece.operator) == 2
    if piece.operator[0] == "#":
        return lambda known, text: sliced(text, prefix_end(pattern, known, longest), len(known))
    return lambda known, text: sliced(text, 0, suffix_start(pattern, known, longest))


def _replacement(piece: Parameter, operands: Operands) -> Callable[[str, Text], Text] | None:
    source, operand = operands.source.text, piece.operand
    first = operand.start + (piece.operator == "//" and source.startswith("/", operand.start, operand.end))
    slash = find_open(source, first, operand.end, "/")
    stop = slash if slash >= 0 else operand.end
    new = operands.word(Stretch(min(stop + 1, operand.end), operand.end), False)
    text = new.known
    if text is None or "&" in text or "\\" in text:
        return None
    pattern = compiled(operands.cells(Stretch(operand.start, stop)))
    empty = operand.start == stop
    if empty and piece.operator not in ("/#", "/%"):
        return None

    def replaced(known: str, text: Text) -> Text:
        found: list[Text] = []
        position = 0
        stretches = _stretches(piece.operator, known)
        if len(stretches) * (len(new.parts) + len(text.parts)) > _MAX_CHANGES:
            raise UnclearPatternError
        for start, end in stretches:
            found += [sliced(text, position, start), new]
            position = end
        return concatenated([*found, sliced(text, position, len(known))])

    def _stretches(operator: str, known: str) -> list[tuple[int, int]]:
        if operator == "/#":
            end = prefix_end(pattern, known, True)
            return [(0, end)] if end or pattern.regex.fullmatch("") else []
        if operator == "/%":
            if not known:
                raise UnclearPatternError
            start = suffix_start(pattern, known, True)
            return [(start, len(known))] if start < len(known) or pattern.regex.fullmatch("") else []
        return matches(pattern, known, operator == "//")

    return replaced


def _case_change(operator: str) -> Callable[[str, Text], Text]:
    """Upper or lower case, of plain letters only: of others it depends on the language."""
    convert = str.upper if operator[0] == "^" else str.lower

    def changed(known: str, text: Text) -> Text:
        if not known.isascii():
            raise UnclearPatternError
        parts = [convert(part) if isinstance(part, str) else part for part in text.parts]
        if len(operator) == 1 and known:
            whole = convert(known[0]) + known[1:]
            return Text.at(whole, text.span) if len(parts) > 1 else Text((whole,), text.spans, text.splits)
        return Text(tuple(parts), text.spans, text.splits)

    return changed


def _chosen(values: Values, piece: Parameter, operands: Operands, span: Span) -> Values | None:
    """A substring, or some of the elements: `${V:offset:length}`."""
    source, operand = operands.source.text, piece.operand
    if "?" in source[operand.start : operand.end]:
        return None
    colon = find_open(source, operand.start, operand.end, ":")
    stop = colon if colon >= 0 else operand.end
    offset = _number(Stretch(operand.start, stop), operands)
    length = _number(Stretch(stop + 1, operand.end), operands) if colon >= 0 else None
    if offset is None or (colon >= 0 and length is None):
        return None
    if values.kind is not Kind.ONE:
        return _elements(values, piece.name, offset, length, operands.shell)
    text = values.texts[0]
    known = text.known
    if known is None:
        return one(Text.of(unknown_of(text)))
    start = offset + len(known) if offset < 0 else offset
    if start < 0 or start > len(known):
        return one(Text.at("", span))
    end = len(known) if length is None else start + length if length >= 0 else len(known) + length
    return None if end < start else one(sliced(text, start, min(end, len(known))))


def _elements(values: Values, name: str, offset: int, length: int | None, shell: Shell) -> Values | None:
    texts, keys = list(values.texts), [int(key) for key in values.keys]
    if any(text.splits for text in texts) or (length is not None and length < 0):
        return None
    if name in ("@", "*"):
        zero = shell.zero
        texts, keys = [Text.of(zero) if isinstance(zero, Unknown) else zero, *texts], [0, *keys]
    first = offset + max(keys, default=-1) + 1 if offset < 0 else offset
    if first < 0:
        return Values((), values.kind)
    chosen = [text for key, text in zip(keys, texts, strict=True) if key >= first]
    return Values(tuple(chosen if length is None else chosen[:length]), values.kind)


def _number(stretch: Stretch, operands: Operands) -> int | None:
    known = operands.text(stretch).known
    return None if known is None else evaluate(known, operands.shell)
