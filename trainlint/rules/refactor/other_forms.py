"""A step that seems lost in, whether the candidate takes it in another form out."""

from __future__ import annotations

import re

from trainlint.chain.moves import MOVES, moved_where_made
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.uses import parts_of

_WORDS = re.compile(r"[a-z0-9]+")


def is_done_otherwise(effect: Effect, comparison: Comparison) -> bool:
    """Whether a step is there in another form: a function of the thing, a network moved where it is made."""
    if effect.name in MOVES:
        return moved_where_made(comparison.candidate.modules)
    owner = effect.part("object")
    thing = (owner.sort, owner.value) if owner is not None else None
    taking = (
        other.name.rpartition(".")[2]
        for other in comparison.added_of(Kind.CALL)
        if any((part.sort, part.value) == thing for part in parts_of(term for _, term in other.parts))
    )
    return any(_words(effect.name) <= _words(name) for name in taking)


def _words(name: str) -> set[str]:
    return set(_WORDS.findall(name.lower()))
