"""The pieces of a word in, their values out: as cells of the words they become, or as one text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from functools import lru_cache

from trainlint.facts.value import Known, Unknown
from trainlint.parse.shell.arithmetic import evaluate
from trainlint.parse.shell.lookup import Kind, Values, one
from trainlint.parse.shell.operands import scan_operand, scan_quoted
from trainlint.parse.shell.parameter import Substitute, resolve
from trainlint.parse.shell.patterns import Cell
from trainlint.parse.shell.pieces import (
    Arithmetic,
    Elements,
    Literal,
    Opaque,
    Output,
    Parameter,
    Piece,
    Stretch,
)
from trainlint.parse.shell.state import Shell, Text, concatenated, sliced, within
from trainlint.parse.shell.text import ShellText
from trainlint.parse.shell.tilde import without_tilde
from trainlint.record import state
from trainlint.source import Span

#: Parameters inside the words of parameters deeper than this are left to the shell.
_MAX_DEPTH = 16
#: A command line is at most a few megabytes long; 16 stands for what each part of it costs.
_MAX_SIZE = 4_000_000
_BLANKS = " \t\n"


class TooLongError(Exception):
    """A word has grown larger than a command line can be."""


@state
class Reader:
    """Evaluates what stands inside a piece; `depth` counts how deep."""

    source: ShellText
    shell: Shell
    depth: int = 0

    def inner(self) -> Reader:
        """The reader of what stands inside."""
        return Reader(self.source, self.shell, self.depth + 1)

    def text(self, stretch: Stretch) -> Text:
        """Text as between double quotes."""
        return self.inner().joined(scan_quoted(self.source, stretch.start, stretch.end), stretch)

    def word(self, stretch: Stretch, quoted: bool) -> Text:
        """A word without its quotes, not split."""
        return self.inner().joined(self.pieces(stretch, quoted), stretch)

    def cells(self, stretch: Stretch) -> list[Cell]:
        """A word with what is quoted in it, not split."""
        return self.inner().values(self.pieces(stretch, False))

    def pieces(self, stretch: Stretch, quoted: bool) -> Sequence[Piece]:
        """The pieces of a word inside a parameter."""
        if quoted:
            return scan_quoted(self.source, stretch.start, stretch.end)
        found = scan_operand(self.source, stretch.start, stretch.end)
        return without_tilde(found, self.source, in_assignment=False)

    def joined(self, pieces: Sequence[Piece], place: Stretch) -> Text:
        """The pieces as one text."""
        cells = [cell for cell in self.values(pieces) if cell.text != ""]
        if not cells:
            return Text.at("", self.source.span(place.start, place.end))
        return Text(tuple(cell.text for cell in cells), tuple(cell.span for cell in cells))

    def values(self, pieces: Sequence[Piece]) -> list[Cell]:
        """The values of pieces where words are not split: `$@` is joined."""
        cells: list[Cell] = []
        size = 0
        for piece in pieces:
            added = self.values_of(piece)
            size += sum(16 + len(cell.text) if isinstance(cell.text, str) else 16 for cell in added)
            if size > _MAX_SIZE:
                return [_too_long(self.source.span(pieces[0].start, pieces[-1].end))]
            cells += added
        return cells

    def values_of(self, piece: Piece) -> list[Cell]:
        """The values of one piece."""
        if isinstance(piece, Literal):
            return [Cell(piece.text, piece.quoted, self.source.span(piece.start, piece.end))]
        found = self.value(piece)
        if isinstance(found, Substitute):
            return self.inner().values(self.pieces(found.operand, piece.quoted))
        text = _as_one(found, self.shell)
        return [Cell(part, piece.quoted, span) for part, span in zip(text.parts, text.spans, strict=True)]

    def value(self, piece: Piece) -> Values | Substitute:
        """What a piece that is no literal stands for."""
        span = self.source.span(piece.start, piece.end)
        if isinstance(piece, Opaque):
            return one(Text((piece.unknown,), (span,)))
        if self.depth > _MAX_DEPTH:
            return one(Text.of(self.computed(piece)))
        if isinstance(piece, Output):
            return one(self.output(piece))
        if isinstance(piece, Arithmetic):
            known = self.text(piece.inner).known
            number = None if known is None else evaluate(known, self.shell)
            return one(Text.of(self.computed(piece) if number is None else Known(str(number), span)))
        if isinstance(piece, Elements | Literal):
            return one(Text.of(Unknown(f"`{self.shown(piece)}` is an array", span)))
        return resolve(piece, self)

    def output(self, piece: Output) -> Text:
        """What the commands of a substitution print, without the newlines at its end."""
        span = self.source.span(piece.start, piece.end)
        inner = piece.inner
        if self.shell.output is None:
            shown = self.shown(piece)
            shown = shown if shown.startswith("`") else f"`{shown}`"
            return Text.of(Unknown(f"{shown} is the output of a command", span))
        found = self.shell.output(self.source, inner.start, inner.end, self.shell.copy())
        if isinstance(found, Unknown):
            return Text((found,), (span,))
        last = found.parts[-1]
        if isinstance(last, str) and last.endswith("\n"):
            known = found.known
            if known is None:
                return Text((*found.parts[:-1], last.rstrip("\n")), found.spans)
            return sliced(found, 0, len(known.rstrip("\n")))
        return found

    def computed(self, piece: Piece) -> Unknown:
        """A value that is left to the run."""
        span = self.source.span(piece.start, piece.end)
        return Unknown(f"`{self.shown(piece)}` is computed when the job runs", span)

    def shown(self, piece: Piece) -> str:
        """A piece as written, short enough for a message."""
        shown = " ".join(self.source.text[piece.start : piece.end].split())
        return shown if len(shown) <= 60 else shown[:57] + "..."


def fields(pieces: Sequence[Piece], source: ShellText, shell: Shell) -> list[list[Cell]]:
    """The words that pieces become: unquoted values are split where IFS says."""
    found = _Fields(separators(shell))
    try:
        _fill(found, pieces, Reader(source, shell), False)
    except TooLongError:
        return [[_too_long(source.span(pieces[0].start, pieces[-1].end))]]
    found.end()
    return [_if_left(field) for field in found.done] if found.vanished else found.done


def _too_long(span: Span) -> Cell:
    return Cell(Unknown("a word grows longer than a command line", span), False, span)


def _if_left(field: list[Cell]) -> list[Cell]:
    """Next to a `$@` without arguments, whether an empty word stays depends on each pair of quotes."""
    if any(cell.text != "" for cell in field):
        return field
    span = field[0].span
    return [Cell(Unknown("whether an empty word is left next to `$@` is not followed", span), False, span)]


def split_text(text: Text, separators: str) -> list[Text]:
    """The fields of a text."""
    found = _Fields(separators)
    found.split(text)
    found.end()
    return [
        Text(tuple(cell.text for cell in cells), tuple(cell.span for cell in cells)) for cells in found.done
    ]


def separators(shell: Shell) -> str | None:
    """The characters that unquoted values are split at; None when they are not known."""
    variable = shell.variables.get("IFS")
    if variable is None:
        return _BLANKS
    return variable.known if isinstance(variable, Text) else None


@state
class _Fields:
    """Words while they are put together; `soft` says that only blanks ended the last one.

    `vanished` says that a quoted `$@` stood for nothing.
    """

    separators: str | None
    done: list[list[Cell]] = field(default_factory=list)
    current: list[Cell] = field(default_factory=list)
    soft: bool = False
    vanished: bool = False
    size: int = 0

    def add(self, cell: Cell) -> None:
        self.size += 16 + len(cell.text) if isinstance(cell.text, str) else 16
        if self.size > _MAX_SIZE:
            raise TooLongError
        self.current.append(cell)
        self.soft = False

    def end(self, soft: bool = False) -> None:
        """The word ends here, if it has begun."""
        if self.current:
            self.done.append(self.current)
            self.current = []
            self.soft = soft

    def delimit(self, place: Span) -> None:
        """A separator that is no blank: it ends even an empty word."""
        if not self.current and not self.soft:
            self.add(Cell("", True, place))
        self.end()
        self.soft = False

    def split(self, text: Text) -> None:
        """Add an unquoted value."""
        for part, span in zip(text.parts, text.spans, strict=True):
            if isinstance(part, Unknown):
                self.add(Cell(part, False, span))
            elif self.separators is None:
                if part:
                    self.add(Cell(Unknown("IFS is known only when the job runs", span), False, span))
            elif part:
                self.split_known(part, span, self.separators)

    def split_several(self, texts: Sequence[Text]) -> None:
        """Add unquoted values, between which the first separator stands."""
        blank = not self.separators or self.separators[0] in _BLANKS
        for index, text in enumerate(texts):
            if index and blank:
                self.end()
            elif index:
                self.delimit(text.spans[0])
            self.split(text)

    def split_known(self, part: str, span: Span, separators: str) -> None:
        position = 0
        for found in _separator(separators).finditer(part):
            if position < found.start():
                place = within(span, part, position, found.start())
                self.add(Cell(part[position : found.start()], False, place))
            if found.group().isspace():
                self.end(soft=True)
            else:
                self.delimit(span)
            position = found.end()
        if position < len(part):
            self.add(Cell(part[position:], False, within(span, part, position, len(part))))


@lru_cache(maxsize=16)
def _separator(separators: str) -> re.Pattern[str]:
    blanks = "".join(char for char in separators if char in _BLANKS)
    others = "".join(char for char in separators if char not in _BLANKS)
    blank = f"[{blanks}]" if blanks else r"(?!)"
    if not others:
        return re.compile(f"{blank}+")
    return re.compile(f"{blank}*[{re.escape(others)}]{blank}*|{blank}+")


def _fill(found: _Fields, pieces: Sequence[Piece], reader: Reader, operand: bool) -> None:
    """Add pieces; the unquoted text of the word of a parameter is split like a value."""
    for piece in pieces:
        if isinstance(piece, Literal):
            span = reader.source.span(piece.start, piece.end)
            if operand and not piece.quoted:
                found.split(Text.at(piece.text, span))
            else:
                found.add(Cell(piece.text, piece.quoted, span))
            continue
        value = reader.value(piece)
        if isinstance(value, Substitute):
            inside = reader.pieces(value.operand, piece.quoted)
            if piece.quoted and not inside:
                found.add(Cell("", True, reader.source.span(piece.start, piece.end)))
            _fill(found, inside, reader.inner(), True)
        elif isinstance(piece, Opaque):
            found.add(Cell(piece.unknown, piece.quoted, value.texts[0].spans[0]))
        elif piece.quoted and value.kind is Kind.STAR and len(value.texts) > 1 and len(pieces) > 1:
            _add_joined(found, value, piece, reader)
        elif piece.quoted:
            _add_quoted(found, value, reader.shell)
        else:
            found.split_several(value.texts)


def _add_quoted(found: _Fields, value: Values, shell: Shell) -> None:
    texts = value.texts if value.kind is Kind.AT else (_as_one(value, shell),)
    found.vanished |= not texts
    for index, text in enumerate(texts):
        if index:
            found.end()
        swallowed = text.swallowed
        for part, span in zip(text.parts, text.spans, strict=True):
            found.add(Cell(part, not (text.splits and isinstance(part, Unknown)), span, swallowed))
            swallowed = ()


def _add_joined(found: _Fields, value: Values, piece: Piece, reader: Reader) -> None:
    """`"…${name[*]%x}…"`: next to `$@`, bash may keep apart what it has changed."""
    if isinstance(piece, Parameter) and piece.operator:
        unknown = reader.computed(piece)
        found.add(Cell(unknown, False, unknown.span))
    else:
        _add_quoted(found, value, reader.shell)


def _as_one(values: Values, shell: Shell) -> Text:
    """The texts as one: `$*` with the first character of IFS between them, `$@` with a blank."""
    if values.kind is Kind.ONE:
        return values.texts[0]
    if not values.texts:
        return Text.at("", Span.at(""))
    between = separators(shell) if values.kind is Kind.STAR else " "
    if between is None:
        return Text.of(Unknown("IFS is known only when the job runs", values.texts[0].spans[0]))
    texts: list[Text] = []
    for text in values.texts:
        texts += [Text.at(between[:1], text.spans[0]), text] if texts else [text]
    whole = concatenated(texts)
    return Text(whole.parts, whole.spans)
