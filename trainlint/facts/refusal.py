"""Facts of refusals: guards of the code that the values of a launch do not pass, and what decided it."""

from __future__ import annotations

from trainlint.facts.behaviour import Guard
from trainlint.facts.config import Origin
from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Span


@record
class Given:
    """A value that a guard looks at: `name` is its key in the config, or what else it is called.

    `origin` is None for what no text of the config sets: a default of a schema, the world size. `ordered`
    says that the job's own command line sets it.
    """

    name: str
    value: object
    span: Span
    origin: Origin | None = None
    ordered: bool = False


@record
class Refusal:
    """A guard that stops this launch.

    `test` is what it asks, as written, and `given` are the values that decided it, the one to mend first.
    `accepted` are the values that it takes in place of the first one, where the text states them; `words`
    is what the run prints.
    """

    guard: Guard
    test: str
    given: tuple[Given, ...]
    accepted: tuple[object, ...]
    words: str


@record
class Undecided:
    """A guard that every run comes to and that cannot be decided: the job leaves a value open.

    `stated` says that it holds the value against stated ones.
    """

    guard: Guard
    unknown: Unknown
    stated: bool


@record
class Refusals:
    """What the guards of the code say of one launch."""

    found: tuple[Refusal, ...] = ()
    undecided: tuple[Undecided, ...] = ()
