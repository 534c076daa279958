"""`backward()` and `step()` as they are written in, what they are of and which scaler is between out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diff.kinds import kind_of_function
from trainlint.diff.terms import as_number
from trainlint.facts.effects import Kind
from trainlint.facts.terms import Sort, Term

Parts = tuple[tuple[str, Term], ...]


def scaled(kind: Kind, owner: Term, given: Parts) -> Parts:
    """The parts of a backward pass (`loss`) or of an optimizer step (`object`), with the `scaler` if any.

    `scaler.scale(loss).backward()` is the backward pass of the loss, `scaler.step(optimizer)` the step of the
    optimizer, and `accelerator.backward(loss)` the backward pass of its argument.
    """
    part = "loss" if kind is Kind.BACKWARD else "object"
    return tuple(sorted(_named(part, owner, dict(given))))


def _named(part: str, owner: Term, given: dict[str, Term]) -> Iterator[tuple[str, Term]]:
    if owner.sort is Sort.CALL and owner.value == ".scale" and part == "loss":
        yield "scaler", owner.operands[0]
        owner = owner.operands[1].operands[0] if len(owner.operands) > 1 else owner
    elif "0" in given and part == "object" and is_scaler(owner):
        yield "scaler", owner
        owner = given.pop("0")
    elif "0" in given and part == "loss":
        owner = given.pop("0")
    yield part, as_number(owner)
    yield from given.items()


def is_scaler(term: Term) -> bool:
    """Whether a value is a gradient scaler."""
    return any(
        part.sort is Sort.CALL and kind_of_function(str(part.value)) is Kind.SCALER
        for part in (term, *term.operands)
    )
