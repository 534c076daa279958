"""An analysis and a launch in, its result out; done once for all launches that answer its questions alike.

An analysis knows of a launch only what it asks through an `Inquiry`. Each question is noted with its answer,
and a further launch is asked the same questions in turn: where all answers are the same, so is the result.
Places are no answers, since every launch has its own: an analysis is given marks in their stead, and in the
result of each launch the marks are replaced by the places of that launch.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from trainlint.chain.answers import Asked, Question, Same
from trainlint.chain.evaluation import Answers
from trainlint.chain.marks import Marks, restored
from trainlint.facts.behaviour import Place
from trainlint.facts.config import Key, Origin
from trainlint.facts.symbols import Symbol
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import entity, record
from trainlint.source import Span

T = TypeVar("T")

#: How many results of one analysis of one script are kept.
_CAPACITY = 200


@entity
class Inquiry:
    """One launch as an analysis sees it: what it answers, with marks for its places."""

    asked: Asked
    marks: Marks = field(default_factory=Marks)
    noted: dict[Question, Hashable] = field(default_factory=dict)

    def evaluation(self) -> Answers:
        """What gives symbols their values in this launch."""
        return _Noted(self)

    def place(self) -> Span:
        """Where the launch is written."""
        return self.marks.span(("place", None))

    def start(self) -> Span:
        """Where it names its script."""
        return self.marks.span(("start", None))

    def origin(self, path: tuple[Key, ...]) -> Origin | None:
        """Where the value at a path of the config comes from: its places and the kind of its inclusion."""
        question = ("origin", path)
        found = self.ask(question)
        return self.marks.origin(question, found.inclusion.kind) if isinstance(found, Origin) else None

    def named(self, pattern: str) -> tuple[tuple[str, ...], ...]:
        """The keys of the config whose last part is named so."""
        return cast("tuple[tuple[str, ...], ...]", self.ask(("named", pattern)))

    def is_part(self, path: tuple[str, ...]) -> bool:
        """Whether the config holds further keys at a path."""
        return bool(self.ask(("part", path)))

    def doubt(self, path: tuple[str, ...]) -> Unknown | None:
        """Why the value at a path is not known; None where it is."""
        found = self.ask(("doubt", path))
        return self._marked(("doubt", path), found) if isinstance(found, Unknown) else None

    def word(self, start: str) -> Span | None:
        """The override that names a key so."""
        return self.marks.span(("word", start)) if self.ask(("word", start)) is not None else None

    def directory(self) -> Path | None:
        """The folder from which the script reads its files, None where that is not known."""
        found = self.ask(("directory", None))
        return found if isinstance(found, Path) else None

    def words(self) -> Mapping[str, str]:
        """The arguments of a script without Hydra, by their names."""
        return cast("Mapping[str, str]", self.ask(("words", None)))

    def ask(self, question: Question) -> object:
        """The answer of the launch, noted."""
        answer = self.asked.answer(question)
        if question not in self.noted:
            self.noted[question] = fingerprint(answer)
        return answer

    def _marked(self, question: Question, found: Unknown) -> Unknown:
        return Unknown(found.reason, self.marks.span(question))


@entity
class _Noted:
    """The evaluation of a launch, each answer noted."""

    inquiry: Inquiry

    def value(self, symbol: Symbol) -> Value[object]:
        """The value of a symbol; its place is a mark."""
        question = ("value", Same(symbol))
        found = cast("Value[object]", self.inquiry.ask(question))
        mark = self.inquiry.marks.span(question)
        return Unknown(found.reason, mark) if isinstance(found, Unknown) else Known(found.value, mark)

    def truth(self, symbol: Symbol) -> bool | None:
        """Whether a symbol is true."""
        return cast("bool | None", self.inquiry.ask(("truth", Same(symbol))))

    def reached(self, place: Place) -> bool | None:
        """Whether runs come to a place."""
        return cast("bool | None", self.inquiry.ask(("reached", Same(place))))


@record
class _Result(Generic[T]):
    """What was found; `marked` are the parts of it (by identity) in which there are marks."""

    found: T
    marked: Mapping[int, object]
    marks: Marks


@entity
class _Turn(Generic[T]):
    """A question, and where each answer leads."""

    question: Question
    answers: dict[Hashable, _Turn[T] | _Result[T]] = field(default_factory=dict)


@entity
class Recall(Generic[T]):
    """The results of one analysis of one script."""

    _first: _Turn[T] | _Result[T] | None = None
    _kept: int = 0

    def of(self, asked: Asked, analysis: Callable[[Inquiry], T]) -> T:
        """The result for a launch; `analysis` may use nothing of the launch but the inquiry."""
        entry = self._first
        while isinstance(entry, _Turn):
            entry = entry.answers.get(fingerprint(asked.answer(entry.question)))
        if entry is None:
            inquiry = Inquiry(asked)
            found = analysis(inquiry)
            entry = _Result(found, inquiry.marks.within(found), inquiry.marks)
            self._keep(inquiry, entry)
        return cast("T", restored(entry.found, entry.marked, entry.marks, asked.place))

    def _keep(self, inquiry: Inquiry, result: _Result[T]) -> None:
        if self._kept >= _CAPACITY:
            self._first, self._kept = None, 0
        self._kept += 1
        pending = dict(inquiry.noted)
        turn: _Turn[T] | None = None
        answer: Hashable = None
        entry = self._first
        while isinstance(entry, _Turn):
            # What is asked already comes first, also where this analysis asked it later or not at all.
            turn, question = entry, entry.question
            answer = fingerprint(inquiry.asked.answer(question))
            pending.pop(question, None)
            entry = turn.answers.get(answer)
        for question, given in pending.items():
            further: _Turn[T] = _Turn(question)
            self._hang(turn, answer, further)
            turn, answer = further, given
        self._hang(turn, answer, result)

    def _hang(self, turn: _Turn[T] | None, answer: Hashable, entry: _Turn[T] | _Result[T]) -> None:
        if turn is None:
            self._first = entry
        else:
            turn.answers[answer] = entry


def fingerprint(answer: object) -> Hashable:
    """What tells answers apart: values by type and content, everything else by identity."""
    if isinstance(answer, Known):
        return "known", fingerprint(answer.value)
    if isinstance(answer, Unknown):
        return "unknown", answer.reason
    # Analyses are given a mark in the stead of a place.
    if isinstance(answer, Origin):
        return "origin", answer.inclusion.kind
    if isinstance(answer, Span):
        return "place"
    if isinstance(answer, Path):
        return "path", str(answer)
    kind: Any = type(answer)
    if kind in (str, int, bool, bytes, type(None)):
        return kind, answer
    if kind is float:
        return kind, repr(answer)
    if kind in (list, tuple):
        return kind, tuple(map(fingerprint, cast("list[object]", answer)))
    if kind is dict:
        items = cast("dict[object, object]", answer).items()
        return kind, tuple((fingerprint(key), fingerprint(value)) for key, value in items)
    return Same(answer)
