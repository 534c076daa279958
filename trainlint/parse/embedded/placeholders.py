"""The words of an example's command in, the same with what a reader has to fill in made unknown out."""

from __future__ import annotations

import re
from dataclasses import replace

from trainlint.facts.launch import Placeholder, Word
from trainlint.facts.value import Unknown
from trainlint.source import Span

#: What stands for a value in an example. A name in capitals counts only where it is the whole value.
_FILL_IN = re.compile(
    r"<[A-Za-z][^<>\n]*>"
    r"|(?:(?<![\w./-])|(?<=[=\[,'\":(]))~?/?(?:[\w.-]+/)*path/to[/\w.-]*"
    r"|\[(?:your|path|optional|my|the|some|insert|name|num|number)[^\[\]]*\]"
    r"|(?<!\$)\{(?:(?:your|path|my|insert)[^{}:]*|-{0,2}[A-Za-z_][\w./-]*)\}"
    r"|\b(?:YOUR|MY)[_-][A-Z0-9_-]+|\byour[_-][\w-]+|\b[xX]{3,}\b|\bTODO\b|/your/[\w./-]*|/PATH/[\w./-]*"
    r"|\[?(?:\.\.\.|…)\]?(?![/\w])"
    r"|(?:(?<==)|^)\$?\{?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\}?\Z"
    r"|(?:(?<==)|^)(?:PATH|DIR|FOLDER|CKPT|CHECKPOINT|DATASET|MODEL|CONFIG|NAME|FILE|SEED|GPU|GPUS|N)\Z"
)
_ANY_NUMBER = ("...", "…", "[...]", "[…]")


def without_placeholders(word: Word) -> Word:
    """The word with every placeholder unknown, and nothing that the shell would make of one."""
    parts: list[str | Unknown] = []
    spans: list[Span] = []
    position = 0
    splits = word.splits
    for part, span in zip(word.parts, word.spans, strict=True):
        if isinstance(part, Placeholder):
            parts.append(Unknown(part.reason, part.span))
            spans.append(span)
        elif isinstance(part, Unknown):
            parts.append(part)
            spans.append(span)
        else:
            splits = splits or part in _ANY_NUMBER
            _split(word, part, span, position, parts, spans)
            position += len(part)
    if not any(isinstance(part, Unknown) for part in parts):
        return word
    return replace(word, parts=tuple(parts), spans=tuple(spans), swallowed=(), splits=splits)


def _split(
    word: Word, part: str, span: Span, shift: int, parts: list[str | Unknown], spans: list[Span]
) -> None:
    """The pieces of one literal part: text and placeholders in turn."""
    done = 0
    for found in _FILL_IN.finditer(part):
        if done < found.start():
            parts.append(part[done : found.start()])
            spans.append(_place(word, part, span, shift, done, found.start()))
        place = _place(word, part, span, shift, found.start(), found.end())
        parts.append(Unknown(f"the placeholder `{found.group()}` is to be filled in by the reader", place))
        spans.append(place)
        done = found.end()
    if done < len(part) or not part:
        parts.append(part[done:])
        spans.append(_place(word, part, span, shift, done, len(part)) if done else span)


def _place(word: Word, part: str, span: Span, shift: int, start: int, end: int) -> Span:
    """Where a stretch of a literal part is written."""
    one_to_one = span.line == span.end_line and span.end_column - span.column == len(part)
    if one_to_one:
        return Span(span.file, span.line, span.column + start, span.line, span.column + end)
    return word.span_of(shift + start, shift + end)
