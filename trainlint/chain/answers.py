"""One launch in, its answers to the questions of analyses out, and the place behind each answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from trainlint.chain.evaluation import Evaluation
from trainlint.facts.config import Composition, ConfigMap, ConfigNode, Key, Origin, leaves, select
from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown
from trainlint.record import record
from trainlint.source import Span

#: What kind of question it is, and what it is about.
Question = tuple[str, Hashable]


@record
class Same:
    """One symbol or place, equal to itself alone; it is kept, so that no other takes its place."""

    held: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.held is self.held

    def __hash__(self) -> int:
        return id(self.held)


def _held(same: object) -> Any:
    assert isinstance(same, Same)
    return same.held


@record
class Asked:
    """A launch that analyses ask; `start` is where it names its script, `overrides` are what it sets.

    `words` are the arguments of a script without Hydra by their names.
    """

    evaluation: Evaluation
    composition: Composition
    directory: Path | None
    start: Span
    overrides: tuple[Word, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def answer(self, question: Question) -> object:
        """The answer; a `Value` where it has a place that belongs to the launch."""
        kind, about = question
        return _ANSWERS[kind](self, about)

    def place(self, question: Question) -> Span | Origin:
        """Where the answer is written in this launch."""
        kind, about = question
        if kind == "place":
            return self.evaluation.place
        if kind == "start":
            return self.start
        found = _ANSWERS[kind](self, about)
        if isinstance(found, (Known, Unknown)):
            return found.span
        assert isinstance(found, (Span, Origin))
        return found


def _doubt(launch: Asked, path: object) -> Unknown | None:
    found = launch.evaluation.lookup(path)  # type: ignore[arg-type]  # a path of the config
    return found if isinstance(found, Unknown) else None


def _node(launch: Asked, path: object) -> ConfigNode | None:
    keys: tuple[Key, ...] = path  # type: ignore[assignment]  # a path of the config
    return select(launch.composition.root, keys)


def _origin(launch: Asked, path: object) -> Origin | None:
    node = _node(launch, path)
    return node.origin if node is not None else None


def _named(launch: Asked, pattern: object) -> tuple[tuple[str, ...], ...]:
    root, named = launch.composition.root, re.compile(str(pattern))
    paths = (tuple(map(str, path)) for path, _ in leaves(root)) if root is not None else ()
    return tuple(path for path in paths if named.fullmatch(path[-1]))


def _word(launch: Asked, start: object) -> Span | None:
    """The first override whose key is spelled so."""
    for word in launch.overrides:
        if isinstance(word.text, Known) and word.text.value.partition("=")[0] == start:
            return word.span
    return None


def _is_part(launch: Asked, path: object) -> bool:
    return isinstance(_node(launch, path), ConfigMap)


_ANSWERS: dict[str, Callable[[Asked, object], object]] = {
    "value": lambda launch, symbol: launch.evaluation.value(_held(symbol)),
    "truth": lambda launch, symbol: launch.evaluation.truth(_held(symbol)),
    "reached": lambda launch, place: launch.evaluation.reached(_held(place)),
    "doubt": _doubt,
    "origin": _origin,
    "named": _named,
    "part": _is_part,
    "word": _word,
    "words": lambda launch, _: dict(launch.words),
    "directory": lambda launch, _: launch.directory,
}
