"""A stretch of a Makefile and make's variables in, the text that make puts in its place out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from trainlint.facts.value import Unknown
from trainlint.parse.embedded.makefile_functions import FUNCTIONS
from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.record import record
from trainlint.source import SourceFile

#: Deeper nesting, longer texts or texts of more pieces than these are no Makefile that a person wrote.
_DEPTH = 40
_LENGTH = 100_000
_PIECES = 4_000
_CLOSING = {"(": ")", "{": "}"}
_NAME = re.compile(r"[^\s:#=$(){},]+\Z")
_FUNCTION = re.compile(r"([a-z-]+)[ \t]+")
_SUBSTITUTION = re.compile(r"([^\s:=]+):([^=]*)=(.*)\Z", re.DOTALL)


@record
class Variable:
    """What a variable holds: an unexpanded text for a recursive one."""

    text: MappedText
    recursive: bool


@dataclass
class Expander:
    """Expands references and functions; `automatic` holds `@`, `<` and the like while a recipe is read."""

    source: SourceFile
    variables: dict[str, Variable] = field(default_factory=dict)
    automatic: Mapping[str, str | Unknown] = field(default_factory=dict)
    _depth: int = 0

    def expand(self, raw: MappedText) -> MappedText:
        """The text with every reference replaced; what only the run of make knows is a hole."""
        if "$" not in raw.text:
            return raw
        assembly = Assembly(self.source)
        self._depth += 1
        position = 0
        while (dollar := raw.text.find("$", position)) >= 0 and assembly.fits(_LENGTH, _PIECES):
            assembly.splice(raw, position, dollar)
            position = self._reference(raw, dollar, assembly)
        assembly.splice(raw, position, len(raw.text))
        self._depth -= 1
        return assembly.text()

    def _reference(self, raw: MappedText, dollar: int, assembly: Assembly) -> int:
        """Append what stands for the reference at `dollar`; the offset behind it."""
        following = raw.text[dollar + 1 : dollar + 2]
        if following == "$" or not following:
            assembly.splice(raw, dollar, dollar + 1)
            return dollar + 2
        if following not in _CLOSING:
            end = dollar + 2
            self._variable(raw, dollar, end, following, assembly)
            return end
        close = _closing(raw.text, dollar + 1)
        if close < 0 or self._depth > _DEPTH:
            self._hole(raw, dollar, len(raw.text), "`{}` cannot be expanded", assembly)
            return len(raw.text)
        self._inside(raw, dollar, close, assembly)
        return close + 1

    def _inside(self, raw: MappedText, dollar: int, close: int, assembly: Assembly) -> None:
        """`$(name)`, `$(name:a=b)` or `$(function arguments)`."""
        inner = raw.text[dollar + 2 : close]
        found = _FUNCTION.match(inner)
        if found and found[1] in FUNCTIONS:
            self._call(raw, dollar, close, dollar + 2 + found.end(), found[1], assembly)
            return
        if found and " " in inner.rstrip():
            self._hole(raw, dollar, close + 1, "`{}` is computed by make", assembly)
            return
        name = self.expand(_cut(raw, dollar + 2, close)).known if "$" in inner else inner
        substitution = _SUBSTITUTION.match(name) if name is not None else None
        if name is None:
            self._hole(raw, dollar, close + 1, "`{}` is named by a value that only make knows", assembly)
        elif substitution:
            old, new = substitution[2], substitution[3]
            old, new = (old, new) if "%" in old else ("%" + old, "%" + new)
            value = self._value(substitution[1])
            result = FUNCTIONS["patsubst"]([old, new, value]) if isinstance(value, str) else value
            self._result(raw, dollar, close + 1, result, assembly)
        else:
            self._variable(raw, dollar, close + 1, name, assembly)

    def _variable(self, raw: MappedText, start: int, end: int, name: str, assembly: Assembly) -> None:
        if name in self.automatic:
            self._result(raw, start, end, self.automatic[name], assembly)
            return
        variable = self.variables.get(name)
        if variable is None or not _NAME.match(name):
            self._hole(raw, start, end, "`{}` is given to make or comes from its environment", assembly)
        elif self._depth > _DEPTH:
            self._hole(raw, start, end, "`{}` refers to itself", assembly)
        else:
            text = self.expand(variable.text) if variable.recursive else variable.text
            assembly.insert(text, *raw.place(start, end))

    def _value(self, name: str) -> str | None:
        """The known value of a variable."""
        if name in self.automatic:
            value = self.automatic[name]
            return value if isinstance(value, str) else None
        variable = self.variables.get(name)
        if variable is None or self._depth > _DEPTH:
            return None
        return (self.expand(variable.text) if variable.recursive else variable.text).known

    def _call(
        self, raw: MappedText, dollar: int, close: int, first: int, name: str, assembly: Assembly
    ) -> None:
        """A function of known arguments; `if`, `or` and `and` need only those that they look at."""
        spans = _arguments(raw.text, first, close)
        for index in range(1 if name == "if" else len(spans) if name in ("or", "and") else 0):
            spans[index] = _stripped(raw.text, *spans[index])
        arguments = [self.expand(_cut(raw, start, end)) for start, end in spans]
        if name == "if" and len(arguments) > 1 and (condition := arguments[0].known) is not None:
            chosen = arguments[1:2] if condition else arguments[2:3]
            for text in chosen:
                assembly.splice(text, 0, len(text.text))
            return
        known = [text.known for text in arguments]
        texts = [text for text in known if text is not None]
        result = FUNCTIONS[name](texts) if len(texts) == len(known) else None
        self._result(raw, dollar, close + 1, result, assembly)

    def _result(
        self, raw: MappedText, start: int, end: int, result: str | Unknown | None, assembly: Assembly
    ) -> None:
        if isinstance(result, str):
            assembly.replace(result, *raw.place(start, end))
        elif isinstance(result, Unknown):
            assembly.hole(result, *raw.place(start, end))
        else:
            self._hole(raw, start, end, "`{}` is computed by make", assembly)

    def _hole(self, raw: MappedText, start: int, end: int, reason: str, assembly: Assembly) -> None:
        shown = raw.text[start:end]
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        assembly.hole(Unknown(reason.format(shown), raw.span(start, end)), *raw.place(start, end))


def _cut(raw: MappedText, start: int, end: int) -> MappedText:
    assembly = Assembly(raw.source)
    assembly.splice(raw, start, end)
    return assembly.text()


def _closing(text: str, opening: int) -> int:
    """The offset of the bracket that closes the one at `opening`, -1 when there is none."""
    opener, closer = text[opening], _CLOSING[text[opening]]
    depth = 0
    for index in range(opening, len(text)):
        if text[index] == opener:
            depth += 1
        elif text[index] == closer:
            depth -= 1
            if depth == 0:
                return index
    return -1


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """The place of an argument without the blanks around it, as conditions take it before they expand it."""
    while start < end and text[start] in " \t":
        start += 1
    while start < end and text[end - 1] in " \t":
        end -= 1
    return start, end


def _arguments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The arguments of a function: what commas outside of brackets part."""
    found: list[tuple[int, int]] = []
    depth, first = 0, start
    for index in range(start, end):
        char = text[index]
        if char in "({":
            depth += 1
        elif char in ")}":
            depth -= 1
        elif char == "," and depth == 0:
            found.append((first, index))
            first = index + 1
    return [*found, (first, end)]
