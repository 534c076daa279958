"""Shell text in, its statements out, as bash nests them; what bash would refuse is noted and passed over."""

from __future__ import annotations

import re
from collections.abc import Callable

from trainlint.parse.shell.pieces import Token, TokenKind
from trainlint.parse.shell.script.lexer import Lexer
from trainlint.parse.shell.script.syntax import (
    AndOr,
    Arithmetic,
    Arm,
    Background,
    Block,
    Case,
    CountingFor,
    For,
    Function,
    Group,
    If,
    Loop,
    Negated,
    Node,
    Parsed,
    Pipeline,
    Redirect,
    Redirected,
    Refusal,
    Simple,
    Subshell,
    Test,
    ends_compound,
)
from trainlint.parse.shell.text import ShellText

#: Statements deeper than this inside one another are none that a person wrote.
_MAX_DEPTH = 40
_STRAY = frozenset(("then", "elif", "else", "fi", "do", "done", "esac", "}"))
_REDIRECT = re.compile(r"(\d*)(.+)")
_NOTHING = Simple((), (), (), 0, 0)


def parse(source: ShellText, start: int, end: int) -> Parsed:
    """The statements between two offsets."""
    reader = _Reader(source, start, end)
    body = reader.block(frozenset())
    lexer = reader.lexer
    problems = tuple(lexer.scanner.problems)
    return Parsed(
        body, lexer.documents, tuple(lexer.comments), tuple(lexer.refusals), problems, reader.too_deep
    )


