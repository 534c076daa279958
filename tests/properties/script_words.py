"""Drawing in, words of shell scripts out: quotes of every kind, every form of `${…}`, patterns, braces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
_BARE_NAME = re.compile(r"\$([A-Za-z_]\w*)\Z", re.ASCII)

SCALARS = ("A", "B", "C", "LR", "name")
ARRAYS = ("ARGS", "list")
TEXTS = [
    "a",
    "b",
    "lr",
    "1",
    "10",
    "0.1",
    "-",
    "/",
    ".",
    ":",
    ",",
    "=",
    "%",
    "@",
    "+",
    "_",
    "é",
    "conf",
    "base.yaml",
    "x.py",
    "train.py",
    "a/b",
    "a.b.c",
    "--lr",
    "k=v",
    "[a,b]",
    "{a:1}",
    "-1",
    "2e-4",
    "ab",
    "abab",
    "aXb",
    "foo.tar.gz",
    "/p/q/r.txt",
]
BLANKED = ("a b", " a  b ", "p q=r", "", "*.py", "x *", "a\\tb", "conf/*", "[a]", "it's")
PATTERNS = (
    "*",
    "a",
    "?",
    "*/",
    "*.",
    ".*",
    "[ab]",
    "a*",
    "*b",
    "/*",
    "x",
    ".",
    "-*",
    "%",
    "[0-9]",
    "'*'",
    "$B",
)
GLOBS = (
    "*",
    "*.py",
    "conf/*.yaml",
    "c*/b*",
    "nothing/*",
    "?.txt",
    "[ab]",
    "[!a]*.txt",
    ".h*",
    "*/",
    "scripts/*",
)
BRACES = (
    "{a,b}",
    "x{1..3}y",
    "{1,2}{3,4}",
    "{a,b{c,d}}",
    "{01..03}",
    "{c..a}",
    "{1..9..4}",
    "{a}",
    "{,x}",
    "lr={1,2}",
)


@dataclass
class Limits:
    """What a script may hold; a script of a `known` kind has one outcome that its text tells."""

    depth: int = 2
    statements: int = 5
    arguments: bool = False
    other: str | None = None
    prefix: str = ""


@dataclass
class WordWriter:
    """Writes words by drawing; `inside` says that they stand in a function, where there are arguments."""

    draw: st.DrawFn
    limits: Limits
    inside: bool = False

    def pick(self, choices: Sequence[T]) -> T:
        return self.draw(st.sampled_from(choices))

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def word(self) -> str:
        """One word of a command, of one to three pieces."""
        return _joined(self.pick(_WORD_PIECES)(self) for _ in range(self.number(1, 3)))

    def words(self, low: int, high: int) -> str:
        blank = self.pick((" ", " ", " ", "  ", " \\\n  "))
        return blank.join(self.word() for _ in range(self.number(low, high)))

    def literal(self) -> str:
        return self.pick(TEXTS)

    def single(self) -> str:
        return "'" + self.pick((*TEXTS, "a b", "$A", "*", "a\nb", '"', "\\", "#")) + "'"

    def ansi(self) -> str:
        return "$'" + self.pick(("a\\nb", "\\x41", "it\\'s", "\\t", "a b")) + "'"

    def escaped(self) -> str:
        return "\\" + self.pick(("$", " ", '"', "*", "a", "\\", "{", "#", "&", "\n"))

    def double(self) -> str:
        return '"' + _joined(self.pick(_QUOTED_PIECES)(self) for _ in range(self.number(0, 3))) + '"'

    def quoted_literal(self) -> str:
        return self.pick((*TEXTS, "a b", " ", "'", "*", "\\$", '\\"', "\\\\", "\\\n", "\\n", "#", "~"))

    def scalar(self) -> str:
        name = self.pick(SCALARS)
        return self.pick((f"${{{name}}}", f"${{{name}}}", f"${name}"))

    def operand(self) -> str:
        return self.pick((*TEXTS[:8], "", "$B", "${C}", "'q r'", '"$A"', "x y", "${LR:-5}", "$((1+1))"))

    def operated(self) -> str:
        """One of the forms `${name…}`."""
        name = self.pick(SCALARS)
        operator = self.pick((":-", "-", ":+", "+", ":=", "="))
        return self.pick(
            (
                f"${{{name}{operator}{self.operand()}}}",
                f"${{{name}{operator}{self.operand()}}}",
                f"${{{name}{self.pick(('%', '%%', '#', '##'))}{self.pick(PATTERNS)}}}",
                f"${{{name}{self.pick(('%', '%%', '#', '##'))}{self.pick(PATTERNS)}}}",
                f"${{{name}{self.pick(('/', '//', '/#', '/%'))}{self.pick(PATTERNS[1:])}/{self.operand()}}}",
                f"${{{name}{self.pick(('/', '//'))}{self.pick(('a', '.', 'b', '?'))}}}",
                f"${{{name}:{self.pick(('0', '1', ' -2', '2', '9', '$((1))'))}}}",
                f"${{{name}:{self.pick(('0', '1', ' -3', '2'))}:{self.pick(('0', '1', '2', '20'))}}}",
                f"${{#{name}}}",
                f"${{{name}{self.pick(('^', '^^', ',', ',,'))}}}",
                "${!ref}",
            )
        )

    def array(self) -> str:
        """One of the forms of an array inside double quotes or outside."""
        name = self.pick(ARRAYS)
        which = self.pick(("@", "@", "*"))
        return self.pick(
            (
                f"${{{name}[{which}]}}",
                f"${{{name}[{which}]}}",
                f"${{{name}[{which}]}}",
                f"${{#{name}[{which}]}}",
                f"${{{name}[{self.pick(('0', '1', '7', '-1', '$((0+1))'))}]}}",
                f"${{{name}[{which}]:{self.pick(('0', '1', '2'))}}}",
                f"${{{name}[{which}]:{self.pick(('0', '1'))}:{self.pick(('0', '1', '2'))}}}",
                f"${{{name}[{which}]{self.pick(('/a/Z', '%b', '#a', '//./_', '/#/--', '/%/.x'))}}}",
                f"${{!{name}[{which}]}}",
                f"${{{name}[{which}]+set}}",
                f"${name}",
            )
        )

    def quoted_array(self) -> str:
        return f'"{self.array()}"'

    def positional(self) -> str:
        if not (self.inside or self.limits.arguments):
            return "$n"
        return self.pick(
            (
                "$1",
                "${2}",
                "$#",
                '"$@"',
                '"$@"',
                '"$*"',
                "$@",
                "$*",
                "${1:-d}",
                '"${@:2}"',
                '"${1%a}"',
                "$3",
                '"x$@y"',
            )
        )

    def quoted_positional(self) -> str:
        if not (self.inside or self.limits.arguments):
            return "$n"
        return self.pick(("$1", "${2}", "$#", "$*", "${1:-d}", "${1#a}", "$@"))

    def expression(self) -> str:
        atom = ("1", "2", "7", "n", "$#" if self.inside else "3", "${#A}", "${#ARGS[@]}", "(1+2)", "0x10")
        operator = self.pick(("+", "-", "*", "/", "%", "<<", "<", ">=", "==", "&&", "||", "|", "&", "**"))
        second = self.pick(("1", "2", "3"))
        return self.pick(
            (
                self.pick(atom),
                f"{self.pick(atom)} {operator} {second}",
                f"{self.pick(atom)}{operator}{second}",
            )
        )

    def arithmetic(self) -> str:
        return self.pick((f"$(({self.expression()}))", f"$(( {self.expression()} > 2 ? 5 : 6 ))"))

    def output(self) -> str:
        """A command substitution whose output the text tells."""
        return self.pick(
            (
                "$(pwd)",
                '$(dirname "$0")',
                '$(basename "$0")',
                "`pwd`",
                '$(cd "$(dirname "$0")" && pwd)',
                '$(cd "$ROOT/conf"; pwd)',
                "$(basename /p/q/r.txt .txt)",
                "$(dirname /p/q/r.txt)",
                "$(echo a b)",
                f"$(echo {self.pick(TEXTS)})",
                "$(seq 2)",
                "$(seq 1 2 5)",
                "$(realpath conf)",
                '$(dirname "$(realpath "$0")")',
                "${BASH_SOURCE[0]}",
                "$0",
            )
        )

    def quoted_output(self) -> str:
        return f'"{self.output()}"'

    def glob(self) -> str:
        return self.pick(GLOBS)

    def braces(self) -> str:
        return self.pick(BRACES)


def _joined(pieces: Iterable[str]) -> str:
    """The pieces of a word; a name is put in braces where the next piece would lengthen it."""
    word = ""
    for piece in pieces:
        if piece[:1].isalnum() or piece.startswith(("_", "{", "[")):
            word = _BARE_NAME.sub(r"${\1}", word)
        word += piece
    return word


Step = Callable[[WordWriter], str]

_WORD_PIECES: tuple[Step, ...] = (
    WordWriter.literal,
    WordWriter.literal,
    WordWriter.literal,
    WordWriter.single,
    WordWriter.double,
    WordWriter.double,
    WordWriter.scalar,
    WordWriter.scalar,
    WordWriter.operated,
    WordWriter.array,
    WordWriter.quoted_array,
    WordWriter.positional,
    WordWriter.arithmetic,
    WordWriter.escaped,
    WordWriter.ansi,
    WordWriter.output,
    WordWriter.quoted_output,
    WordWriter.glob,
    WordWriter.braces,
)
_QUOTED_PIECES: tuple[Step, ...] = (
    WordWriter.quoted_literal,
    WordWriter.quoted_literal,
    WordWriter.scalar,
    WordWriter.operated,
    WordWriter.array,
    WordWriter.quoted_positional,
    WordWriter.arithmetic,
    WordWriter.output,
)
