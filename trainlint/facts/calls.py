"""Facts of what a script calls from its start on, in the order of the text that runs."""

from __future__ import annotations

from trainlint.facts.value import Value
from trainlint.record import record
from trainlint.source import Span


@record
class FromCommand:
    """A value that an argument of the command line gives; `name` is the argument's own."""

    name: str
    span: Span


@record
class CallArgument:
    """A keyword, or the position, of an argument with its value.

    `literal` says that the value is written out in the code.
    """

    name: str
    value: Value[object] | FromCommand
    literal: bool


@record
class CallFacts:
    """One call: `name` is what is called, by its full dotted name as far as it is known.

    What the project defines is named by module and name; an object of which nothing is known is named as
    the code names it (`tokenizer.apply_chat_template`). `certain` is False under a condition.
    """

    name: str
    arguments: tuple[CallArgument, ...]
    certain: bool
    span: Span


@record
class CallsFacts:
    """All calls of a script; `mentioned` are the last parts of all names that its modules call anywhere.

    `complete` is False when there were too many to follow. `sets` are the attributes that the modules set.
    """

    calls: tuple[CallFacts, ...]
    mentioned: frozenset[str]
    complete: bool
    sets: frozenset[str] = frozenset()
