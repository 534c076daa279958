"""Facts of what two programs make of one example of their data."""

from __future__ import annotations

from trainlint.record import record
from trainlint.source import Span


@record
class Prepared:
    """A column of an example that two programs make otherwise.

    `before` and `after` are its value in the reference and in the candidate, None where that side has no such
    column. The places are where the difference comes from.
    """

    column: str
    before: str | None
    after: str | None
    reference: Span
    candidate: Span
