"""`backward()` and `step()` as they are written in, what they are of and which scaler is between out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trainlint.diff.kinds import kind_of_function
from trainlint.diff.terms import Terms, as_number, truth
from trainlint.facts.effects import Effect, Kind
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


def in_force(effect: Effect, terms: Terms) -> Effect:
    """What is done with a gradient scaler, with what it is enabled by among its conditions or the reverse.

    A scaler that is made only for float16 and one that is always made and enabled only for float16 are the
    same, and so is all that is done with either.
    """
    if effect.kind is Kind.SCALER:
        enabled = effect.part("enabled") or terms.constant(True)
        whole = terms.logic("and", (*effect.condition, enabled))
        parts = {**dict(effect.parts), "enabled": whole}
        return replace(effect, parts=tuple(parts.items()), condition=())
    if effect.kind not in (Kind.UNSCALE, Kind.SCALER_UPDATE):
        return effect
    owner = effect.part("object")
    tests = [_enabled(term, terms) or term for term in effect.condition]
    tests += [test for test in (_enabled(owner, terms) if owner is not None else None,) if test is not None]
    return replace(effect, condition=terms.ordered(dict.fromkeys(tests)))


def _enabled(term: Term, terms: Terms) -> Term | None:
    """When a value is a scaler that is enabled; None for what is none."""
    if term.sort is Sort.CALL and kind_of_function(str(term.value)) is Kind.SCALER:
        given = {str(part.value): part.operands[0] for part in term.operands[1:]}
        return given.get("enabled", terms.constant(True))
    if term.sort is Sort.OPERATION and term.value == "if":
        test, then, otherwise = term.operands
        made = _enabled(then, terms)
        if made is not None and truth(otherwise) is False:
            return terms.logic("and", (test, made))
    return None
