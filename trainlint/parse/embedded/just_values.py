"""An expression of a justfile in, the text that it stands for out; what only just knows is a hole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from trainlint.facts.value import Unknown
from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.source import SourceFile

_TOKEN = re.compile(
    r"[ \t\r\n]*(?:(?P<raw>'''(?:.|\n)*?'''|'[^']*')|(?P<cooked>\"\"\"(?:.|\n)*?\"\"\"|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<shell>```(?:.|\n)*?```|`[^`]*`)|(?P<name>[A-Za-z_][\w-]*)|(?P<sign>==|!=|=~|&&|\|\||[+/(){},]))"
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "\n": ""}
_NESTING = 40


@dataclass
class Values:
    """The variables and parameters in force, and the folder of the justfile."""

    source: SourceFile
    known: Mapping[str, MappedText]
    folder: str

    def value(self, start: int, end: int) -> MappedText:
        """The text of the expression between two offsets of the file."""
        return _Expression(self, start, end).read()


class _Expression:
    """One pass over an expression: sums, paths, calls, conditions and brackets."""

    def __init__(self, values: Values, start: int, end: int) -> None:
        self.values, self.source = values, values.source
        self.start, self.position, self.end = start, start, end
        self.depth = 0

    def read(self) -> MappedText:
        """The whole expression; a hole when it is none or goes on behind its end."""
        value = self._sum()
        rest = self.source.text[self.position : self.end].strip()
        return self._unknown("`{}` is computed by just") if value is None or rest else value

    def _peek(self) -> re.Match[str] | None:
        return _TOKEN.match(self.source.text, self.position, self.end)

    def _take(self, sign: str) -> bool:
        found = self._peek()
        if found is None or found["sign"] != sign:
            return False
        self.position = found.end()
        return True

    def _sum(self) -> MappedText | None:
        self.depth += 1
        value = self._term() if self.depth < _NESTING else None
        if value is not None and (between := self._operator()) is not None:
            value = self._joined(value, between)
        self.depth -= 1
        return value

    def _operator(self) -> str | None:
        """What the operator read next puts between its sides; None when there is no operator."""
        if self._take("+"):
            return ""
        return "/" if self._take("/") else None

    def _joined(self, first: MappedText, operator: str) -> MappedText | None:
        """A value and all that operators join to it."""
        assembly = Assembly(self.source)
        assembly.splice(first, 0, len(first.text))
        between: str | None = operator
        while between is not None:
            value = self._term()
            if value is None:
                return None
            assembly.replace(between, self.position, self.position)
            assembly.splice(value, 0, len(value.text))
            between = self._operator()
        return assembly.text()

    def _term(self) -> MappedText | None:
        found = self._peek()
        if found is None:
            return None
        first = found.start(found.lastgroup or 0)
        if self._take("("):
            value = self._sum()
            return value if self._take(")") else None
        self.position = found.end()
        if found["raw"] is not None:
            return self._copy(*_inside(found["raw"], first))
        if found["cooked"] is not None:
            return self._cooked(*_inside(found["cooked"], first))
        if found["shell"] is not None:
            return self._unknown("{} is the output of a command", first, found.end())
        if found["name"] == "if":
            return self._condition()
        return self._name(found["name"], first) if found["name"] is not None else None

    def _name(self, name: str, first: int) -> MappedText | None:
        if not self._take("("):
            known = self.values.known.get(name)
            if known is None:
                return self._unknown("`{}` is not set in this justfile", first, self.position)
            return known
        arguments = []
        while not self._take(")"):
            value = self._sum()
            if value is None:
                return None
            arguments.append(value)
            if not self._take(",") and (token := self._peek()) and token["sign"] != ")":
                return None
        return self._called(name, arguments, first)

    def _called(self, name: str, arguments: list[MappedText], first: int) -> MappedText:
        if name in ("justfile_directory", "justfile_dir", "source_directory"):
            assembly = Assembly(self.source)
            assembly.replace(self.values.folder, first, self.position)
            return assembly.text()
        if name in ("env_var_or_default", "env") and len(arguments) == 2:
            return arguments[1]
        return self._unknown("`{}` is computed by just", first, self.position)

    def _condition(self) -> MappedText | None:
        """`if a == b { x } else { y }`: the branch that holds."""
        one = self._sum()
        found = self._peek()
        if one is None or found is None or found["sign"] not in ("==", "!=", "=~"):
            return None
        self.position = found.end()
        other = self._sum()
        branch = self._braced()
        token = self._peek()
        if other is None or branch is None or token is None or token["name"] != "else":
            return None
        self.position = token.end()
        following = self._peek()
        if following is not None and following["name"] == "if":
            self.position = following.end()
            otherwise = self._condition()
        else:
            otherwise = self._braced()
        if one.known is None or other.known is None or found["sign"] == "=~":
            return self._unknown("`{}` depends on what only just knows")
        return branch if (one.known == other.known) is (found["sign"] == "==") else otherwise

    def _braced(self) -> MappedText | None:
        if not self._take("{"):
            return None
        value = self._sum()
        return value if self._take("}") else None

    def _copy(self, start: int, end: int) -> MappedText:
        assembly = Assembly(self.source)
        assembly.copy(start, end)
        return assembly.text()

    def _cooked(self, start: int, end: int) -> MappedText:
        """A double-quoted string with its escapes replaced."""
        assembly = Assembly(self.source)
        position = start
        for found in _ESCAPE.finditer(self.source.text, start, end):
            assembly.copy(position, found.start())
            char = chr(int(found[1], 16) % 0x110000) if found[1] else _ESCAPED.get(found[2], found[2])
            assembly.replace(char, *found.span())
            position = found.end()
        assembly.copy(position, end)
        return assembly.text()

    def _unknown(self, reason: str, start: int | None = None, end: int | None = None) -> MappedText:
        first, last = self.start if start is None else start, self.end if end is None else end
        shown = " ".join(self.source.text[first:last].split())[:60]
        assembly = Assembly(self.source)
        assembly.hole(Unknown(reason.format(shown), self.source.span(first, last)), first, last)
        return assembly.text()


def _inside(quoted: str, start: int) -> tuple[int, int]:
    """The offsets of what stands between the quotes."""
    width = 3 if len(quoted) >= 6 and quoted[:3] == quoted[0] * 3 else 1
    return start + width, start + len(quoted) - width
