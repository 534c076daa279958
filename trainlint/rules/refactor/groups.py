"""What an optimizer is given to train in, its parameter groups out."""

from __future__ import annotations

from trainlint.facts.terms import Sort, Term


def groups(given: Term | None) -> tuple[dict[str, Term], ...]:
    """The tables of an optimizer's groups; none where it is given parameters as they are."""
    tables = given.operands if given is not None and given.sort is Sort.LIST else ()
    if not tables or any(table.sort is not Sort.TABLE or table.value == "open" for table in tables):
        return ()
    return tuple(
        {str(key.value): value for key, value in zip(table.operands[::2], table.operands[1::2], strict=True)}
        for table in tables
    )
