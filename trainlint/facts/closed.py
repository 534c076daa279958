"""Facts of keys that a job sets for nothing: what reads them is on branches that its values close."""

from __future__ import annotations

from trainlint.facts.behaviour import Read
from trainlint.facts.config import Origin
from trainlint.facts.refusal import Given
from trainlint.facts.value import Unknown
from trainlint.record import record


@record
class ClosedKey:
    """A key that the command line, or an option that it chooses, sets, and that nothing of this run reads.

    `read` is where it would be read, `test` the branch around it as written and `taken` whether the code
    stands where the test is true; `given` are the values that close it.
    """

    key: str
    origin: Origin
    read: Read
    test: str
    taken: bool
    given: tuple[Given, ...]


@record
class ClosedKeys:
    """What the code says of the keys that a job sets; `undecided` are those that the job leaves open."""

    found: tuple[ClosedKey, ...] = ()
    undecided: tuple[Unknown, ...] = ()
