"""Known and Unknown: the two kinds of leaf that every fact is made of."""

from __future__ import annotations

from typing import Generic, NoReturn, TypeVar

from trainlint.record import record
from trainlint.source import Span

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class UnknownValueError(Exception):
    """Somebody read `.value` of an Unknown; the engine turns it into a "not checked" entry.

    `about` is what is not checked, where that is more than the rule which asked.
    """

    def __init__(self, unknown: Unknown, about: str | None = None) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown
        self.about = about


@record
class Known(Generic[T_co]):
    """A value that the text states."""

    value: T_co
    span: Span


@record
class Unknown:
    """A value that only the environment or the run knows; `reason` completes "not checked: …"."""

    reason: str
    span: Span

    @property
    def value(self) -> NoReturn:
        """Raises UnknownValueError."""
        raise UnknownValueError(self)


Value = Known[T] | Unknown
