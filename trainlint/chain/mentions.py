"""The files of a project and those that a launch runs in, whether other code may know a key out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from functools import cached_property
from pathlib import Path

from trainlint.record import entity, state
from trainlint.regex import regex
from trainlint.source import Files

#: Texts of code are looked through up to this many files and characters.
_MOST_FILES = 4_000
_MOST_CHARACTERS = 16_000_000
_CODE = (".py", ".pyi", ".ipynb", ".pyx")
_CONFIGS = (".yaml", ".yml")
#: Folders of code that is not the project's, by what they hold or how they are called.
_FOREIGN_MARKS = ("pyvenv.cfg", "conda-meta")
_FOREIGN_NAMES = ("node_modules", "site-packages", "__pycache__")
#: Code that may load a config file.
_LOADS = regex(r"\b(?:hydra|omegaconf|yaml)\b")
#: Code that may ask a whole config for any key: `f(**config)`, `config[name]`, `getattr(config, name)`.
_ASKS_ALL = regex(
    r"""[(,]\s*\*\*\s*(?!kwargs\b)\w|\b\w*(?:cfg|conf)\w*\s*\[\s*[^"'\s]|\bgetattr\(\s*\w+\s*,\s*[^"'\s]"""
)
#: What stands behind a part of a config of which just one key is asked.
_ONE_KEY = r"""(?:\.\s*(?!(?:items|values|keys|get|pop|copy)\b)[A-Za-z_]|\[\s*["'])"""
_INTERPOLATION = regex(r"\$\{[^\n]*")


@entity
class Texts:
    """The code of a project, and the interpolations of its configs."""

    code: dict[Path, str]
    configs: str


@entity
class Elsewhere:
    """What the code says that one script does not run: other scripts may share its config files."""

    texts: Texts
    followed: frozenset[Path]
    _known: dict[tuple[str, ...], bool] = field(default_factory=dict)

    def knows(self, path: tuple[str, ...], untouched: int) -> bool:
        """Whether other code of the project, or another config, may look at a key.

        `untouched` is how many steps lead to the largest part that the script leaves alone: nobody looks
        below a part of it that nobody knows.
        """
        return all(self._may_ask(path[:end]) for end in range(untouched, len(path) + 1))

    def _may_ask(self, path: tuple[str, ...]) -> bool:
        if path not in self._known:
            self._known[path] = self._look(path)
        return self._known[path]

    def _look(self, path: tuple[str, ...]) -> bool:
        name = path[-1]
        if any(_mentions(text, name) for text in (*self._others.values(), self.texts.configs)):
            return True
        if not self._loaders:
            return False
        # Other scripts may call what this one runs, and hand parts of the config around.
        own = (text for place, text in self.texts.code.items() if place in self.followed)
        if any(_mentions(text, name) for text in own):
            return True
        return any(_ASKS_ALL.search(text) or _hands_on(text, path[:-1]) for text in self._loaders)

    @cached_property
    def _others(self) -> dict[Path, str]:
        return {path: text for path, text in self.texts.code.items() if path not in self.followed}

    @cached_property
    def _loaders(self) -> list[str]:
        return [text for text in self._others.values() if _LOADS.search(text)]


def _mentions(text: str, name: str) -> bool:
    """Whether a name stands in a text as a word."""
    return name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _hands_on(text: str, parts: tuple[str, ...]) -> bool:
    """Whether a text asks for a part of the config and not for a key of it."""
    return any(
        name in text and re.search(rf"""[."']{re.escape(name)}(?!\w)["'\]]*(?!["'\]]*\s*{_ONE_KEY})""", text)
        for name in parts
    )


@state
class Mentions:
    """Reads the texts of each project once, and only when a key is in question."""

    files: Files
    _known: dict[Path, Texts | None] = field(default_factory=dict)
    _elsewhere: dict[tuple[Path, frozenset[Path]], Elsewhere] = field(default_factory=dict)

    def elsewhere(self, root: Path, followed: frozenset[Path]) -> Elsewhere | None:
        """What the project's other code says; None where there is too much of it."""
        if root not in self._known:
            self._known[root] = self._texts(root)
        texts = self._known[root]
        if texts is None:
            return None
        return self._elsewhere.setdefault((root, followed), Elsewhere(texts, followed))

    def _texts(self, root: Path) -> Texts | None:
        code: dict[Path, str] = {}
        configs: list[str] = []
        size = count = 0
        for path in self._below(root):
            source = self.files.peek(path)
            text = source.text if source is not None else ""
            count, size = count + 1, size + len(text)
            if count > _MOST_FILES or size > _MOST_CHARACTERS:
                return None
            if path.suffix in _CODE:
                code[path] = text
            else:
                configs += _INTERPOLATION.findall(text)
        return Texts(code, "\n".join(configs))

    def _below(self, root: Path) -> Iterator[Path]:
        pending = [root]
        while pending:
            folder = pending.pop()
            for name in self.files.entries(folder):
                path = folder / name
                if path.suffix in _CODE or path.suffix in _CONFIGS:
                    if self.files.is_file(path):
                        yield path
                elif self._is_entered(path):
                    pending.append(path)

    def _is_entered(self, path: Path) -> bool:
        if path.name.startswith(".") or path.name in _FOREIGN_NAMES or "." in path.name[1:]:
            return False
        if not self.files.is_dir(path) or self.files.is_link(path):
            return False
        return not any(self.files.kind(path / mark) is not None for mark in _FOREIGN_MARKS)
