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


def is_plain(given: Term) -> bool:
    """Whether an optimizer is given parameters as they are, for certain."""
    return given.is_known and all(part.sort is not Sort.TABLE for part in given.walk())


def asked(group: dict[str, Term]) -> Term | None:
    """What a comprehension asks of the parameters of a group."""
    given = group.get("params")
    found = (part for part in given.walk() if part.value == "where") if given is not None else ()
    return next((part.operands[0] for part in found), None)


def other_number(one: Term, other: Term) -> tuple[Term, Term] | None:
    """The numbers in which two tests differ that are the same otherwise."""
    if one.sort is other.sort is Sort.CONSTANT:
        return None if one.value == other.value else (one, other)
    if (one.sort, one.value, len(one.operands)) != (other.sort, other.value, len(other.operands)):
        return None
    pairs = [pair for pair in zip(one.operands, other.operands, strict=True) if pair[0] is not pair[1]]
    return other_number(*pairs[0]) if len(pairs) == 1 else None
