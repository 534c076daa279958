"""A scanned token and what the shell knows in, the words that the program receives out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from trainlint.facts.launch import BRACES, GLOB_MATCH, GLOB_NO_MATCH, Swallowed, Word
from trainlint.facts.value import Known, Unknown
from trainlint.parse.shell import glob
from trainlint.parse.shell.braces import UnclearBracesError, expand_braces
from trainlint.parse.shell.pieces import Literal, Opaque, Parameter, Piece, Token
from trainlint.parse.shell.state import BASH_OWN, Shell, Text
from trainlint.parse.shell.text import ShellText
from trainlint.source import Span

_SPACE = re.compile(r"[ \t\n]+")
_NAMED_ON = re.compile(r"\w", re.ASCII)
_PLAIN_OPERAND = re.compile(r"[\w./:=,@%+^\-]*\Z")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=", re.ASCII)
_TILDE_AFTER = re.compile(r"[=:]~")
#: What may follow a tilde and be no user's name, so that bash leaves both alone: mostly Hydra's `~key`.
_NO_USER = re.compile(r"(?!root\Z)[^\d+\-].*\Z", re.DOTALL)


class Cell(NamedTuple):
    """Text of one origin inside a word; an unquoted one is open to file name expansion."""

    text: str | Unknown
    quoted: bool
    span: Span


_Field = list[Cell]


def expand(token: Token, source: ShellText, shell: Shell) -> list[Word]:
    """The words that one token of a command becomes; none when it expands to nothing."""
    span = source.span(token.start, token.end)
    if not token.pieces:
        return [Word(token.text, span, (token.text,), (span,))]
    swallowed: tuple[Swallowed, ...] = ()
    variants: list[list[Piece]] = [list(token.pieces)]
    if any(isinstance(piece, Literal) and not piece.quoted and "{" in piece.text for piece in token.pieces):
        try:
            variants = expand_braces(token.pieces)
        except UnclearBracesError:
            return [_unclear(token, span, "`{}` is a brace expansion that is not followed")]
        if len(variants) > 1 or _text_of(variants[0]) != _text_of(token.pieces):
            swallowed = (Swallowed(token.text, BRACES, span),)
    if any(map(_unclear_parameter, variants)):
        return [_unclear(token, span, "`{}` names a variable in a way that is not followed")]
    words = []
    for pieces in variants:
        for field in _fields(_without_tilde(pieces, source, in_assignment=False), source, shell):
            words += _named_files(field, token, source, shell, swallowed)
    return words


def expand_assignment(token: Token, source: ShellText, shell: Shell) -> Word:
    """The word of an assignment `name=value`: no splitting, no braces, no file names."""
    span = source.span(token.start, token.end)
    if not token.pieces:
        return Word(token.text, span, (token.text,), (span,))
    cells = [
        Cell(part, True, place)
        for piece in _without_tilde(token.pieces, source, in_assignment=True)
        for part, place in _parts(piece, source, shell)
    ]
    return joined(cells, token.text, span)


def joined(cells: Sequence[Cell], raw: str, span: Span) -> Word:
    """A Word of cells: neighbouring text that is written as it reads becomes one part."""
    merged: list[Cell] = []
    for cell in cells:
        if merged and isinstance(cell.text, str) and (whole := _one(merged[-1], cell)):
            merged[-1] = whole
        elif cell.text != "":
            merged.append(cell)
    merged = merged or list(cells[:1])
    splits = any(isinstance(cell.text, Unknown) and not cell.quoted for cell in cells)
    return Word(
        raw, span, tuple(cell.text for cell in merged), tuple(cell.span for cell in merged), splits=splits
    )


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
            if bare_dollar or (named_on and piece.end - piece.start == len(piece.name) + 1):
                return True
    return False


def _text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text if isinstance(piece, Literal) else "\0" for piece in pieces)


def _without_tilde(pieces: Sequence[Piece], source: ShellText, in_assignment: bool) -> list[Piece]:
    """The pieces with each tilde that stands for a home folder made opaque."""
    found: list[Piece] = []
    for index, piece in enumerate(pieces):
        if not isinstance(piece, Literal) or piece.quoted or "~" not in piece.text:
            found.append(piece)
            continue
        last = index == len(pieces) - 1
        assigns = in_assignment or bool(_ASSIGNMENT.match(_text_of(pieces[: index + 1])))
        position = 0
        for place in _tilde_places(piece.text, index == 0, assigns):
            slash = piece.text.find("/", place)
            stop = slash if slash >= 0 else len(piece.text)
            no_home = slash < 0 and (not last or _NO_USER.match(piece.text[place + 1 :]))
            if place < position or no_home:
                continue
            found += _literal_between(piece, position, place)
            start, end = piece.start + place, piece.start + stop
            reason = f"`{piece.text[place:stop]}` is the home folder of whoever runs the job"
            found.append(Opaque(Unknown(reason, source.span(start, end)), True, start, end))
            position = stop
        found += _literal_between(piece, position, len(piece.text))
    return found


def _tilde_places(text: str, first: bool, assigns: bool) -> list[int]:
    places = [0] if first and text.startswith("~") else []
    if assigns:
        places += [match.start() + 1 for match in _TILDE_AFTER.finditer(text)]
    return places


def _literal_between(piece: Literal, start: int, end: int) -> list[Piece]:
    if start >= end:
        return []
    return [Literal(piece.text[start:end], False, piece.start + start, piece.start + end)]


def _fields(pieces: Sequence[Piece], source: ShellText, shell: Shell) -> list[_Field]:
    """The words after parameters have their values: unquoted values are split at blanks."""
    fields: list[_Field] = [[]]
    for piece in pieces:
        splits = isinstance(piece, Parameter) and not piece.quoted
        for part, place in _parts(piece, source, shell):
            if isinstance(part, Unknown) or not splits:
                fields[-1].append(Cell(part, piece.quoted, place))
                continue
            position = 0
            for index, text in enumerate(_SPACE.split(part)):
                if index:
                    fields.append([])
                    position = part.index(text, position) if text else len(part)
                if text:
                    fields[-1].append(Cell(text, False, _within(place, part, position, len(text))))
                position += len(text)
    return [field for field in fields if field]


def _within(span: Span, text: str, start: int, length: int) -> Span:
    """The place of a stretch of a text that stands at `span`; the whole place when that is not clear."""
    if span.line != span.end_line or span.end_column - span.column != len(text):
        return span
    return Span(span.file, span.line, span.column + start, span.line, span.column + start + length)


def _parts(piece: Piece, source: ShellText, shell: Shell) -> Sequence[tuple[str | Unknown, Span]]:
    """What a piece stands for, part by part."""
    if isinstance(piece, Literal):
        return [(piece.text, source.span(piece.start, piece.end))]
    if isinstance(piece, Opaque):
        return [(piece.unknown, source.span(piece.start, piece.end))]
    text = _parameter(piece, source, shell)
    return list(zip(text.parts, text.spans, strict=True))


def _parameter(piece: Parameter, source: ShellText, shell: Shell) -> Text:
    span = source.span(piece.start, piece.end)
    text = _variable(piece.name, shell, span)
    written = source.text[piece.start : piece.end]
    if text is None or ("IFS" in shell.variables and not piece.quoted):
        return Text.of(Unknown(f"`{written}` is known only to the environment of the job", span))
    operator, operand = piece.operator, piece.operand
    if not operator:
        return text
    known = text.known
    if known is None:
        return text
    present = bool(known) if operator.startswith(":") else True
    use_operand = present if operator.endswith("+") else not present
    if not use_operand:
        return Text.at("", span) if operator.endswith("+") else text
    if not operator.endswith("?") and _PLAIN_OPERAND.match(operand):
        return Text.at(operand, span)
    return Text.of(Unknown(f"`{written}` is computed when the job runs", span))


def _variable(name: str, shell: Shell, span: Span) -> Text | None:
    """The value of a variable, None when nothing before this command says it."""
    if BASH_OWN.match(name):
        return None
    found = shell.variables.get(name)
    if found is None and name == "PWD" and isinstance(shell.directory, Known):
        return Text.at(str(shell.directory.value), span)
    return found if isinstance(found, Text) else None


def _named_files(
    field: _Field, token: Token, source: ShellText, shell: Shell, swallowed: tuple[Swallowed, ...]
) -> list[Word]:
    """The word, or the files that it names when it is a pattern that matches some."""
    span = source.span(token.start, token.end)
    word = joined(field, token.text, span)
    components = _components(field)
    if components is not None:
        try:
            if any(map(glob.has_pattern, components)):
                return _globbed(word, components, source, token, shell, swallowed)
        except glob.UnclearPatternError:
            return [_unclear(token, span, "`{}` is a file name pattern that is not followed")]
    return [_with_swallowed(word, swallowed)] if swallowed else [word]


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
    return Word(word.raw, word.span, word.parts, word.spans, swallowed, word.splits)


def _components(field: _Field) -> tuple[glob.Component, ...] | None:
    """The path components of a word for matching; None when it holds no pattern or is not known."""
    open_texts = [cell.text for cell in field if not cell.quoted and isinstance(cell.text, str)]
    if not any(map(glob.SPECIAL.search, open_texts)):
        return None
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
