"""The words of an example's command in, the same with what a reader has to fill in made unknown out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from trainlint.facts.launch import Placeholder, Word
from trainlint.facts.value import Unknown, Value
from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.source import SourceFile, Span

#: What stands for a value in an example. A name in capitals counts only where it is the whole value.
_FILL_IN = re.compile(
    r"<[A-Za-z][^<>\n]*>"
    r"|(?:(?<![\w./-])|(?<=[=\[,'\":(]))~?/?(?:[\w.-]+/)*path/to[/\w.-]*"
    r"|\[(?:your|path|optional|my|the|some|insert|name|num|number)[^\[\]]*\]"
    r"|(?<!\$)\{(?:(?:your|path|my|insert)[^{}:]*|-{0,2}[A-Za-z_][\w./-]*)\}"
    r"|(?<==)my[_-][\w-]+\Z|\b(?:YOUR|MY)[_-][A-Z0-9_-]+|\byour[_-][\w-]+|\b[xX]{3,}\b|\bTODO\b|/your/[\w./-]*|/PATH/[\w./-]*"
    r"|\[?(?:\.\.\.|…)\]?(?![/\w])"
    r"|(?:(?<==)|^)\$?\{?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\}?\Z"
    r"|(?:(?<==)|^)(?:PATH|DIR|FOLDER|CKPT|CHECKPOINT|DATASET|MODEL|CONFIG|NAME|FILE|SEED|GPU|GPUS|N)\Z"
)
#: `[a|b]`, `{a|b}`, `[--option value]`, `[options]`: what the shell would not take as it is meant.
_CHOICE = re.compile(
    r"(?<=[=\s])(?:\[(?=[^\s\[\]])[^\[\]\n'\"$]*\|[^\[\]\n'\"$]*\]|\{[\w.-]+(?:[ ]*\|[ ]*[\w.-]+)+\}"
    r"|\[-{1,2}[A-Za-z][^\[\]\n]*\]|\[(?:options?|args|arguments|overrides|flags)[. ]*\])(?=\s|\Z|[,)])"
    r"|(?<![$'\"])\{\w[\w.-]*(?:,\w[\w.-]*)+\}(?=[\w./-]*(?:\s|\Z))",
    re.IGNORECASE,
)
_NAMED_AFTER_KEY = re.compile(
    r"(?P<key>[+~-]*[A-Za-z_][\w./@-]*)=(?P<value>[A-Za-z_]\w*)(?P<suffix>\.\w+)?\Z"
)
_ANY_NUMBER = ("...", "…", "[...]", "[…]")


def without_choices(source: SourceFile, lines: Sequence[tuple[int, int]]) -> MappedText:
    """Lines of an example as one text in which what the reader is to choose is unknown."""
    assembly = Assembly(source)
    for start, end in lines:
        position = start
        for found in _CHOICE.finditer(source.text, start, end):
            assembly.copy(position, found.start())
            reason = f"`{found.group()}` leaves a choice to the reader"
            assembly.hole(Unknown(reason, source.span(*found.span())), *found.span())
            position = found.end()
        assembly.copy(position, end)
        assembly.replace("\n", end, min(end + 1, len(source.text)))
    return assembly.text()


def settled(value: Value[str]) -> Value[str]:
    """The value of a variable; unknown when the reader is to fill something of it in."""
    if isinstance(value, Unknown):
        return Unknown(value.reason, value.span)
    found = _FILL_IN.search(value.value)
    if found is None:
        return value
    return Unknown(f"the placeholder `{found.group()}` is to be filled in by the reader", value.span)


def without_placeholders(word: Word) -> Word:
    """The word with every placeholder unknown, and nothing that the shell would make of one."""
    parts: list[str | Unknown] = []
    spans: list[Span] = []
    position = 0
    splits = word.splits
    if (named := _NAMED_AFTER_KEY.match(word.raw)) and _is_named_after(named["key"], named["value"]):
        return _with_unknown_value(word, named)
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


def named_options(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words; the value of an option that only says what it is, is unknown: `--ngram_size SIZE`."""
    found = list(words[:1])
    for option, word in pairwise(words):
        stands_for = re.fullmatch(r"[A-Z][A-Z0-9]+", word.raw) and option.raw.startswith("-")
        if stands_for and word.raw.lower() in option.raw.lower():
            unknown = Unknown(f"the placeholder `{word.raw}` is to be filled in by the reader", word.span)
            word = replace(word, parts=(unknown,), spans=(word.span,), swallowed=())
        found.append(word)
    return tuple(found)


def _is_named_after(key: str, value: str) -> bool:
    """Whether a value only says what it is: `experiment=experiment_name`, `lr=LR`."""
    last = re.split(r"[./@]", key)[-1]
    return value == last.upper() or bool(
        re.fullmatch(
            rf"(?:my_|your_|some_|the_)?{re.escape(last)}_(?:name|path|dir|here)|(?:my|your|some)_{re.escape(last)}",
            value,
        )
    )


def _with_unknown_value(word: Word, named: re.Match[str]) -> Word:
    """The word with its value to be filled in."""
    start = named.start("value")
    place = word.span_of(start, named.end())
    unknown = Unknown(f"the placeholder `{named['value']}` is to be filled in by the reader", place)
    return replace(
        word, parts=(word.raw[:start], unknown), spans=(word.span_of(0, start), place), swallowed=()
    )


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
