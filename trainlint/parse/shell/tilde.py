"""The pieces of a word in, the same with each tilde that stands for a home folder made opaque out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainlint.facts.value import Unknown
from trainlint.parse.shell.pieces import Literal, Opaque, Piece
from trainlint.parse.shell.text import ShellText
from trainlint.regex import regex

_ASSIGNMENT = regex(r"[A-Za-z_]\w*=", re.ASCII)
_TILDE_AFTER = regex(r"[=:]~")
_END_OF_NAME = regex(r"[/:]|=~")
#: What may follow a tilde and be no user's name, so that bash leaves both alone: mostly Hydra's `~key`.
_NO_USER = regex(r"(?!root\Z)[^\d+\-].*\Z", re.DOTALL)


def without_tilde(pieces: Sequence[Piece], source: ShellText, in_assignment: bool) -> list[Piece]:
    """The pieces with each tilde that stands for a home folder made opaque."""
    found: list[Piece] = []
    for index, piece in enumerate(pieces):
        if not isinstance(piece, Literal) or piece.quoted or "~" not in piece.text:
            found.append(piece)
            continue
        last = index == len(pieces) - 1
        assigns = in_assignment or bool(_ASSIGNMENT.match(text_of_pieces(pieces[: index + 1])))
        position = 0
        for place in _tilde_places(piece.text, index == 0, assigns):
            end_of_name = _END_OF_NAME.search(piece.text, place)
            stop = end_of_name.start() if end_of_name else len(piece.text)
            following = None if last else pieces[index + 1]
            continued = isinstance(following, Literal) and not following.quoted and following.text[:1] == "/"
            slash = piece.text.startswith("/", stop) or (end_of_name is None and continued)
            unfinished = end_of_name is None and not last
            no_home = not slash and (unfinished or _NO_USER.match(piece.text[place + 1 : stop]))
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


def text_of_pieces(pieces: Sequence[Piece]) -> str:
    """The literal text of pieces, with a NUL for each one that is computed."""
    return "".join(piece.text if isinstance(piece, Literal) else "\0" for piece in pieces)
