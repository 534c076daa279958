"""A result with marks in place of a launch's own places in, the same result with the places out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any, cast

from trainlint.chain.answers import Question
from trainlint.facts.config import Inclusion, InclusionKind, Origin
from trainlint.record import entity
from trainlint.source import Span

#: No file is called so.
_FILE = "\0"
_FIELDS = "__dataclass_fields__"
_PLAIN = (str, int, float, bool, type(None))


@entity
class Marks:
    """The marks of one analysis: each question has one, and its number in its name."""

    questions: list[Question] = field(default_factory=list)
    _spans: dict[Question, Span] = field(default_factory=dict)
    _origins: dict[Question, Origin] = field(default_factory=dict)

    def span(self, question: Question) -> Span:
        """What stands for the place of an answer."""
        found = self._spans.get(question)
        if found is None:
            found = self._spans[question] = Span.at(_FILE, len(self.questions), 1)
            self.questions.append(question)
        return found

    def origin(self, question: Question, kind: InclusionKind) -> Origin:
        """What stands for an origin: its two places are marks, of how it came in there is the kind alone."""
        found = self._origins.get(question)
        if found is None:
            span, key = self.span(question), self.span((_KEY, question))
            found = self._origins[question] = Origin(span, key, Inclusion(kind, "", span, None, None))
        return found

    def within(self, found: object) -> Mapping[int, object]:
        """The parts of a result with marks in them, by identity."""
        marked: dict[int, object] = {}
        _collect(found, marked)
        return marked


#: The place of a key rather than that of its value.
_KEY = "key of"


def restored(
    found: object, marked: Mapping[int, object], marks: Marks, place: Callable[[Question], Span | Origin]
) -> object:
    """A result in which each mark is what it stands for in one launch."""
    return _Restoring(marked, marks, place).of(found) if marked else found


def _collect(found: object, marked: dict[int, object]) -> bool:
    """Whether there are marks in a part of a result; remembers those with marks."""
    if isinstance(found, Span):
        within = found.file == _FILE
    elif isinstance(found, str):
        within = _FILE in found
    else:
        within = False
        for part in _parts(found):
            within |= _collect(part, marked)
    if within:
        marked[id(found)] = found
    return within


def _parts(found: object) -> Iterable[object]:
    if isinstance(found, (tuple, frozenset)):
        return found
    names = getattr(type(found), _FIELDS, None)
    return () if names is None else [getattr(found, name) for name in names]


@entity
class _Restoring:
    """One launch's places put into one result."""

    marked: Mapping[int, object]
    marks: Marks
    place: Callable[[Question], Span | Origin]

    def of(self, found: object) -> object:
        if id(found) not in self.marked:
            return found
        if isinstance(found, Span):
            return self._span(found)
        if isinstance(found, str):
            return self._text(found)
        if isinstance(found, Origin):
            return self.place(self.marks.questions[found.span.line])
        if isinstance(found, (tuple, frozenset)):
            return type(found)(self.of(part) for part in found)
        kind: Any = type(found)
        return kind(*(self.of(part) for part in _parts(found)))

    def _span(self, mark: Span) -> Span:
        kind, about = self.marks.questions[mark.line]
        found = self.place(cast("Question", about) if kind == _KEY else (kind, about))
        if isinstance(found, Span):
            return found
        return found.key_span if kind == _KEY else found.span

    def _text(self, text: str) -> str:
        for number, question in reversed([*enumerate(self.marks.questions)]):
            text = text.replace(f"{_FILE}:{number}", str(self._span(self.marks.span(question))))
        return text
