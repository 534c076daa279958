"""A signature and what a call gives in, what Python refuses of it out."""

from __future__ import annotations

from collections.abc import Sequence

from trainlint.facts.signature import ParameterFacts, Passing, SignatureFacts
from trainlint.record import record


@record
class Given:
    """What a call passes: how many arguments by position, and which names; the rest may come `later`."""

    positional: int
    names: tuple[str, ...]
    later: bool = False


@record
class Refusal:
    """What does not fit: names nobody takes, names given twice, parameters left out, arguments too many."""

    unexpected: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    missing: tuple[ParameterFacts, ...] = ()
    surplus: int = 0

    def __bool__(self) -> bool:
        """Whether the call fails."""
        return bool(self.unexpected or self.twice or self.missing or self.surplus)


def bind(signature: SignatureFacts, given: Given) -> Refusal:
    """Hold a call against a signature as Python does."""
    placed = signature.by_position[: given.positional]
    named = {entry.name for entry in signature.by_name}
    filled = {entry.name for entry in placed if entry.passing is Passing.EITHER}
    twice = [name for name in given.names if name in filled or name in signature.taken]
    unexpected = [name for name in given.names if name not in named and name not in twice]
    surplus = given.positional - len(placed)
    return Refusal(
        () if signature.more_named else tuple(unexpected),
        tuple(twice),
        () if given.later else _missing(signature, placed, given.names),
        0 if signature.more_positional else surplus,
    )


def _missing(
    signature: SignatureFacts, placed: Sequence[ParameterFacts], names: Sequence[str]
) -> tuple[ParameterFacts, ...]:
    named = set(names)
    return tuple(
        entry
        for entry in signature.parameters
        if entry.required
        and entry not in placed
        and (entry.name not in named or entry.passing is Passing.POSITION)
    )
