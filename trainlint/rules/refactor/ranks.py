"""A test in, whether it asks which process this is out."""

from __future__ import annotations

from trainlint.facts.terms import Sort, Term


def asks_rank(term: Term | None) -> bool:
    """Whether a test, or one that it is made of, asks which process this is."""
    seen, waiting = set[int](), [term] if term is not None else []
    while waiting:
        part = waiting.pop()
        if part.sort is Sort.FACT and part.value in ("rank", "local rank"):
            return True
        if part.sort is Sort.OPERATION and id(part) not in seen:
            seen.add(id(part))
            waiting += part.operands
    return False
