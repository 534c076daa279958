"""A scanned token and what the shell knows in, the words that the program receives out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trainlint.facts.launch import BRACES, GLOB_MATCH, GLOB_NO_MATCH, Swallowed, Word
from trainlint.facts.value import Unknown
from trainlint.parse.shell import glob
from trainlint.parse.shell.braces import UnclearBracesError, expand_braces
from trainlint.parse.shell.cells import Reader, fields
from trainlint.parse.shell.patterns import Cell
from trainlint.parse.shell.pieces import Literal, Parameter, Piece, Token
from trainlint.parse.shell.state import Shell
from trainlint.parse.shell.text import ShellText
from trainlint.parse.shell.tilde import text_of_pieces, without_tilde
from trainlint.regex import regex
from trainlint.source import Span

_NAME = regex(r"[A-Za-z_]", re.ASCII)
_NAMED_ON = regex(r"\w", re.ASCII)

_Field = list[Cell]


def expand(token: Token, source: ShellText, shell: Shell) -> list[Word]:
    """The words that one token of a command becomes; none when it expands to nothing."""
    span = source.span(token.start, token.end)
    if not token.pieces:
        return [Word(token.text, span, (token.text,), (span,))]
    first = token.pieces[0]
    if len(token.pieces) == 1 and isinstance(first, Literal) and first.quoted:
        return [Word(token.text, span, (first.text,), (source.span(first.start, first.end),))]
    swallowed: tuple[Swallowed, ...] = ()
    variants: list[list[Piece]] = [list(token.pieces)]
    if "{" in token.text and any(
        isinstance(piece, Literal) and not piece.quoted and "{" in piece.text for piece in token.pieces
    ):
        try:
            variants = expand_braces(token.pieces)
        except UnclearBracesError:
            return [_unclear(token, span, "`{}` is a brace expansion that is not followed")]
        if len(variants) > 1 or text_of_pieces(variants[0]) != text_of_pieces(token.pieces):
            swallowed = (Swallowed(token.text, BRACES, span),)
    if "$" in token.text and any(map(_unclear_parameter, variants)):
        return [_unclear(token, span, "`{}` names a variable in a way that is not followed")]
    words: list[Word] = []
    for pieces in variants:
        homeless = without_tilde(pieces, source, in_assignment=False) if "~" in token.text else pieces
        for field in fields(homeless, source, shell):
            words += _named_files(field, token, source, shell, swallowed)
    return words


def expand_assignment(token: Token, source: ShellText, shell: Shell) -> Word:
    """The word of an assignment `name=value`: no splitting, no braces, no file names."""
    span = source.span(token.start, token.end)
    if not token.pieces:
        return Word(token.text, span, (token.text,), (span,))
    return joined(assigned_cells(token.pieces, source, shell), token.text, span)


def assigned_cells(pieces: Sequence[Piece], source: ShellText, shell: Shell) -> list[Cell]:
    """The values of pieces that are assigned: no splitting, no braces, no file names."""
    tilde = any(isinstance(piece, Literal) and "~" in piece.text for piece in pieces)
    homeless = without_tilde(pieces, source, in_assignment=True) if tilde else pieces
    return [Cell(cell.text, True, cell.span) for cell in Reader(source, shell).values(homeless)]


def joined(cells: Sequence[Cell], raw: str, span: Span) -> Word:
    """A Word of cells: neighbouring text that is written as it reads becomes one part."""
    if len(cells) == 1:
        text, quoted, place, swallowed = cells[0]
        return Word(raw, span, (text,), (place,), swallowed, not quoted and isinstance(text, Unknown))
    merged: list[Cell] = []
    for cell in cells:
        if merged and isinstance(cell.text, str) and (whole := _one(merged[-1], cell)):
            merged[-1] = whole
        elif cell.text != "":
            merged.append(cell)
    merged = merged or list(cells[:1])
    splits = any(isinstance(cell.text, Unknown) and not cell.quoted for cell in cells)
    parts, spans = tuple(cell.text for cell in merged), tuple(cell.span for cell in merged)
    return Word(raw, span, parts, spans, tuple(one for cell in cells for one in cell.swallowed), splits)


def _one(left: Cell, right: Cell) -> Cell | None:
    """Two cells as one when both are text that is written as it reads, side by side."""
    first, last = left.span, right.span
    if (
        isinstance(left.text, str)
        and isinstance(right.text, str)
        and (first.end_line, first.end_column, first.file) == (last.line, last.column, last.file)
        and first.line == last.end_line
        and first.end_column - first.column == len(left.text)
        and last.end_column - last.column == len(right.text)
    ):
        place = Span(first.file, first.line, first.column, last.end_line, last.end_column)
        return Cell(left.text + right.text, True, place)
    return None


def _unclear(token: Token, span: Span, reason: str) -> Word:
    unknown = Unknown(reason.format(token.text[:60]), span)
    return Word(token.text, span, (unknown,), (span,), splits=True)


def _unclear_parameter(pieces: Sequence[Piece]) -> bool:
    """`$X{a,b}` and a continuation inside a name make other names; next to a bare `$` bash does not split."""
    bare_dollar = any(isinstance(piece, Literal) and piece.text == "$" for piece in pieces)
    for index, piece in enumerate(pieces):
        if isinstance(piece, Parameter) and not piece.quoted:
            following = pieces[index + 1] if index + 1 < len(pieces) else None
            named_on = (
                isinstance(following, Literal) and not following.quoted and _NAMED_ON.match(following.text)
            )
            bare = piece.end - piece.start == len(piece.name) + 1 and _NAME.match(piece.name)
            if bare_dollar or (named_on and bare):
                return True
    return False


def _named_files(
    field: _Field, token: Token, source: ShellText, shell: Shell, swallowed: tuple[Swallowed, ...]
) -> list[Word]:
    """The word, or the files that it names when it is a pattern that matches some."""
    span = source.span(token.start, token.end)
    word = joined(field, token.text, span)
    if shell.globs is not False and _may_be_pattern(field):
        components = _components(field)
        if components is None:
            return [replace(_with_swallowed(word, swallowed), splits=True)]
        try:
            if any(map(glob.has_pattern, components)):
                if shell.globs is None:
                    raise glob.UnclearPatternError
                return _globbed(word, components, source, token, shell, swallowed)
        except glob.UnclearPatternError:
            return [_unclear(token, span, "`{}` is a file name pattern that is not followed")]
    return [_with_swallowed(word, swallowed)] if swallowed else [word]


def _may_be_pattern(field: Sequence[Cell]) -> bool:
    """Whether unquoted text can name files; next to what is not known, only a `*` or `?` counts."""
    text = "".join([cell.text for cell in field if not cell.quoted and isinstance(cell.text, str)])
    if not glob.SPECIAL.search(text):
        return False
    known = not any(isinstance(cell.text, Unknown) for cell in field)
    return known or "*" in text or "?" in text


def _globbed(
    word: Word,
    components: tuple[glob.Component, ...],
    source: ShellText,
    token: Token,
    shell: Shell,
    swallowed: tuple[Swallowed, ...],
) -> list[Word]:
    if isinstance(shell.directory, Unknown):
        return [_with_swallowed(word, swallowed)]
    span = source.span(token.start, token.end)
    names = glob.matches(components, shell.directory.value, shell.files)
    effect = Swallowed(token.text, GLOB_MATCH if names else GLOB_NO_MATCH, span)
    if not names:
        return [_with_swallowed(word, (*swallowed, effect))]
    return [Word(word.raw, span, (name,), (span,), (*swallowed, effect)) for name in names]


def _with_swallowed(word: Word, swallowed: tuple[Swallowed, ...]) -> Word:
    return replace(word, swallowed=(*word.swallowed, *swallowed))


def _components(field: _Field) -> tuple[glob.Component, ...] | None:
    """The path components of a word for matching; None when part of it is not known."""
    text, quoted = "", []
    for cell in field:
        if isinstance(cell.text, Unknown):
            return None
        text += cell.text
        quoted += [cell.quoted] * len(cell.text)
    components, start = [], 0
    for name in text.split("/"):
        components.append((name, tuple(quoted[start : start + len(name)])))
        start += len(name) + 1
    return tuple(components)
