"""A test such as `[ -n "$X" ]`, or a `case`, and a world in; the worlds that it can lead to out."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainlint.facts.value import Unknown
from trainlint.parse.shell.arithmetic import evaluate
from trainlint.parse.shell.cells import Reader
from trainlint.parse.shell.expand import expand, expand_assignment
from trainlint.parse.shell.glob import UnclearPatternError
from trainlint.parse.shell.patterns import compiled, fits
from trainlint.parse.shell.pieces import Literal, Parameter, Piece, Token, TokenKind
from trainlint.parse.shell.scanner import Scanner
from trainlint.parse.shell.script.syntax import Case
from trainlint.parse.shell.script.world import Status, World
from trainlint.parse.shell.state import Array, Text, text_of
from trainlint.parse.shell.text import ShellText
from trainlint.record import record
from trainlint.source import Span

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "-eq": operator.eq,
    "-ne": operator.ne,
    "-lt": operator.lt,
    "-le": operator.le,
    "-gt": operator.gt,
    "-ge": operator.ge,
}
_BINARY = frozenset(("=", "==", "!=", "=~", "<", ">", "-nt", "-ot", "-ef", *_COMPARISONS))
_UNARY = re.compile(r"-[a-hknoprstuvwxzGLNOSR]\Z")
_SPECIAL = re.compile(r"[*?\[\\]")
_SIMPLE_REGEX = re.compile(r"(?!.*\[[^\]]*\[)(?!.*\[\^?\])[\w^$.+*?|()\[\]\-/= ,@]*\Z")
_MAX_LENGTH = 1000
_OPPOSITE = {
    Status.SUCCESS: Status.FAILURE,
    Status.FAILURE: Status.SUCCESS,
    Status.UNKNOWN: Status.UNKNOWN,
    Status.MEANT: Status.UNKNOWN,
}


@record
class Choice:
    """An arm that a `case` can choose, None when none fits, and the world in which it does."""

    world: World
    index: int | None


def opposite(status: Status) -> Status:
    """How `!` says that a command ended."""
    return _OPPOSITE[status]


def status_of(holds: bool | None) -> Status:
    """How a test ends."""
    if holds is None:
        return Status.UNKNOWN
    return Status.SUCCESS if holds else Status.FAILURE


def decide_test(source: ShellText, start: int, end: int, world: World) -> list[World]:
    """What `[[ … ]]` makes of a world."""
    return _Test(source, _test_tokens(source, start, end), extended=True).decide(world)


def decide_classic(source: ShellText, tokens: Sequence[Token], world: World) -> list[World]:
    """What `[ … ]` or `test …` makes of a world; `tokens` stand behind the opening one."""
    rest = [token for token in tokens if token.text != "]"]
    return _Test(source, rest, extended=False).decide(world)


def subject_of(source: ShellText, node: Case, world: World) -> Text:
    """The text that the patterns of a `case` are held against."""
    return text_of(expand_assignment(node.subject, source, world.shell))


def chosen_arms(source: ShellText, node: Case, subject: Text, world: World, first: int = 0) -> list[Choice]:
    """The arms from `first` on that a `case` can choose."""
    name = variable_of(node.subject, world)
    found: list[Choice] = []
    for index in range(first, len(node.arms)):
        for pattern in node.arms[index].patterns:
            holds = _matches(pattern, source, world, subject)
            if holds:
                return [*found, Choice(world, index)]
            literal = _literal(pattern, source, world)
            if holds is False or (name and literal is not None and _ruled_out(world, name, literal)):
                continue
            possible = world.copy()
            if name and literal is not None:
                _believe(possible, name, literal)
                _exclude(world, name, literal)
            found.append(Choice(possible, index))
    return [*found, Choice(world, None)]


def variable_of(token: Token, world: World) -> str | None:
    """The variable that is all of a word and whose value is not known."""
    if len(token.pieces) != 1:
        return None
    piece = token.pieces[0]
    if not isinstance(piece, Parameter) or piece.prefix or piece.subscript:
        return None
    if piece.operator and not (piece.operator in (":-", "-") and piece.operand.start == piece.operand.end):
        return None
    if piece.name.isdigit():
        return piece.name if piece.name != "0" and _argument(world, int(piece.name)) is None else None
    if not (piece.name[0].isalpha() or piece.name[0] == "_"):
        return None
    held = world.shell.variables.get(piece.name)
    if held is None:
        return piece.name if piece.name not in world.shell.removed else None
    return piece.name if isinstance(held, Text) and held.known is None else None


def _argument(world: World, index: int) -> str | None:
    """An argument of the script that is known."""
    given = world.shell.positional
    if isinstance(given, Unknown):
        return None
    if index > len(given) and not any(text.splits for text in given):
        return ""
    return given[index - 1].known if index <= len(given) else None


def _ruled_out(world: World, name: str, value: Text) -> bool:
    belief = world.belief(name)
    return belief is not None and value.known in belief.excluded


def _believe(world: World, name: str, value: Text) -> None:
    if name.isdigit():
        world.believe_argument(int(name), value)
    else:
        world.believe(name, value)


def _exclude(world: World, name: str, value: Text) -> None:
    if value.known is not None and not name.isdigit():
        world.exclude(name, value.known)


def _matches(pattern: Token, source: ShellText, world: World, subject: Text) -> bool | None:
    """Whether a pattern fits; `*` fits what is not known, too."""
    if pattern.text == "*":
        return True
    known = subject.known
    if known is None:
        return None
    try:
        return fits(compiled(Reader(source, world.shell).values(_pieces(pattern))), known)
    except UnclearPatternError:
        return None


def _pieces(token: Token) -> Sequence[Piece]:
    return token.pieces or (Literal(token.text, False, token.start, token.end),)


def _literal(pattern: Token, source: ShellText, world: World) -> Text | None:
    """The text that a pattern without special characters fits."""
    cells = Reader(source, world.shell).values(_pieces(pattern))
    if any(
        isinstance(cell.text, Unknown) or (not cell.quoted and _SPECIAL.search(cell.text)) for cell in cells
    ):
        return None
    word = expand_assignment(pattern, source, world.shell)
    return text_of(word)


def _is_set(name: str | None, world: World) -> Status:
    """Whether a variable, or the first element of an array, is set."""
    variable = world.shell.variables.get(name or "")
    if isinstance(variable, Array):
        elements = variable.elements
        return Status.UNKNOWN if isinstance(elements, Unknown) else status_of("0" in elements)
    if variable is not None:
        return Status.SUCCESS
    return Status.FAILURE if name in world.shell.removed else Status.UNKNOWN


def _test_tokens(source: ShellText, start: int, end: int) -> list[Token]:
    """The tokens of `[[ … ]]`; what follows `=~` is one word up to the next blank outside parentheses."""
    scanner = Scanner(source, start, end)
    while (token := scanner.token()) is not None:
        if token.text == "=~":
            stop = _regex_end(source.text, scanner.position, end)
            raw = source.text[scanner.position : stop]
            place = scanner.position + len(raw) - len(raw.lstrip())
            scanner.found.append(Token(TokenKind.WORD, raw.strip(), place, stop))
            scanner.position = stop
    return [token for token in scanner.found if token.text != "\n" and token.kind is not TokenKind.COMMENT]


def _regex_end(text: str, start: int, end: int) -> int:
    position, depth = start, 0
    while position < end and text[position].isspace():
        position += 1
    while position < end and (depth or not text[position].isspace()):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth < 0:
            break
        position += 2 if text[position] == "\\" else 1
    return min(position, end)


@dataclass
class _Test:
    """The tokens of one test, taken from left to right; `extended` are those of `[[`."""

    source: ShellText
    tokens: Sequence[Token]
    extended: bool
    position: int = 0

    def decide(self, world: World) -> list[World]:
        """Each world in which the test may end, with how it ends there."""
        if not self.tokens:
            return [world.ended(Status.FAILURE)]
        worlds = self._either([world])
        if self.position < len(self.tokens):
            return [world.ended(Status.UNKNOWN)]
        return worlds

    def _text(self) -> str:
        return self.tokens[self.position].text if self.position < len(self.tokens) else ""

    def _either(self, worlds: list[World]) -> list[World]:
        worlds = self._both(worlds)
        while self._text() == ("||" if self.extended else "-o"):
            self.position += 1
            worlds = self._joined(worlds, Status.FAILURE, self._both)
        return worlds

    def _both(self, worlds: list[World]) -> list[World]:
        worlds = self._one(worlds)
        while self._text() == ("&&" if self.extended else "-a"):
            self.position += 1
            worlds = self._joined(worlds, Status.SUCCESS, self._one)
        return worlds

    def _joined(
        self, worlds: list[World], needed: Status, read: Callable[[list[World]], list[World]]
    ) -> list[World]:
        """Decide what follows an operator in the worlds in which it matters."""
        decided = [world for world in worlds if world.status not in (needed, Status.UNKNOWN)]
        certain = [world for world in worlds if world.status is needed]
        open_worlds = [world for world in worlds if world.status is Status.UNKNOWN]
        start = self.position
        after = read(certain)
        self.position = start
        for world in read(open_worlds):
            after.append(world.ended(Status.UNKNOWN) if world.status is needed else world)
        return [*decided, *after]

    def _one(self, worlds: list[World]) -> list[World]:
        if self._text() == "!" and self.position + 1 < len(self.tokens):
            self.position += 1
            return [world.ended(opposite(world.status)) for world in self._one(worlds)]
        if self._text() in ("(", "\\("):
            self.position += 1
            found = self._either(worlds)
            self.position += 1
            return found
        rest = self.tokens[self.position :]
        if len(rest) > 2 and rest[1].text in _BINARY:
            self.position += 3
            return [after for world in worlds for after in self._binary(rest[0], rest[1], rest[2], world)]
        if len(rest) > 1 and _UNARY.match(rest[0].text):
            self.position += 2
            return [after for world in worlds for after in self._unary(rest[0], rest[1], world)]
        self.position += 1
        return [after for world in worlds for after in self._filled(rest[0], world)] if rest else worlds

    def _value(self, token: Token, world: World) -> Text:
        return text_of(expand_assignment(token, self.source, world.shell))

    def _unary(self, asks: Token, operand: Token, world: World) -> list[World]:
        if not self.extended and not expand(operand, self.source, world.shell):
            return [world.ended(Status.SUCCESS)]
        if asks.text == "-n":
            return self._filled(operand, world)
        if asks.text == "-z":
            return [after.ended(opposite(after.status)) for after in self._filled(operand, world)]
        text = self._value(operand, world).known
        if asks.text in ("-e", "-f", "-d", "-r", "-a") and text:
            return [world.ended(status_of(_is_there(asks.text, text, world)))]
        return [world.ended(_is_set(text, world) if asks.text == "-v" else Status.UNKNOWN)]

    def _filled(self, operand: Token, world: World) -> list[World]:
        """Whether a text is not empty."""
        text = self._value(operand, world)
        if any(part for part in text.parts if isinstance(part, str)):
            return [world.ended(Status.SUCCESS)]
        if text.known == "" and variable_of(operand, world) is None:
            return [world.ended(Status.FAILURE)]
        span = self.source.span(operand.start, operand.end)
        return [
            after.ended(opposite(after.status)) for after in self._believed(operand, Text.at("", span), world)
        ]

    def _believed(self, operand: Token, value: Text, world: World) -> list[World]:
        """The world in which an unknown variable has a value, and the one in which it has not."""
        name = variable_of(operand, world)
        if name is None or value.known is None:
            return [world.ended(Status.UNKNOWN)]
        if _ruled_out(world, name, value):
            return [world.ended(Status.FAILURE)]
        other = world.copy()
        _believe(world, name, value)
        _exclude(other, name, value)
        return [world.ended(Status.SUCCESS), other.ended(Status.FAILURE)]

    def _binary(self, left: Token, compares: Token, right: Token, world: World) -> list[World]:
        if compares.text == "!=":
            return [after.ended(opposite(after.status)) for after in self._equal(left, right, world)]
        if compares.text in ("=", "=="):
            return self._equal(left, right, world)
        if compares.text in _COMPARISONS:
            return [world.ended(self._compared(left, compares.text, right, world))]
        known = self._value(left, world).known
        if compares.text == "=~":
            return [world.ended(status_of(_searched(right, known, world)))]
        return [world.ended(Status.UNKNOWN)]

    def _equal(self, left: Token, right: Token, world: World) -> list[World]:
        if self.extended:
            holds = (
                _matches(right, self.source, world, self._value(left, world)) if right.text != "*" else True
            )
        else:
            texts = self._value(left, world).known, self._value(right, world).known
            holds = None if None in texts else texts[0] == texts[1]
        if holds is not None:
            return [world.ended(status_of(holds))]
        literal = _literal(right, self.source, world) if self.extended else self._value(right, world)
        if literal is not None and literal.known is not None:
            return self._believed(left, literal, world)
        return self._believed(right, self._value(left, world), world)

    def _compared(self, left: Token, compares: str, right: Token, world: World) -> Status:
        texts = [self._value(token, world).known for token in (left, right)]
        numbers = [evaluate(text, world.shell) if text else None for text in texts]
        if numbers[0] is None or numbers[1] is None:
            return Status.UNKNOWN
        return status_of(_COMPARISONS[compares](numbers[0], numbers[1]))


def _is_there(asks: str, path: str, world: World) -> bool | None:
    """Whether a file is there; one that is not may be there on the machine that runs the job."""
    directory = world.shell.directory
    if isinstance(directory, Unknown) and not Path(path).is_absolute():
        return None
    base = Path("/") if isinstance(directory, Unknown) else directory.value
    kind = world.shell.files.kind(base / path)
    if kind is None:
        return None
    return {"-f": kind == "file", "-d": kind == "dir"}.get(asks, True)


def _searched(pattern: Token, text: str | None, world: World) -> bool | None:
    """Whether a regular expression of the plainest kind is found in a text."""
    unknown = Unknown("what a regular expression found is not followed", Span.at(""))
    world.shell.variables["BASH_REMATCH"] = Array(unknown)
    if text is None or len(text) > _MAX_LENGTH or not _SIMPLE_REGEX.match(pattern.text):
        return None
    if re.search(r"[*+?]\)?[*+?(]|\)[*+?]|\$[\w(]", pattern.text):
        return None
    try:
        return re.search(pattern.text, text) is not None
    except re.error:
        return None
