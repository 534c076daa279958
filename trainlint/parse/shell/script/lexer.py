"""A stretch of shell text in, its tokens one ahead of the reader out; here-documents are taken out of it."""

from __future__ import annotations

import re

from trainlint.parse.shell.closing import backquote_end, closing_brace, closing_parenthesis, closing_quote
from trainlint.parse.shell.pieces import Literal, Token, TokenKind
from trainlint.parse.shell.scanner import Scanner
from trainlint.parse.shell.script.syntax import Comment, HereDocument, Redirect, Refusal
from trainlint.parse.shell.text import ShellText

_FUNCTION = re.compile(r"((?:\\.|[^\s;&|<>()'\"`$\\={}])+)[ \t]*\([ \t]*\)")
_NAME = re.compile(r"[^\s;&|<>()'\"`$\\]+")
_IN_TEST = re.compile(r"\\.|'[^']*'|\"|\$\(|\$\{|`|(?<=[\s)])\]\](?=[\s;|&)]|\Z)", re.DOTALL)
_CLOSERS = {'"': closing_quote, "$(": closing_parenthesis, "${": closing_brace, "`": backquote_end}
_QUOTES = re.compile(r"['\"\\]")


class Lexer:
    """Tokens of a script with one token of lookahead; comments and here-documents are put aside."""

    def __init__(self, source: ShellText, start: int, end: int) -> None:
        self.text = source.text
        self.end = end
        self.scanner = Scanner(source, start, end)
        self.comments: list[Comment] = []
        self.refusals: list[Refusal] = []
        self.documents: dict[int, HereDocument] = {}
        self._pending: list[Redirect] = []
        self._ahead: Token | None = None
        self._problems_before = 0

    def peek(self) -> Token | None:
        """The next token that is no comment, None at the end."""
        while self._ahead is None:
            self._problems_before = len(self.scanner.problems)
            token = self.scanner.token()
            if token is None:
                return None
            if token.kind is TokenKind.COMMENT:
                self.comments.append(Comment(token.start, token.end, self._after_backslash(token.start)))
                continue
            self._ahead = token
            if token.text == "\n" and self._pending:
                self._read_documents(token.end)
        return self._ahead

    def next(self) -> Token | None:
        """Take the next token."""
        token = self.peek()
        self._ahead = None
        return token

    def is_word(self, *texts: str) -> bool:
        """Whether the next token is one of these words, written without quotes."""
        token = self.peek()
        return token is not None and token.kind is TokenKind.WORD and token.text in texts

    def is_operator(self, *texts: str) -> bool:
        """Whether the next token is one of these operators."""
        token = self.peek()
        return token is not None and token.kind is TokenKind.OPERATOR and token.text in texts

    def touches(self, text: str) -> bool:
        """Whether the next token is followed by this text with nothing between."""
        return self._ahead is not None and self.text.startswith(text, self._ahead.end)

    def redirected(self, redirect: Redirect) -> None:
        """Note a redirection that was read: the lines of a here-document begin below this line."""
        if redirect.operator in ("<<", "<<-"):
            self._pending.append(redirect)

    def function_head(self) -> str | None:
        """Take `name ()` when the next tokens are that; the name."""
        token = self.peek()
        found = _FUNCTION.match(self.text, token.start, self.end) if token else None
        if found is None or found[1] in ("[[", "!"):
            return None
        self._go_to(found.end())
        return found[1]

    def function_name(self) -> str | None:
        """Take what follows the word `function`."""
        if head := self.function_head():
            return head
        token = self.peek()
        found = _NAME.match(self.text, token.start, self.end) if token else None
        if found is None:
            return None
        self._go_to(found.end())
        return found.group()

    def arithmetic(self) -> tuple[int, int] | None:
        """Take `(( … ))` when the next tokens open one; the stretch inside."""
        token = self.peek()
        if token is None or token.text != "(" or not self.touches("("):
            return None
        start = token.end + 1
        close = closing_parenthesis(self.text, start, self.end)
        if close < 0 or not self.text.startswith("))", close):
            return None
        self._go_to(close + 2)
        return start, close

    def test(self) -> tuple[int, int] | None:
        """Take the rest of `[[ … ]]`, whose opening word is the next token; the stretch inside."""
        token = self.peek()
        start = position = token.end if token else self.end
        while found := _IN_TEST.search(self.text, position, self.end):
            if found.group() == "]]":
                self._go_to(found.end())
                return start, found.start()
            position = found.end()
            closes = _CLOSERS.get(found.group())
            if closes is not None:
                position = closes(self.text, position, self.end) + 1
                if position == 0:
                    break
        return None

    def skip_all(self) -> None:
        """Read nothing more."""
        self._go_to(self.end)

    def _go_to(self, position: int) -> None:
        """Forget the token ahead and what was wrong with it, and read on at a place behind it."""
        self._ahead = None
        del self.scanner.problems[self._problems_before :]
        self.scanner.position = position

    def _after_backslash(self, start: int) -> bool:
        """Whether the comment stands alone on a line that continues the line above."""
        line = self.text.rfind("\n", 0, start) + 1
        if self.text[line:start].strip() or line < 2:
            return False
        above = self.text[: line - 1]
        return (len(above) - len(above.rstrip("\\"))) % 2 == 1

    def _read_documents(self, position: int) -> None:
        for redirect in self._pending:
            strips = redirect.operator == "<<-"
            close = _document_end(self.text, position, self.end, _delimiter(redirect.target), strips)
            quoted = bool(_QUOTES.search(redirect.target.text))
            self.documents[redirect.target.start] = HereDocument(position, close[0], quoted)
            position = close[1]
        self._pending = []
        self.scanner.position = position


def _delimiter(token: Token) -> str:
    if token.pieces and all(isinstance(piece, Literal) for piece in token.pieces):
        return "".join(piece.text for piece in token.pieces if isinstance(piece, Literal))
    return token.text


def _document_end(text: str, start: int, end: int, delimiter: str, strips: bool) -> tuple[int, int]:
    """Where the lines of a here-document end, and where the text goes on behind it."""
    position = start
    while position < end:
        stop = text.find("\n", position, end)
        stop = end if stop < 0 else stop
        line = text[position:stop]
        if (line.lstrip("\t") if strips else line) == delimiter:
            return position, min(stop + 1, end)
        position = stop + 1
    return end, end
