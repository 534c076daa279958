"""An arithmetic expression of bash in, its value out; variables are read from the shell and set in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from trainlint.facts.value import Unknown
from trainlint.parse.shell.state import BASH_OWN, Array, Shell, Text, with_element
from trainlint.regex import regex
from trainlint.source import Span

_TOKEN = regex(
    r"\s*(?:(?P<number>\d[\w#@]*)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<operator><<=|>>=|\*\*|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%<>&|^!~?:=(),\[\]]))",
    re.ASCII,
)
_ASSIGNED = regex(
    r"(?:\+\+|--)\s*([A-Za-z_]\w*)|([A-Za-z_]\w*)(?:\[[^\]]*\])?\s*(?:\+\+|--|(?:[-+*/%&|^]|<<|>>)?=(?!=))",
    re.ASCII,
)
#: How tightly the operators between two operands bind; higher binds tighter.
_BINDING = {
    "||": 3, "&&": 4, "|": 5, "^": 6, "&": 7, "==": 8, "!=": 8, "<": 9, "<=": 9, ">": 9, ">=": 9,
    "<<": 10, ">>": 10, "+": 11, "-": 11, "*": 12, "/": 12, "%": 12, "**": 13,
}  # fmt: skip
_ASSIGNMENTS = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="))
_MAX_DEPTH = 24
_DECIMAL = regex(r"(?:0|[1-9]\d{0,17})\Z", re.ASCII)
_MAX_LENGTH = 10_000
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_"


class _UnclearError(Exception):
    """The expression is none, or depends on what only the run knows."""


def evaluate(text: str, shell: Shell) -> int | None:
    """The value of an expression that has been expanded; None when it is not known."""
    if len(text) > _MAX_LENGTH:
        return None
    try:
        return _value(text, shell, 0)
    except _UnclearError:
        unknown = Unknown(f"`{' '.join(text.split())[:60]}` is computed when the job runs", Span.at(""))
        for found in _ASSIGNED.finditer(text):
            shell.assign(found[1] or found[2], Text.of(unknown))
        return None


def _value(text: str, shell: Shell, depth: int) -> int:
    if depth > _MAX_DEPTH:
        raise _UnclearError
    parser = _Parser(text, shell, depth)
    if not parser.tokens:
        return 0
    value = parser.comma()
    if parser.peek():
        raise _UnclearError
    return value


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _UnclearError
        tokens.append(found.group().lstrip())
        position = found.end()
    return tokens


def _number(text: str) -> int:
    base, mark, digits = text.partition("#")
    if mark:
        return _of_base(digits, int(base) if base.isdigit() and not base.startswith("0") else 0)
    if text[:2] in ("0x", "0X"):
        return _of_base(text[2:], 16)
    return _of_base(text[1:] or "0", 8) if text.startswith("0") else _of_base(text, 10)


def _of_base(digits: str, base: int) -> int:
    if not 2 <= base <= 64 or not digits:
        raise _UnclearError
    value = 0
    for digit in digits.lower() if base <= 36 else digits:
        number = _DIGITS.find(digit)
        if not 0 <= number < base:
            raise _UnclearError
        value = value * base + number
    return _wrapped(value)


def _wrapped(value: int) -> int:
    """The value in 64 bits, as bash computes."""
    return (value + 2**63) % 2**64 - 2**63


def _applied(operator: str, left: int, right: int) -> int:
    if operator in ("/", "%"):
        if right == 0:
            raise _UnclearError
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return _wrapped(quotient if operator == "/" else left - quotient * right)
    if operator in ("<<", ">>", "**") and not 0 <= right < (64 if operator != "**" else 4096):
        raise _UnclearError
    return _wrapped(_OPERATIONS[operator](left, right))


_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "|": lambda left, right: left | right,
    "^": lambda left, right: left ^ right,
    "&": lambda left, right: left & right,
    "==": lambda left, right: int(left == right),
    "!=": lambda left, right: int(left != right),
    "<": lambda left, right: int(left < right),
    "<=": lambda left, right: int(left <= right),
    ">": lambda left, right: int(left > right),
    ">=": lambda left, right: int(left >= right),
    "<<": lambda left, right: left << right,
    ">>": lambda left, right: left >> right,
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "**": lambda left, right: left**right,
}


class _Parser:
    """Precedence climbing over the tokens of one expression; `live` is False where C would not evaluate."""

    def __init__(self, text: str, shell: Shell, depth: int) -> None:
        self.shell = shell
        self.depth = depth
        self.live = True
        self.nesting = 0
        self.tokens = _tokens(text)
        self.position = 0

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.position += 1
        return token

    def expect(self, wanted: str) -> None:
        if self.take() != wanted:
            raise _UnclearError

    def comma(self) -> int:
        value = self.assignment()
        while self.peek() == ",":
            self.take()
            value = self.assignment()
        return value

    def assignment(self) -> int:
        start = self.position
        if _is_name(self.peek()):
            name, key = self.take(), self.subscript()
            if self.peek() in _ASSIGNMENTS:
                operator = self.take()
                before = self.read(name, key) if operator != "=" else 0
                value = self.nested(self.assignment)
                if operator != "=":
                    value = self.apply(operator[:-1], before, value)
                return self.store(name, key, value)
            self.position = start
        return self.conditional()

    def conditional(self) -> int:
        condition = self.binary(3)
        if self.peek() != "?":
            return condition
        self.take()
        yes = self.only_if(bool(condition), self.comma)
        self.expect(":")
        no = self.only_if(not condition, self.conditional)
        return yes if condition else no

    def binary(self, lowest: int) -> int:
        left = self.unary()
        while (binding := _BINDING.get(self.peek(), 0)) >= lowest:
            operator = self.take()
            right = partial(self.binary, binding if operator == "**" else binding + 1)
            if operator in ("&&", "||"):
                needed = bool(left) == (operator == "&&")
                value = self.only_if(needed, right)
                left = int(bool(value)) if needed else int(bool(left))
            else:
                left = self.apply(operator, left, self.nested(right))
        return left

    def unary(self) -> int:
        token = self.take()
        if token in ("+", "-", "!", "~"):
            value = self.nested(self.unary)
            return {"+": value, "-": _wrapped(-value), "!": int(not value), "~": ~value}[token]
        if token in ("++", "--"):
            if not _is_name(self.peek()):
                raise _UnclearError
            name, key = self.take(), self.subscript()
            return self.store(name, key, self.apply(token[0], self.read(name, key), 1))
        if token == "(":
            value = self.nested(self.comma)
            self.expect(")")
            return value
        if _is_name(token):
            return self.variable(token)
        if not token[:1].isdigit():
            raise _UnclearError
        return _number(token)

    def variable(self, name: str) -> int:
        key = self.subscript()
        value = self.read(name, key)
        if self.peek() in ("++", "--"):
            self.store(name, key, self.apply(self.take()[0], value, 1))
        return value

    def subscript(self) -> int | None:
        if self.peek() != "[":
            return None
        self.take()
        value = self.nested(self.comma)
        self.expect("]")
        return value

    def nested(self, parse: Callable[[], int]) -> int:
        self.nesting += 1
        if self.nesting > _MAX_DEPTH:
            raise _UnclearError
        value = parse()
        self.nesting -= 1
        return value

    def only_if(self, needed: bool, parse: Callable[[], int]) -> int:
        """Parse on; without effect where the value is not needed."""
        before, self.live = self.live, self.live and needed
        value = self.nested(parse)
        self.live = before
        return value

    def apply(self, operator: str, left: int, right: int) -> int:
        return _applied(operator, left, right) if self.live else 0

    def read(self, name: str, key: int | None) -> int:
        if not self.live:
            return 0
        variable = self.shell.variables.get(name)
        if isinstance(variable, Array):
            variable = _element(variable, key or 0)
        elif key:
            variable = None
        if variable is None:
            if name not in self.shell.removed and name not in self.shell.variables:
                raise _UnclearError
            return 0
        known = variable.known
        if known is None or BASH_OWN.match(name):
            raise _UnclearError
        return int(known) if _DECIMAL.match(known) else _value(known, self.shell, self.depth + 1)

    def store(self, name: str, key: int | None, value: int) -> int:
        if not self.live:
            return value
        text = Text.at(str(value), Span.at(""))
        before = self.shell.variables.get(name)
        if key is None:
            self.shell.assign(name, text)
        elif key < 0 or not isinstance(before, Array) or before.associative:
            raise _UnclearError
        else:
            self.shell.assign(name, with_element(before, str(key), text))
        return value


def _element(array: Array, key: int) -> Text | None:
    if array.associative or isinstance(array.elements, Unknown) or key < 0:
        raise _UnclearError
    if any(text.splits for text in array.elements.values()):
        raise _UnclearError
    return array.elements.get(str(key))


def _is_name(token: str) -> bool:
    return token[:1].isalpha() or token[:1] == "_"
