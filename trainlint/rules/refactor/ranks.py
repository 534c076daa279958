"""A test in, whether it asks which process this is out."""

from __future__ import annotations

from trainlint.facts.terms import Sort, Term


def asks_rank(term: Term | None) -> bool:
    """Whether a test, or one that it is made of, asks which process this is."""
    if term is None:
        return False
    if term.sort is Sort.FACT:
        return term.value in ("rank", "local rank")
    return term.sort is Sort.OPERATION and any(map(asks_rank, term.operands))
