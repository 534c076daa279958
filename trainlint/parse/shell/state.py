"""What a shell knows while its text is read: expansion reads it, assignments and commands change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from trainlint.facts.launch import Swallowed, Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.shell.text import ShellText
from trainlint.record import entity, record, state
from trainlint.regex import regex
from trainlint.source import Files, Span

#: Variables that bash itself sets or refuses to set: an assignment tells nothing about their value.
BASH_OWN = regex(
    r"(_|BASH(OPTS|PID|_ARGV0|_COMMAND|_SUBSHELL|_VERSINFO)|COMP_WORDBREAKS|DIRSTACK|EPOCH(REALTIME|SECONDS)"
    r"|E?UID|FUNCNAME|GROUPS|HISTCMD|LINENO|PPID|S?RANDOM|SECONDS|SHELLOPTS)\Z"
)


@record
class Text:
    """What a variable holds: literal text and what only the run knows, each part with its place.

    Of an element of an array or an argument, `splits` says that it may stand for any number of them, and
    `swallowed` what the shell did to its characters when it was given.
    """

    parts: tuple[str | Unknown, ...]
    spans: tuple[Span, ...]
    splits: bool = False
    swallowed: tuple[Swallowed, ...] = ()

    @classmethod
    def of(cls, value: Value[str]) -> Text:
        """The text of a value that has one place."""
        return cls((value.value if isinstance(value, Known) else value,), (value.span,))

    @classmethod
    def at(cls, text: str, span: Span) -> Text:
        """Known text that is written, or comes to be, at a place."""
        return cls((text,), (span,))

    @property
    def value(self) -> Value[str]:
        """The whole text when nothing in it is unknown."""
        for part in self.parts:
            if isinstance(part, Unknown):
                return part
        return Known("".join(part for part in self.parts if isinstance(part, str)), self.span)

    @property
    def known(self) -> str | None:
        """The whole text, None when a part of it is unknown."""
        if len(self.parts) == 1:
            return None if isinstance(self.parts[0], Unknown) else self.parts[0]
        value = self.value
        return value.value if isinstance(value, Known) else None

    @property
    def span(self) -> Span:
        """Where the text is written: the place of its first part when the parts come from several."""
        first, last = self.spans[0], self.spans[-1]
        if first.file != last.file or (first.line, first.column) > (last.line, last.column):
            return first
        return Span(first.file, first.line, first.column, last.end_line, last.end_column)

    def __add__(self, other: Text) -> Text:
        """The concatenation."""
        return concatenated((self, other))


def concatenated(texts: Sequence[Text]) -> Text:
    """Texts one behind the other; there is at least one."""
    pairs = [pair for text in texts for pair in zip(text.parts, text.spans, strict=True)]
    kept = [pair for pair in pairs if pair[0] != ""] or pairs[:1]
    return Text(tuple(part for part, _ in kept), tuple(span for _, span in kept))


@record
class Array:
    """The elements of an array by key, in the order in which bash lists them, or why they are not known.

    The keys of an indexed array are decimal numbers. An element that `splits` may stand for any number of
    elements, so that the keys behind it are not certain.
    """

    elements: Mapping[str, Text] | Unknown
    associative: bool = False


Variable = Text | Array

#: Evaluates the commands of `$(…)`: the text, where they start and end in it, the state they run in.
Output = Callable[[ShellText, int, int, "Shell"], "Text | Unknown"]

#: What a variable holds at most; the kernel takes 131072 bytes for one argument.
_MAX_LENGTH = 200_000
_MAX_PARTS = 4096
_MAX_TOTAL = 2_000_000

_NOT_GIVEN = Unknown("the arguments are known only when the text is run", Span.at(""))


@record
class Reading:
    """A use of a variable that nothing before it in the text sets."""

    name: str
    span: Span


#: How many commands may be followed in a text and in all scripts that it starts, and for each job more of it.
_MAX_COMMANDS = 20_000
_COMMANDS_A_JOB = 400


@entity
class Effort:
    """How many commands may still be followed; the shells that one text starts share it."""

    left: int = _MAX_COMMANDS

    @classmethod
    def of(cls, jobs: int) -> Effort:
        """What the scripts that so many jobs start may cost."""
        return cls(_MAX_COMMANDS + jobs * _COMMANDS_A_JOB)

    @property
    def spent(self) -> bool:
        """Whether nothing more is followed."""
        return self.left <= 0


@state
class Shell:
    """What a shell knows while it reads on; a copy shares only the note of what was read and the effort.

    `removed` are variables that are known not to be set, `positional` is `$1`, `$2` and so on, `zero` is
    `$0`, `creates` says that a command before this one may have created folders, `special` are variables
    with an attribute that changes what is assigned to them, `depth` counts the shells around this one,
    `integers` are variables whose values are computed,
    `globs` says whether patterns become file names, None when `shopt` has changed how.
    """

    files: Files
    directory: Value[Path]
    variables: dict[str, Variable] = field(default_factory=dict)
    exported: frozenset[str] = frozenset()
    creates: bool = False
    positional: tuple[Text, ...] | Unknown = _NOT_GIVEN
    zero: Text | Unknown = _NOT_GIVEN
    output: Output | None = None
    removed: frozenset[str] = frozenset()
    readings: list[Reading] = field(default_factory=list)
    special: frozenset[str] = frozenset()
    depth: int = 0
    globs: bool | None = True
    integers: frozenset[str] = frozenset()
    effort: Effort = field(default_factory=Effort, compare=False)

    def copy(self) -> Shell:
        """The state of a subshell."""
        return replace(self, variables=dict(self.variables))

    def environment(self) -> dict[str, Value[str]]:
        """The variables that a started program sees."""
        found = {name: self.variables[name] for name in self.exported if name in self.variables}
        return {name: variable.value for name, variable in found.items() if isinstance(variable, Text)}

    def assign(self, name: str, variable: Variable) -> None:
        """Set a variable; text given to an array is its element 0."""
        variable = bounded(variable)
        before = self.variables.get(name)
        if isinstance(before, Array) and isinstance(variable, Text):
            variable = with_element(before, "0", variable)
        self.variables[name] = variable

    def remove(self, name: str) -> None:
        """Unset a variable: from here on it is known to be empty."""
        self.variables.pop(name, None)
        self.removed |= {name}
        self.exported -= {name}

    def forget(self, reason: str, span: Span) -> None:
        """Nothing that was known of variables holds any more (a text was run that is not read)."""
        unknown = Text((Unknown(reason, span),), (span,))
        self.variables = dict.fromkeys(self.variables, unknown)
        self.removed = frozenset()


def within(span: Span, text: str, start: int, end: int) -> Span:
    """The place of a stretch of a text that stands at `span`; the whole place when that is not clear."""
    if span.line != span.end_line or span.end_column - span.column != len(text):
        return span
    return Span(span.file, span.line, span.column + start, span.line, span.column + end)


def sliced(text: Text, start: int, end: int) -> Text:
    """The characters `start` to `end` of a known text, with their places."""
    parts, spans, position = [], [], 0
    for part, span in zip(text.parts, text.spans, strict=True):
        if isinstance(part, str):
            low, high = max(start - position, 0), min(end - position, len(part))
            if low < high:
                parts.append(part[low:high])
                spans.append(within(span, part, low, high))
            position += len(part)
    return (
        Text(tuple(parts), tuple(spans), text.splits) if parts else Text(("",), text.spans[:1], text.splits)
    )


def bounded(variable: Variable) -> Variable:
    """The variable, or Unknown for one that has grown larger than a command line can be."""
    if isinstance(variable, Array):
        elements = variable.elements
        if isinstance(elements, Unknown):
            return variable
        parts = [part for text in elements.values() for part in text.parts]
        length = sum(len(part) for part in parts if isinstance(part, str))
        if len(parts) <= _MAX_PARTS and length <= _MAX_TOTAL:
            return variable
        span = next(iter(elements.values())).span
        return Array(Unknown("an array has more elements than a command line", span), variable.associative)
    length = sum(len(part) for part in variable.parts if isinstance(part, str))
    if len(variable.parts) <= _MAX_PARTS and length <= _MAX_LENGTH:
        return variable
    return Text.of(Unknown("a value is longer than a command line", variable.spans[0]))


def variables_of(environment: Mapping[str, Value[str]]) -> dict[str, Variable]:
    """The variables of a shell that starts with this environment."""
    return {name: Text.of(value) for name, value in environment.items()}


def with_element(array: Array, key: str, text: Text) -> Array:
    """The array after `A[key]=text`."""
    if isinstance(array.elements, Unknown):
        return array
    if any(element.splits for element in array.elements.values()):
        return Array(Unknown("an element of an array whose length is not known is set", text.span))
    elements = {**array.elements, key: text}
    if not array.associative:
        elements = dict(sorted(elements.items(), key=lambda item: int(item[0])))
    return Array(elements, array.associative)


def text_of(word: Word, skip: int = 0) -> Text:
    """The text of a word without its first `skip` characters, which stand in its first part."""
    if not word.parts:
        return Text.at("", word.span)
    first, span = word.parts[0], word.spans[0]
    if not skip or isinstance(first, Unknown):
        return Text(word.parts, word.spans, word.splits, word.swallowed)
    one_line = span.line == span.end_line and span.end_column - span.column == len(first)
    if one_line:
        span = Span(span.file, span.line, span.column + skip, span.line, span.end_column)
    rest = Text((first[skip:],), (span,))
    if len(word.parts) == 1:
        return rest
    return rest + Text(word.parts[1:], word.spans[1:])
