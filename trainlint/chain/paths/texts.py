"""A symbol that means a path in, the texts that it takes in one launch out; unknown parts are marked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from itertools import product

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.operations import ABSENT
from trainlint.chain.symbolic.parts import reading, within
from trainlint.facts.symbols import (
    Choice,
    Constant,
    Element,
    Made,
    Operation,
    Sequence,
    Setting,
    Symbol,
)
from trainlint.facts.value import Known
from trainlint.record import entity

#: Stands for a part that is not known; no path has it.
HOLE = "\0"
#: So many texts of one symbol are told apart: the items of a list.
_MOST = 32
_DEPTH = 40

PATH_CLASSES = frozenset(
    {
        "pathlib.Path",
        "pathlib.PurePath",
        "pathlib.PosixPath",
        "pathlib.PurePosixPath",
        "anyio.Path",
        "epath.Path",
    }
)
_MAKE_PATHS = PATH_CLASSES | {"pathlib.Path.cwd", "pathlib.Path.home"}
#: Methods and attributes of a path that give a path.
_GIVE_PATHS = frozenset(
    {
        *("resolve", "absolute", "expanduser", "joinpath", "parent", "with_suffix", "with_name", "with_stem"),
        *("as_posix", "__truediv__"),
    }
)


def is_path(symbol: Symbol) -> bool:
    """Whether a symbol is an object of `pathlib`."""
    parts = within(symbol, _paths_around, _DEPTH)
    return any(isinstance(part, Made) and part.name in _MAKE_PATHS for part in parts)


def _paths_around(symbol: Symbol) -> tuple[Symbol, ...]:
    """The values of which one has to be a path, where this one is to be a path."""
    if isinstance(symbol, Made):
        gives = symbol.owner is not None and symbol.name.rpartition(".")[2] in _GIVE_PATHS
        return (symbol.owner,) if gives and symbol.owner is not None else ()
    if isinstance(symbol, Operation) and symbol.name == "/":
        return symbol.operands
    if isinstance(symbol, Operation) and symbol.name == ".":
        owner, name = symbol.operands
        return (owner,) if isinstance(name, Constant) and name.value in _GIVE_PATHS else ()
    return (symbol.then, symbol.other) if isinstance(symbol, Choice) else ()


@entity
class Speller:
    """Spells paths for one launch; `directory` is where relative ones count from, None when not known."""

    run: Evaluation
    directory: str | None
    start: str | None
    _depth: int = 0

    def texts(self, symbol: Symbol) -> tuple[str, ...]:
        """The texts that a symbol takes; none for what is None."""
        self._depth += 1
        try:
            if self._depth > _DEPTH:
                return (HOLE,)
            return tuple(dict.fromkeys(self._texts(symbol)))[:_MOST]
        finally:
            self._depth -= 1

    def places(self, symbol: Symbol) -> tuple[str, ...]:
        """The absolute paths that a symbol means; one with a hole where not all of it is known."""
        return tuple(self.absolute(text) for text in self.texts(symbol))

    def absolute(self, text: str) -> str:
        """A path as seen from where the run looks."""
        if text.startswith("~"):
            return HOLE
        if os.path.isabs(text) or text.startswith(HOLE):
            return os.path.normpath(text)
        return HOLE if self.directory is None else os.path.normpath(os.path.join(self.directory, text))

    def _texts(self, symbol: Symbol) -> Iterable[str]:
        found = self.run.value(symbol)
        if isinstance(found, Known):
            return _spelled(found.value)
        if isinstance(symbol, Operation):
            handler = _OPERATIONS.get(symbol.name)
            return (HOLE,) if handler is None else handler(self, symbol)
        if isinstance(symbol, Choice):
            truth = self.run.truth(symbol.test)
            return (HOLE,) if truth is None else self.texts(symbol.then if truth else symbol.other)
        if isinstance(symbol, Made):
            return self._made(symbol)
        if isinstance(symbol, Element):
            return self._each(symbol.of)
        return (HOLE,)

    def _each(self, items: Symbol) -> Iterable[str]:
        """The items of something that a loop goes through, one after the other."""
        if isinstance(items, Sequence):
            texts = [text for item in items.items for text in self.texts(item)]
            return [*texts, HOLE] if items.open else texts
        found = self.run.value(items)
        if isinstance(found, Known) and isinstance(found.value, (list, tuple, dict)):
            return [text for item in found.value for text in _spelled(item)]
        return (HOLE,)

    def _made(self, made: Made) -> Iterable[str]:
        name = made.name.rpartition(".")[2]
        if made.name in PATH_CLASSES:
            return self.joined(made.positional) if made.positional else (".",)
        if made.name in ("os.getcwd", "pathlib.Path.cwd"):
            return (self.directory or HOLE,)
        if made.name.endswith("get_original_cwd"):
            return (self.start or HOLE,)
        if made.name.endswith("to_absolute_path") and made.positional:
            return (self._from_start(text) for text in self.texts(made.positional[0]))
        if made.name in ("os.path.realpath", "os.fspath", "str") and made.positional:
            return self.texts(made.positional[0])
        if made.owner is None or not is_path(made.owner):
            return (HOLE,)
        if name == "joinpath":
            return self.joined((made.owner, *made.positional))
        if name in ("resolve", "absolute", "as_posix"):
            return self.texts(made.owner)
        return (HOLE,)

    def _from_start(self, text: str) -> str:
        if os.path.isabs(text) or HOLE in text:
            return text
        return HOLE if self.start is None else os.path.join(self.start, text)

    def joined(self, parts: Iterable[Symbol]) -> list[str]:
        """Parts of a path put together, in every combination."""
        return [os.path.join(*texts) for texts in _combined(self, parts)]


def _spelled(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (str(value),)
    return () if value is None or value is ABSENT else (HOLE,)


def _combined(speller: Speller, parts: Iterable[Symbol]) -> list[tuple[str, ...]]:
    choices = [speller.texts(part)[:_MOST] or (HOLE,) for part in parts]
    combined: list[tuple[str, ...]] = []
    for texts in product(*choices):
        combined.append(texts)
        if len(combined) >= _MOST:
            break
    return combined


def _concatenated(speller: Speller, symbol: Operation) -> Iterable[str]:
    return ("".join(texts) for texts in _combined(speller, symbol.operands))


def _joined(speller: Speller, symbol: Operation) -> Iterable[str]:
    return speller.joined(symbol.operands)


def _divided(speller: Speller, symbol: Operation) -> Iterable[str]:
    return speller.joined(symbol.operands) if is_path(symbol) else (HOLE,)


def _first(speller: Speller, symbol: Operation) -> Iterable[str]:
    return speller.texts(symbol.operands[0]) if symbol.operands else (HOLE,)


def _through(function: Callable[[str], str]) -> Callable[[Speller, Operation], Iterable[str]]:
    def handler(speller: Speller, symbol: Operation) -> Iterable[str]:
        return (function(text) if HOLE not in text else HOLE for text in _first(speller, symbol))

    return handler


def _above(speller: Speller, symbol: Operation) -> Iterable[str]:
    """`os.path.dirname(path)`: known as soon as only the last part is not."""
    for text in _first(speller, symbol):
        head = os.path.dirname(text)
        yield head if head and HOLE not in head else HOLE


def _member(speller: Speller, symbol: Operation) -> Iterable[str]:
    owner, name = symbol.operands
    if not is_path(owner) or not isinstance(name, Constant):
        return (HOLE,)
    if name.value == "parent":
        return _above(speller, Operation("", (owner,)))
    part = {"name": _base, "stem": _stem}.get(str(name.value))
    return (HOLE,) if part is None else _through(part)(speller, Operation("", (owner,)))


def _base(path: str) -> str:
    return os.path.basename(path)


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


_OPERATIONS: dict[str, Callable[[Speller, Operation], Iterable[str]]] = {
    **dict.fromkeys(("+", "format"), _concatenated),
    "os.path.join": _joined,
    "/": _divided,
    **dict.fromkeys(("str", "os.fspath", "os.path.abspath", "os.path.realpath", "os.path.normpath"), _first),
    "os.path.dirname": _above,
    "os.path.basename": _through(_base),
    ".": _member,
}


_parts = reading()


def settings_of(symbol: Symbol) -> Iterable[Setting]:
    """The parts of the config that a path is made of, in the order in which they are written."""
    return (part for part in within(symbol, _parts, _DEPTH) if isinstance(part, Setting))
