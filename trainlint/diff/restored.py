"""The arguments of a call in, the key of a loaded checkpoint among them out."""

from __future__ import annotations

from trainlint.diff.kinds import kind_of_function
from trainlint.facts.effects import Kind
from trainlint.facts.terms import Sort, Term


def restored(given: tuple[tuple[str, Term], ...]) -> str:
    """The key of a checkpoint that is restored; "?" where it is computed."""
    for _, term in given:
        key = key_of_loaded(term)
        if key is not None:
            return key
    computed = any(term.sort is Sort.OPERATION and term.value == "[]" for _, term in given)
    return "?" if computed else "state"


def key_of_loaded(term: Term) -> str | None:
    """`torch.load(…)["key"]`."""
    if term.sort is Sort.OPERATION and term.value == "[]" and term.operands[1].sort is Sort.CONSTANT:
        owner = term.operands[0]
        while owner.sort is Sort.OPERATION and owner.value == "if":
            owner = owner.operands[1]
        if owner.sort is Sort.CALL and kind_of_function(str(owner.value)) is Kind.LOAD:
            return str(term.operands[1].value)
    return None