class _Reader:
    """Recursive descent over the tokens; each method takes one construct and returns it."""

    def __init__(self, source: ShellText, start: int, end: int) -> None:
        self.lexer = Lexer(source, start, end)
        self.end = end
        self.depth = 0
        self.too_deep = False

    def block(self, closers: frozenset[str], opener: Token | None = None) -> Block:
        """Statements up to one of the closing words or operators, which is left for the caller.

        With `opener`, the construct that it opened needs at least one statement.
        """
        found: list[Node] = []
        while True:
            self.newlines()
            token = self.lexer.peek()
            if token is None or self._closes(token, closers):
                break
            if self._begins(token):
                found.append(self._statement())
            else:
                self._unexpected(token)
                self.lexer.next()
        if opener is not None and not found and token is not None:
            self._unexpected(token)
        return tuple(found)

    def newlines(self) -> None:
        """Take line ends."""
        while self.lexer.is_operator("\n"):
            self.lexer.next()

    def _closes(self, token: Token, closers: frozenset[str]) -> bool:
        if token.kind is TokenKind.OPERATOR and token.text == ";" and ";;" in closers:
            return self.lexer.touches("&")
        return token.text in closers and token.kind is not TokenKind.REDIRECT

    def _begins(self, token: Token) -> bool:
        """Whether a command can begin here."""
        if token.kind is TokenKind.OPERATOR:
            return token.text == "("
        return token.kind is TokenKind.REDIRECT or token.text not in _STRAY

    def _statement(self) -> Node:
        node = self._and_or()
        token = self.lexer.peek()
        if token is None or token.kind is not TokenKind.OPERATOR or token.text == "(":
            if token is not None and not (token.text in _STRAY and ends_compound(node)):
                self._unexpected(token)
            return node
        if token.text == "&":
            self.lexer.next()
            return Background(node)
        if token.text == ";" and not self.lexer.touches("&"):
            self.lexer.next()
        return node

    def _and_or(self) -> Node:
        first = self._pipeline()
        rest: list[tuple[str, Node]] = []
        while self.lexer.is_operator("&&", "||"):
            operator = self._take()
            rest.append((operator.text, self._after(operator, self._pipeline)))
        return AndOr(first, tuple(rest)) if rest else first

    def _pipeline(self) -> Node:
        negated = False
        while self.lexer.is_word("!", "time"):
            negated ^= self._take().text == "!"
            while self.lexer.is_word("-p", "--"):
                self._take()
        parts = [self._command()]
        while self.lexer.is_operator("|", "|&"):
            parts.append(self._after(self._take(), self._command))
        node = parts[0] if len(parts) == 1 else Pipeline(tuple(parts))
        return Negated(node) if negated else node

    def _after(self, operator: Token, read: Callable[[], Node]) -> Node:
        """What an operator joins to what stands before it."""
        self.newlines()
        token = self.lexer.peek()
        if token is None:
            self.refuse(f"nothing follows `{operator.text}`", operator.start, operator.end)
            return _NOTHING
        if not self._begins(token):
            self._unexpected(token)
            return _NOTHING
        return read()

    def _command(self) -> Node:
        token = self.lexer.peek()
        if token is None or not self._begins(token):
            return _NOTHING
        if self.depth >= _MAX_DEPTH:
            self.too_deep = True
            self.lexer.skip_all()
            return _NOTHING
        compound = _COMPOUND.get(token.text) if token.kind is not TokenKind.REDIRECT else None
        if compound is None:
            if token.kind is TokenKind.WORD and (name := self.lexer.function_head()):
                return self._function(name)
            return self._simple()
        self.depth += 1
        node = compound(self)
        self.depth -= 1
        redirects = []
        while (token := self.lexer.peek()) is not None and token.kind is TokenKind.REDIRECT:
            redirects += self._redirect()
        return Redirected(node, tuple(redirects)) if redirects else node

    def _simple(self) -> Node:
        words: list[Token] = []
        redirects: list[Redirect] = []
        glue: list[Token] = []
        first = last = self.lexer.peek()
        while (token := self.lexer.peek()) is not None and token.kind is not TokenKind.OPERATOR:
            last = token
            if token.kind is TokenKind.REDIRECT:
                glue.append(token)
                redirects += self._redirect()
            else:
                words.append(self._take())
        if token is not None and token.text in ("&", "|", ";"):
            glue.append(token)
        start, end = (first.start, last.end) if first and last else (0, 0)
        if words:
            start, end = words[0].start, words[-1].end
        return Simple(tuple(words), tuple(redirects), tuple(glue), start, end)

    def _redirect(self) -> list[Redirect]:
        operator = self._take()
        target = self.lexer.peek()
        if target is None or target.kind is not TokenKind.WORD:
            self.refuse(f"no file follows `{operator.text}`", operator.start, operator.end)
            return []
        self.lexer.next()
        found = _REDIRECT.match(operator.text)
        descriptor, text = found.groups() if found else ("", operator.text)
        redirect = Redirect(descriptor, text, target)
        self.lexer.redirected(redirect)
        return [redirect]

    def _function(self, name: str) -> Node:
        self.newlines()
        token = self.lexer.peek()
        if token is None or token.text not in _COMPOUND:
            place = token.start if token else self.end
            self.refuse(f"the function `{name}` has no body in braces", place, token.end if token else place)
            return _NOTHING
        return Function(name, self._command())

    def function(self) -> Node:
        """`function name { … }`."""
        opener = self._take()
        name = self.lexer.function_name()
        if name is None:
            self.refuse("`function` without a name", opener.start, opener.end)
            return _NOTHING
        return self._function(name)

    def group(self) -> Node:
        """`{ … }`."""
        opener = self._take()
        body = self.block(frozenset("}"), opener)
        self._expect("}", opener)
        return Group(body)

    def parenthesis(self) -> Node:
        """`( … )` or `(( … ))`."""
        inside = self.lexer.arithmetic()
        if inside is not None:
            return Arithmetic(*inside)
        opener = self._take()
        body = self.block(frozenset(")"), opener)
        self._expect(")", opener)
        return Subshell(body)

    def test(self) -> Node:
        """`[[ … ]]`."""
        opener = self.lexer.peek()
        inside = self.lexer.test()
        if inside is not None:
            return Test(*inside)
        if opener is not None:
            self.refuse("`[[` is never closed by `]]`", opener.start, opener.end)
        self.lexer.skip_all()
        return _NOTHING

    def condition(self) -> Node:
        """`if … then … elif … then … else … fi`."""
        opener = self._take()
        arms = [self._arm(opener)]
        while self.lexer.is_word("elif"):
            arms.append(self._arm(self._take()))
        otherwise: Block = ()
        if self.lexer.is_word("else"):
            otherwise = self.block(frozenset(("fi",)), self._take())
        self._expect("fi", opener)
        return If(tuple(arms), otherwise)

    def _arm(self, opener: Token) -> tuple[Block, Block]:
        asked = self.block(frozenset(("then",)), opener)
        self._expect("then", opener)
        return asked, self.block(frozenset(("elif", "else", "fi")), opener)

    def loop(self) -> Node:
        """`while … do … done` and `until …`."""
        opener = self._take()
        condition = self.block(frozenset(("do",)), opener)
        body = self._body(opener)
        return Loop(condition, body, opener.text == "until", opener.start, opener.end)

    def each(self) -> Node:
        """`for name in … do … done`, `select` and `for ((…))`."""
        opener = self._take()
        if opener.text == "for" and (inside := self.lexer.arithmetic()) is not None:
            header = self._header(*inside)
            if self.lexer.is_operator(";"):
                self.lexer.next()
            return CountingFor(header, self._body(opener), opener.start, opener.end)
        name = self.lexer.peek()
        if name is None or name.kind is not TokenKind.WORD:
            self.refuse(f"`{opener.text}` without a variable", opener.start, opener.end)
            return _NOTHING
        self.lexer.next()
        self.newlines()
        words: list[Token] | None = None
        if self.lexer.is_word("in"):
            self.lexer.next()
            words = []
            while (token := self.lexer.peek()) is not None and token.kind is TokenKind.WORD:
                words.append(self._take())
        if self.lexer.is_operator(";"):
            self.lexer.next()
        body = self._body(opener)
        return For(name, None if words is None else tuple(words), body, opener.text == "select")

    def _header(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        places = []
        while (cut := self.lexer.text.find(";", start, end)) >= 0:
            places.append((start, cut))
            start = cut + 1
        return (*places, (start, end))

    def _body(self, opener: Token) -> Block:
        self.newlines()
        closer = "}" if self.lexer.is_word("{") else "done"
        if closer == "}":
            self.lexer.next()
        elif not self._expect("do", opener):
            return ()
        body = self.block(frozenset((closer,)), opener)
        self._expect(closer, opener)
        return body

    def case(self) -> Node:
        """`case … in … esac`."""
        opener = self._take()
        subject = self.lexer.peek()
        if subject is None or subject.kind is not TokenKind.WORD:
            self.refuse("`case` without a word", opener.start, opener.end)
            return _NOTHING
        self.lexer.next()
        self.newlines()
        arms: list[Arm] = []
        if self._expect("in", opener):
            self.newlines()
            while self.lexer.peek() is not None and not self.lexer.is_word("esac"):
                arm = self._case_arm()
                if arm is None:
                    return Case(subject, tuple(arms))
                arms.append(arm)
                self.newlines()
            self._expect("esac", opener)
        return Case(subject, tuple(arms))

    def _case_arm(self) -> Arm | None:
        """One arm, None when what stands here is none."""
        if self.lexer.is_operator("("):
            self.lexer.next()
        patterns: list[Token] = []
        while (token := self.lexer.peek()) is not None and token.kind is TokenKind.WORD:
            patterns.append(self._take())
            if not self.lexer.is_operator("|"):
                break
            self.lexer.next()
        if not patterns or not self.lexer.is_operator(")"):
            token = self.lexer.peek()
            if token is not None:
                self._unexpected(token)
            return None
        self.lexer.next()
        body = self.block(frozenset((";;", "esac")))
        falls = ""
        if self.lexer.is_operator(";;", ";"):
            falls = self._take().text
            if self.lexer.is_operator("&") and self.lexer.text.startswith(
                falls + "&", self._at() - len(falls)
            ):
                falls += self._take().text
        return Arm(tuple(patterns), body, falls)

    def _at(self) -> int:
        token = self.lexer.peek()
        return token.start if token else self.end

    def _take(self) -> Token:
        token = self.lexer.next()
        assert token is not None, "the caller has seen this token"
        return token

    def _expect(self, text: str, opener: Token) -> bool:
        """Take a word or operator that must come; at the end of the text its opener is to blame."""
        if self.lexer.is_word(text) or self.lexer.is_operator(text):
            self.lexer.next()
            return True
        token = self.lexer.peek()
        if token is not None:
            self._unexpected(token)
        elif not self.too_deep:
            self.refuse(f"`{opener.text}` has no `{text}`", opener.start, opener.end)
        return False

    def _unexpected(self, token: Token) -> None:
        shown = "end of line" if token.text == "\n" else f"`{token.text}`"
        self.refuse(f"unexpected {shown}", token.start, token.end)

    def refuse(self, message: str, start: int, end: int) -> None:
        """Note what bash would stop at."""
        self.lexer.refusals.append(Refusal(message, start, end, self._at()))


_COMPOUND: dict[str, Callable[[_Reader], Node]] = {
    "if": _Reader.condition,
    "while": _Reader.loop,
    "until": _Reader.loop,
    "for": _Reader.each,
    "select": _Reader.each,
    "case": _Reader.case,
    "function": _Reader.function,
    "{": _Reader.group,
    "(": _Reader.parenthesis,
    "[[": _Reader.test,
}
