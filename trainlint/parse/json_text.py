"""A JSON text in, its nodes with places out, or where it is no JSON."""

from __future__ import annotations

import json
from dataclasses import field

from trainlint.facts.config import ScalarValue
from trainlint.facts.yaml import (
    YamlDuplicate,
    YamlEntry,
    YamlList,
    YamlMap,
    YamlNode,
    YamlProblem,
    YamlScalar,
)
from trainlint.record import state
from trainlint.regex import regex
from trainlint.source import SourceFile

#: Deeper nesting than this is no config.
_MAX_DEPTH = 120
_BLANK = regex(r"[ \t\n\r]*")
_STRING = regex(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = regex(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORDS: dict[str, ScalarValue] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}


class _Refused(Exception):  # noqa: N818 - it ends a read, it is no error of ours
    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message, self.position = message, position


@state
class JsonReader:
    """One pass over a text; `duplicates` are keys written twice in one object."""

    source: SourceFile
    duplicates: list[YamlDuplicate] = field(default_factory=list)

    def read(self) -> YamlNode | YamlProblem:
        """The text's one value; never raises."""
        try:
            node, end = self._value(self._skip(0), 0)
            end = self._skip(end)
            if end < len(self.source.text):
                raise _Refused("something follows the end of the JSON text", end)
        except _Refused as refused:
            span = self.source.span(refused.position, min(refused.position + 1, len(self.source.text)))
            return YamlProblem(refused.message, span, "json.decoder.JSONDecodeError")
        return node

    def _skip(self, position: int) -> int:
        match = _BLANK.match(self.source.text, position)
        return match.end() if match else position

    def _value(self, start: int, depth: int) -> tuple[YamlNode, int]:
        if depth > _MAX_DEPTH:
            raise _Refused("the text nests too deeply", start)
        text = self.source.text
        first = text[start : start + 1]
        if first == "{":
            return self._object(start, depth)
        if first == "[":
            return self._array(start, depth)
        if first == '"':
            value, end = self._string(start)
            return YamlScalar(value, self.source.span(start, end)), end
        for word, constant in _WORDS.items():
            if text.startswith(word, start):
                end = start + len(word)
                return YamlScalar(constant, self.source.span(start, end)), end
        return self._number(start)

    def _number(self, start: int) -> tuple[YamlNode, int]:
        match = _NUMBER.match(self.source.text, start)
        if match is None:
            raise _Refused("a value is expected here", start)
        if len(match.group()) > 1000:
            raise _Refused("a number of more than a thousand digits", start)
        number: int | float = json.loads(match.group())
        return YamlScalar(number, self.source.span(start, match.end())), match.end()

    def _string(self, start: int) -> tuple[str, int]:
        match = _STRING.match(self.source.text, start)
        if match is None:
            raise _Refused("a text that does not end, or holds what JSON does not allow", start)
        value: str = json.loads(match.group())
        return value, match.end()

    def _object(self, start: int, depth: int) -> tuple[YamlNode, int]:
        text, position = self.source.text, self._skip(start + 1)
        entries: dict[str, YamlEntry] = {}
        while text[position : position + 1] != "}":
            if text[position : position + 1] != '"':
                raise _Refused("a key in double quotes is expected here", position)
            key, end = self._string(position)
            span = self.source.span(position, end)
            position = self._skip(end)
            if text[position : position + 1] != ":":
                raise _Refused("`:` is expected here", position)
            node, end = self._value(self._skip(position + 1), depth + 1)
            if key in entries:
                self.duplicates.append(YamlDuplicate(key, span, entries.pop(key).key_span))
            entries[key] = YamlEntry(key, span, node)
            position = self._next(end, "}")
        return YamlMap(tuple(entries.values()), self.source.span(start, position + 1)), position + 1

    def _array(self, start: int, depth: int) -> tuple[YamlNode, int]:
        position = self._skip(start + 1)
        items: list[YamlNode] = []
        while self.source.text[position : position + 1] != "]":
            node, end = self._value(position, depth + 1)
            items.append(node)
            position = self._next(end, "]")
        return YamlList(tuple(items), self.source.span(start, position + 1)), position + 1

    def _next(self, end: int, close: str) -> int:
        """Behind the comma that follows a value, or at the bracket that closes."""
        text, position = self.source.text, self._skip(end)
        if text[position : position + 1] == close:
            return position
        if text[position : position + 1] != ",":
            raise _Refused(f"`,` or `{close}` is expected here", position)
        behind = self._skip(position + 1)
        if text[behind : behind + 1] == close:
            raise _Refused(f"a comma in front of `{close}`", position)
        return behind
