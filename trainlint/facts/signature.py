"""Facts of what a class or function can be called with."""

from __future__ import annotations

import ast
from dataclasses import field
from enum import Enum

from trainlint.facts.schema import SchemaFacts
from trainlint.record import record
from trainlint.source import Span


class Passing(Enum):
    """How an argument reaches a parameter."""

    POSITION = "by position only"
    EITHER = "by position or by name"
    NAME = "by name only"


@record
class ParameterFacts:
    """One parameter; `owner` is the function that misses it when nothing is given.

    `annotation` is for readers of this tree only; `keyword_only` is how the owner itself declares it.
    """

    name: str
    passing: Passing
    required: bool
    owner: str
    span: Span
    annotation: ast.expr | None = field(default=None, compare=False, repr=False)
    keyword_only: bool = False


@record
class SignatureFacts:
    """What a call has to give and may give.

    `owner` is the function that refuses what is too much. `more_positional` and `more_named` say that more is
    taken than the parameters show. `taken` are names that the code passes on itself: given once more, they
    are refused. `unsure` says why more names may be needed or refused than the parameters show.
    `schema` is the pydantic model that checks the values. `outside` are the installed packages that it was
    read from, `raises` is the exception with which the code itself refuses other names.
    """

    owner: str
    span: Span
    parameters: tuple[ParameterFacts, ...] = ()
    more_positional: bool = False
    more_named: bool = False
    taken: frozenset[str] = frozenset()
    unsure: str | None = None
    schema: SchemaFacts | None = None
    outside: frozenset[str] = frozenset()
    raises: str | None = None

    @property
    def by_position(self) -> tuple[ParameterFacts, ...]:
        """The parameters that a positional argument can reach, in order."""
        return tuple(entry for entry in self.parameters if entry.passing is not Passing.NAME)

    @property
    def by_name(self) -> tuple[ParameterFacts, ...]:
        """The parameters that can be given by name."""
        return tuple(entry for entry in self.parameters if entry.passing is not Passing.POSITION)


@record
class Unreadable:
    """A callable whose parameters nobody can tell; `reason` completes "not checked: …"."""

    reason: str


Signature = SignatureFacts | Unreadable
