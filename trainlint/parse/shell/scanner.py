"""A stretch of shell text in, tokens with places and problems out; no expansion happens here."""

from __future__ import annotations

import re

from trainlint.facts.launch import Placeholder, TextProblem
from trainlint.facts.value import Unknown
from trainlint.parse.shell.ansi import decode_ansi_c
from trainlint.parse.shell.braced import braced
from trainlint.parse.shell.closing import ansi_end, backquote_end, closing_brace, closing_parenthesis
from trainlint.parse.shell.pieces import (
    Arithmetic,
    Elements,
    Literal,
    Opaque,
    Output,
    Parameter,
    Piece,
    Scan,
    Stretch,
    Token,
    TokenKind,
)
from trainlint.parse.shell.text import HOLE, ShellText
from trainlint.regex import regex

_BLANK = regex(r"(?:[ \t]|\r(?=\n)|\\\r?\n)+")
_COMMENT = regex(r"#[^\n]*")
_PLAIN = regex(r"[\w./:=,@%+^\-]+(?=[ \t\n;|&]|\r\n|\Z)")
#: A word that is quoted as a whole and holds nothing to expand.
_QUOTED = regex(r"(?:\"[^\"\\$`\0]*\"|'[^'\0]*')(?=[ \t\n;|&]|\r\n|\Z)")
_RUN = regex(r"[^ \t\r\n'\"\\$`<>|&;()\0]+|\r(?!\n)")
_QUOTED_RUN = regex(r"[^\"\\$`\0]+")
_OPERATOR = regex(r"&&|\|\||;;|\|&|[;|()\n]|&(?!>)")
_REDIRECT = regex(r"\d*(?:&>>|&>|<<<|<<-|<<|<&|<>|>>|>&|>\||>(?!\()|<(?!\())")
_NO_WORDS = (
    (TokenKind.COMMENT, _COMMENT),
    (TokenKind.REDIRECT, _REDIRECT),
    (TokenKind.OPERATOR, _OPERATOR),
)
_NAME = regex(r"[A-Za-z_]\w*", re.ASCII)
_NAME_GOES_ON = regex(r"(?:\\\r?\n)+\w", re.ASCII)
_PLACEHOLDER = regex(r"<[A-Za-z](?:[\w ./:,-]{0,60}\w)?>")
_BEFORE_ASSIGNMENT = regex(
    r"[A-Za-z_]\w*\+?=|-|(?:export|declare|typeset|readonly|local|then|else|do|if|while|until|!|\{)\Z",
    re.ASCII,
)
_ARRAY = regex(r"[A-Za-z_]\w*\+?=\Z", re.ASCII)


def scan(source: ShellText, start: int, end: int) -> Scan:
    """The tokens between two offsets; newlines that end a command come as operators."""
    scanner = Scanner(source, start, end)
    while scanner.token() is not None:
        pass
    return Scan(tuple(scanner.found), tuple(scanner.problems), scanner.unclosed)


