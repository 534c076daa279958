"""A refusal in, the notes and pieces of sentences that the rules about guards share out."""

from __future__ import annotations

from trainlint.diagnostic import Note
from trainlint.facts.refusal import Given, Refusal
from trainlint.rules.base import value_story

_LONGEST = 60


def shown(value: object) -> str:
    """A value as people write it in code, cut where it is long."""
    text = repr(value)
    return f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text


def story(refusal: Refusal) -> tuple[Note, ...]:
    """Where the guard stands, and how each value that decided it came there."""
    place = Note(refusal.guard.span, f"refused here: {refusal.test}")
    return (place, *(note for given in refusal.given for note in _origin(given)))


def _origin(given: Given) -> tuple[Note, ...]:
    if given.origin is not None:
        first, *rest = value_story(given.origin)
        return (Note(first.span, f"`{given.name}` is {shown(given.value)}"), *rest)
    return (Note(given.span, f"`{given.name}` is {shown(given.value)} by default"),)
