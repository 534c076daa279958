"""A value that code reads out of a JSON or YAML file in, what stands in that file out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import field
from pathlib import Path

from trainlint.facts.behaviour import Call, Event
from trainlint.facts.symbols import Choice, Constant, Instance, Made, Operation, Symbol
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import entity
from trainlint.source import Files, Span

_LOADS = {"json.load", "json.loads", "yaml.safe_load", "omegaconf.OmegaConf.load"}
_JOINS = {"os.path.join", "pathlib.Path", "pathlib.PurePath", "posixpath.join"}
#: What gives the text or the handle of a file whose path is its first argument or its owner.
_OPENS = {"open", "builtins.open", "io.open", "pathlib.Path.open"}
_DEPTH = 12
_NO_TEXT = Unknown("the path that it is read from is no text", Span.at(""))

Evaluate = Callable[[Symbol], Value[object]]


@entity
class Documents:
    """The files that a launch reads its numbers from; `directory` is where relative paths start.

    `made` says from which mapping an object of a class was filled (`Metadata(**json.load(file))`).
    """

    files: Files
    directory: Path | None
    evaluate: Evaluate
    made: dict[int, Symbol] = field(default_factory=dict)
    _read: dict[Path, object] = field(default_factory=dict)

    def learn(self, events: Iterable[Event]) -> None:
        """Note which objects are filled from a mapping that is no config."""
        for event in events:
            if isinstance(event, Call) and isinstance(event.result, Instance):
                for key, value in event.keywords:
                    if key == "**" and isinstance(value, Made):
                        self.made[id(event.result)] = value

    def __call__(self, symbol: Operation) -> Value[object] | None:
        """The value of `document.key` or `document[key]`, None where the owner is no such file."""
        keys: list[object] = []
        owner: Symbol = symbol
        while isinstance(owner, Operation) and owner.name in (".", "[]") and len(owner.operands) == 2:
            key = owner.operands[1]
            if not isinstance(key, Constant):
                return None
            keys.insert(0, key.value)
            owner = owner.operands[0]
        if isinstance(owner, Instance) and id(owner) in self.made:
            owner = self.made[id(owner)]
        if not (isinstance(owner, Made) and owner.name in _LOADS and owner.positional):
            return None
        return self._found(owner, keys)

    def _found(self, document: Made, keys: list[object]) -> Value[object]:
        path = self._path(document.positional[0])
        if isinstance(path, Unknown):
            return path
        value: object = self._document(path)
        if value is None:
            shown = self.files.display(path)
            return Unknown(f"`{shown}`, which it is read from, is not there", document.span)
        for key in keys:
            if not isinstance(value, dict) or key not in value:
                return Unknown(f"`{self.files.display(path)}` has no `{key}`", document.span)
            value = value[key]
        return Known(value, Span.at(self.files.display(path)))

    def _document(self, path: Path) -> object:
        if path not in self._read:
            source = self.files.peek(path) if self.files.is_file(path) else None
            try:
                self._read[path] = json.loads(source.text) if source is not None else None
            except ValueError:
                self._read[path] = None
        return self._read[path]

    def _path(self, symbol: Symbol) -> Path | Unknown:
        """The path behind a text, a handle or a path."""
        for _ in range(_DEPTH):
            if not isinstance(symbol, Made):
                break
            if symbol.name in _OPENS and symbol.positional:
                symbol = symbol.positional[0]
            elif (
                symbol.name.endswith((".read_text", ".read", ".open", ".read_bytes"))
                and symbol.owner is not None
            ):
                symbol = symbol.owner
                if isinstance(symbol, Operation) and symbol.name == "." and len(symbol.operands) == 2:
                    symbol = symbol.operands[0]
            else:
                break
        text = self._text(symbol)
        if isinstance(text, Unknown):
            return text
        if not os.path.isabs(text) and self.directory is None:
            return Unknown("the folder in which it starts is not known", Span.at(""))
        return Path(os.path.normpath(os.path.join(self.directory or "", text)))

    def _text(self, symbol: Symbol, depth: int = 0) -> str | Unknown:
        if depth < _DEPTH and isinstance(symbol, Operation) and symbol.name == "/":
            return self._joined(symbol.operands, depth)
        if depth < _DEPTH and isinstance(symbol, Made) and symbol.name in _JOINS:
            return self._joined(symbol.positional, depth)
        if depth < _DEPTH and isinstance(symbol, Operation) and symbol.name == "format":
            parts = [self._text(part, depth + 1) for part in symbol.operands]
            unknown = next((part for part in parts if isinstance(part, Unknown)), None)
            return unknown or "".join(str(part) for part in parts)
        if isinstance(symbol, Choice):
            test = self.evaluate(symbol.test)
            if isinstance(test, Known):
                return self._text(symbol.then if test.value else symbol.other, depth + 1)
        found = self.evaluate(symbol)
        if isinstance(found, Unknown):
            return found
        return str(found.value) if isinstance(found.value, (str, int, float)) else _NO_TEXT

    def _joined(self, parts: tuple[Symbol, ...], depth: int) -> str | Unknown:
        texts = [self._text(part, depth + 1) for part in parts]
        unknown = next((text for text in texts if isinstance(text, Unknown)), None)
        return unknown or os.path.join(*(str(text) for text in texts))