class Scanner:
    """One pass over the text; `position` only ever moves forward, by a token or as its user sets it."""

    def __init__(self, source: ShellText, start: int, end: int) -> None:
        self.source = source
        self.text = source.text
        self.position = start
        self.end = end
        self.found: list[Token] = []
        self.problems: list[TextProblem] = []
        self.unclosed = False

    def token(self) -> Token | None:
        """The next token, None at the end of the text; all of them stay in `found`."""
        if blank := _BLANK.match(self.text, self.position, self.end):
            self.position = blank.end()
        if self.position >= self.end:
            return None
        if plain := _PLAIN.match(self.text, self.position, self.end):
            token = Token(TokenKind.WORD, plain.group(), plain.start(), plain.end())
            self.position = plain.end()
        elif quoted := _QUOTED.match(self.text, self.position, self.end):
            start, self.position = quoted.span()
            inner = Literal(quoted.group()[1:-1], True, start + 1, self.position - 1)
            token = Token(TokenKind.WORD, quoted.group(), start, self.position, (inner,))
        else:
            token = self._other()
        self.found.append(token)
        return token

    def _other(self) -> Token:
        start = self.position
        for kind, pattern in _NO_WORDS if self.text[start] in "#<>|&;()\n0123456789" else ():
            match = pattern.match(self.text, start, self.end)
            if match and not (kind is TokenKind.REDIRECT and self._placeholder(at_start=True)):
                self.position = match.end()
                return Token(kind, match.group(), start, match.end())
        pieces, end = self._pieces()
        return Token(TokenKind.WORD, self.text[start:end], start, end, pieces)

    def _pieces(self) -> tuple[tuple[Piece, ...], int]:
        """The pieces of one word that is not plain, and its end: before a continuation that ends it."""
        pieces: list[Piece] = []
        first = end = self.position
        while self.position < self.end:
            start = self.position
            if run := _RUN.match(self.text, start, self.end):
                self.position = run.end()
                pieces.append(Literal(run.group(), False, start, run.end()))
                end = self.position
                continue
            step = _STEPS.get(self.text[start])
            if step is None:
                break
            found = step(self, pieces)
            if found is None:
                break
            pieces += found
            end = self.position if found else end
        if self.position == first:  # nothing we know how to read: take the character as it is
            self.position = end = first + 1
            pieces.append(Literal(self.text[first], False, first, end))
        return tuple(pieces), end

    def _backslash(self, _before: list[Piece]) -> list[Piece]:
        start = self.position
        if self.text.startswith(("\n", "\r\n"), start + 1):
            self.position = self.text.index("\n", start) + 1
            return []
        self.position = min(start + 2, self.end)
        escaped = self.text[start + 1 : self.position] or "\\"
        return [Literal(escaped, True, start, self.position)]

    def _single_quoted(self, _before: list[Piece]) -> list[Piece]:
        start = self.position + 1
        close = self.text.find("'", start, self.end)
        if close < 0:
            close = self._unbalanced(start - 1, "'")
        self.position = min(close + 1, self.end)
        return [Literal(self.text[start:close], True, start, close)]

    def double_quoted(self, _before: list[Piece]) -> list[Piece]:
        """The pieces from a `"` to the one that closes it."""
        opening = self.position
        self.position += 1
        start = self.position
        pieces: list[Piece] = []
        while self.position < self.end:
            if self.text[self.position] == '"':
                self.position += 1
                return pieces or [Literal("", True, start, start)]
            pieces += self.quoted_step('$`"\\')
        self._unbalanced(opening, '"')
        return pieces or [Literal("", True, opening, self.end)]

    def unquoted_step(self, before: list[Piece]) -> list[Piece]:
        """The pieces of what a quote, a backslash or a `$` begins here."""
        return _STEPS[self.text[self.position]](self, before) or []

    def quoted_step(self, escapable: str) -> list[Piece]:
        """The next pieces between double quotes; a backslash escapes only what is `escapable`."""
        start = self.position
        if run := _QUOTED_RUN.match(self.text, start, self.end):
            self.position = run.end()
            return [Literal(run.group(), True, start, run.end())]
        char = self.text[start]
        if char == "\\":
            return self._quoted_backslash(escapable)
        if char == "$":
            return self._dollar(quoted=True)
        if char == "`":
            return [self._backquote(quoted=True)]
        return [self._hole(quoted=True)]

    def _quoted_backslash(self, escapable: str) -> list[Piece]:
        start = self.position
        following = self.text[start + 1 : min(start + 2, self.end)]
        if self.text.startswith(("\n", "\r\n"), start + 1) and start + 1 < self.end:
            self.position = self.text.index("\n", start) + 1
            return []
        if following and following in escapable:
            self.position += 2
            return [Literal(following, True, start, start + 2)]
        self.position += 1
        return [Literal("\\", True, start, start + 1)]

    def _dollar(self, quoted: bool) -> list[Piece]:
        start = self.position
        text = self.text
        name = _NAME.match(text, start + 1, self.end)
        if name:
            if _NAME_GOES_ON.match(text, name.end(), self.end):
                return [self._opaque_until(name.end(), quoted, "`{}` is broken over two lines")]
            return [self._parameter(name.group(), quoted, name.end())]
        following = text[start + 1 : min(start + 2, self.end)]
        if following == "(":
            return [self._command_output(start + 1, quoted)]
        if following == "{":
            return [self._braced(quoted)]
        if following == "[":
            close = text.find("]", start, self.end)
            return [self._opaque_until(close + 1 or self.end, quoted, "`{}` is computed when the job runs")]
        if following and following in "0123456789@*#?$!-":
            return [self._parameter(following, quoted, start + 2)]
        if text.startswith(("\\\n", "\\\r\n"), start + 1):
            return [self._opaque_until(start + 1, quoted, "`{}` is broken over two lines")]
        if not quoted and following == "'":
            return self._ansi_c()
        self.position += 1
        if not quoted and following == '"':
            return self.double_quoted([])
        return [Literal("$", True, start, start + 1)]

    def _unquoted_dollar(self, _before: list[Piece]) -> list[Piece]:
        return self._dollar(quoted=False)

    def _unquoted_backquote(self, _before: list[Piece]) -> list[Piece]:
        return [self._backquote(quoted=False)]

    def _unquoted_hole(self, _before: list[Piece]) -> list[Piece]:
        return [self._hole(quoted=False)]

    def _ansi_c(self) -> list[Piece]:
        start = self.position + 2
        close = ansi_end(self.text, start, self.end)
        if close < 0:
            close = self._unbalanced(self.position + 1, "'")
        self.position = min(close + 1, self.end)
        decoded = decode_ansi_c(self.text[start:close])
        if decoded is None:
            return [self._opaque(start - 2, self.position, True, "`{}` is no plain text")]
        return [Literal(decoded, True, start, close)]

    def _braced(self, quoted: bool) -> Piece:
        start = self.position
        close = closing_brace(self.text, start + 2, self.end)
        if close < 0:
            self._unbalanced(start, "${")
            self.position = self.end
            return self._opaque(start, self.end, quoted, "`{}` is not closed")
        self.position = close + 1
        found = braced(self.text, start, close + 1, quoted)
        return found or self._opaque(start, close + 1, quoted, "`{}` is computed when the job runs")

    def _parameter(self, name: str, quoted: bool, end: int) -> Piece:
        start = self.position
        self.position = end
        return Parameter(name, "", None, "", Stretch(end, end), quoted, start, end)

    def _command_output(self, parenthesis: int, quoted: bool) -> Piece:
        start = self.position
        close = closing_parenthesis(self.text, parenthesis + 1, self.end)
        if close < 0:
            close = self._unbalanced(start, self.text[start : parenthesis + 1]) - 1
        self.position = close + 1
        if self.text[start] != "$":
            return self._opaque(start, close + 1, quoted, "`{}` is the output of a command")
        inner = Stretch(parenthesis + 1, close)
        if (
            self.text.startswith("(", inner.start)
            and self.text.startswith("))", close - 1)
            and closing_parenthesis(self.text, inner.start + 1, close) == close - 1
        ):
            return Arithmetic(Stretch(inner.start + 1, close - 1), quoted, start, close + 1)
        return Output(inner, quoted, start, close + 1)

    def _backquote(self, quoted: bool) -> Piece:
        start = self.position
        close = backquote_end(self.text, start + 1, self.end)
        if close < 0:
            close = self._unbalanced(start, "`") - 1
        self.position = close + 1
        if "\\" in self.text[start:close]:
            return self._opaque(start, close + 1, quoted, "{} is the output of a command")
        return Output(Stretch(start + 1, close), quoted, start, close + 1)

    def _hole(self, quoted: bool) -> Piece:
        start = self.position
        self.position += 1
        unknown = self.source.holes.get(start) or Unknown("not text", self.source.span(start, start + 1))
        return Opaque(unknown, quoted, start, start + 1)

    def _angle(self, before: list[Piece]) -> list[Piece] | None:
        """A placeholder or a process substitution inside a word; otherwise a redirection ends the word."""
        start = self.position
        if self.text.startswith("(", start + 1):
            return [self._command_output(start + 1, False)]
        found = self._placeholder(at_start=not before)
        if found is None:
            return None
        self.position = found.end()
        reason = f"the placeholder `{found.group()}` is not filled in"
        unknown = Placeholder(reason, self.source.span(*found.span()), found.group())
        return [Opaque(unknown, True, *found.span())]

    def _placeholder(self, at_start: bool) -> re.Match[str] | None:
        """`<path_to_x>` here; at the start of a word only if no other word touches it (`<in>out`)."""
        found = _PLACEHOLDER.match(self.text, self.position, self.end)
        following = self.text[found.end() : min(found.end() + 1, self.end)] if found else ""
        return None if at_start and (following.isalnum() or following in "&|(") and following else found

    def _parenthesis(self, before: list[Piece]) -> list[Piece] | None:
        """An array or a syntax error inside a word; at the start of one, an operator."""
        if not before:
            return None
        start = self.position
        close = closing_parenthesis(self.text, start + 1, self.end)
        if close < 0:
            close = self._unbalanced(start, "(") - 1
        self.position = close + 1
        first = before[0]
        named = isinstance(first, Literal) and len(before) == 1 and _ARRAY.match(first.text)
        if named and self._may_assign():
            return [Elements(Stretch(start + 1, close), True, start, close + 1)]
        message = "the shell stops at an unquoted `(`: quote the word"
        self.problems.append(TextProblem(message, self.source.span(start, start + 1)))
        return [Literal(self.text[start : close + 1], True, start, close + 1)]

    def _may_assign(self) -> bool:
        """Whether the word read now stands where the shell takes assignments."""
        for token in reversed(self.found):
            if token.kind is TokenKind.OPERATOR:
                return True
            if token.kind is TokenKind.WORD and not _BEFORE_ASSIGNMENT.match(token.text):
                return False
        return True

    def _opaque_until(self, end: int, quoted: bool, reason: str) -> Piece:
        start = self.position
        self.position = end
        return self._opaque(start, end, quoted, reason)

    def _opaque(self, start: int, end: int, quoted: bool, reason: str) -> Piece:
        shown = " ".join(self.text[start:end].split())
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        return Opaque(Unknown(reason.format(shown), self.source.span(start, end)), quoted, start, end)

    def _unbalanced(self, start: int, opener: str) -> int:
        """Note that `opener` is never closed; the end of the text takes the place of its closing."""
        self.unclosed = True
        span = self.source.span(start, start + len(opener))
        self.problems.append(TextProblem(f"`{opener}` is never closed", span))
        return self.end


_STEPS = {
    "\\": Scanner._backslash,
    "'": Scanner._single_quoted,
    '"': Scanner.double_quoted,
    "$": Scanner._unquoted_dollar,
    "`": Scanner._unquoted_backquote,
    HOLE: Scanner._unquoted_hole,
    "<": Scanner._angle,
    ">": Scanner._angle,
    "(": Scanner._parenthesis,
}
