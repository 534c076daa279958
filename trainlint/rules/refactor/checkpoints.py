"""Checkpoints of two programs in, what is saved under a key and what is read from them out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import LOADS, Effect, Kind, Program
from trainlint.facts.terms import Sort, Term
from trainlint.parse.python.written import key_place
from trainlint.source import Span


def saved_under(key: str, program: Program) -> Iterator[Term]:
    """The values that a program saves under a key."""
    for effect in program.of(Kind.SAVE):
        term = effect.part(f"key {key}")
        if term is not None:
            yield term


def keys(effect: Effect) -> list[str]:
    """The keys of a checkpoint, as far as they are written out."""
    return [name.removeprefix("key ") for name, _ in effect.parts if name.startswith("key ")]


def set_at(key: str, effect: Effect, program: Program) -> Span:
    """Where a dictionary gives a key of a checkpoint: the one with most of its keys; else the call."""
    return key_place(key, set(keys(effect)), program.modules) or effect.span


def continues(term: Term, restored: Effect) -> bool:
    """Whether a value counts, or is carried, on from what was restored."""
    state = restored.part("state")
    running = (part for part in term.walk() if part.sort in (Sort.COUNTER, Sort.CARRIED))
    return any(one is state for part in running for one in part.walk())


def is_on_signal(effect: Effect) -> bool:
    """Whether something happens only where a handler of a signal was called."""
    tests = (part for test in effect.condition for part in test.walk())
    return any(part.sort is Sort.UNKNOWN and "signal.signal" in str(part.value) for part in tests)


def is_loaded(term: Term) -> bool:
    """Whether a value comes, in some way, from a checkpoint."""
    return any(part.sort is Sort.CALL and part.value in LOADS for part in term.walk())


def bases(term: Term) -> Iterator[Term]:
    """What a value is made of, outermost first; the arguments of a call are no part of what it gives."""
    seen, waiting = {term}, [term]
    while waiting:
        part = waiting.pop()
        yield part
        inner = part.operands[:1] if part.sort is Sort.CALL else part.operands
        waiting += [one for one in reversed(inner) if one not in seen]
        seen.update(inner)


def is_made_of_loaded(term: Term) -> bool:
    """Whether a value is made of what a checkpoint holds; which file another one was read from is no part."""
    return any(part.sort is Sort.CALL and part.value in LOADS for part in bases(term))


def loaded_keys(term: Term) -> frozenset[str]:
    """The keys of a checkpoint that a value depends on."""
    items = (part for part in term.walk() if part.sort is Sort.OPERATION and part.value == "[]")
    return frozenset(
        str(part.operands[1].value)
        for part in items
        if part.operands[0].sort is Sort.CALL and part.operands[0].value in LOADS
    )


def made_from(term: Term, program: Program) -> Span | None:
    """The first call of the project's own code that is given what a value is made of."""
    parts = {part for part in bases(term) if part.sort is Sort.CALL}
    calls = program.of(Kind.CALL)
    return next((call.span for call in calls if any(given in parts for _, given in call.parts)), None)


def is_read_elsewhere(comparison: Comparison) -> bool:
    """Whether the candidate may restore or save in a way that shows no keys: in a loop, by a library."""
    if any(effect.name == "?" for effect in comparison.candidate.of(Kind.RESTORE)):
        return True
    if comparison.added_of(Kind.LOAD) and comparison.lost_of(Kind.LOAD):
        return True
    return any(
        is_loaded(term)
        for effect in comparison.added_of(Kind.SETUP)
        for _, term in effect.parts
        if comparison.candidate.unfollowed
    )


def written_at(effect: Effect, comparison: Comparison) -> Span:
    """Where a program asks for a checkpoint: the call of a function that writes others too, else the call."""
    shared = any(pair.reference.span == effect.span for pair in comparison.pairs_of(Kind.SAVE))
    return effect.calls[-1] if shared and effect.calls else effect.span


def is_joined(comparison: Comparison) -> bool:
    """Whether the candidate writes checkpoints under one condition that the reference writes under two."""
    return any(
        _is_choice(pair.candidate) and not _is_choice(pair.reference)
        for pair in comparison.pairs_of(Kind.SAVE)
    )


def _is_choice(effect: Effect) -> bool:
    return any(test.sort is Sort.OPERATION and test.value == "or" for test in effect.condition)
