"""A tensor that is changed in place in, how much of itself it keeps and of another it takes out."""

from __future__ import annotations

from dataclasses import replace

from trainlint.diff.terms import Terms
from trainlint.diff.weights import MOVES, network_of
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term

Parts = tuple[tuple[str, Term], ...]
#: What a factor is not made of that is a number for all weights.
_TENSORS = (Sort.CALL, Sort.OBJECT, Sort.UNKNOWN, Sort.CARRIED)


def averaged(name: str, tensor: Term, given: Parts, terms: Terms) -> Parts:
    """The parts of a change of weights in place, together with the changes that it goes on from."""
    steps = [(name, dict(given))]
    while tensor.sort is Sort.CALL and str(tensor.value)[1:] in MOVES:
        before = {str(part.value): part.operands[0] for part in tensor.operands[1:]}
        steps.append((str(tensor.value)[1:], before))
        tensor = tensor.operands[0]
    around = (("object", network_of(tensor, terms) or tensor), ("tensor", tensor))
    shares = terms.constant(1), terms.constant(0)
    for step, arguments in reversed(steps):
        moved = _moved(step, arguments, shares, terms)
        if moved is None:
            return (*around, *given)
        shares = moved
    return (*around, ("share kept", shares[0]), ("share taken", shares[1]))


def _moved(
    name: str, given: dict[str, Term], shares: tuple[Term, Term], terms: Terms
) -> tuple[Term, Term] | None:
    """What is kept and taken after one more change; None where that cannot be told."""
    kept, taken = shares
    other = next((given[key] for key in ("0", "other", "end", "src") if key in given), None)
    size = _size(other, terms) if other is not None else None
    if other is None or size is None:
        return None
    if name in ("mul_", "div_"):
        factor = other if name == "mul_" else terms.inverse(other)
        return terms.product((kept, factor)), terms.product((taken, factor))
    if name in ("add_", "sub_"):
        alpha = given.get("alpha", terms.constant(1))
        added = terms.product((size, alpha, terms.constant(1 if name == "add_" else -1)))
        return kept, terms.sum((taken, added))
    if name == "lerp_":
        weight = next((given[key] for key in ("1", "weight") if key in given), terms.unknown("no weight"))
        rest = terms.sum((terms.constant(1), terms.negative(weight)))
        added = terms.product((weight, size))
        return terms.product((kept, rest)), terms.sum((terms.product((taken, rest)), added))
    return (terms.constant(0), size) if name == "copy_" else None


def _size(other: Term, terms: Terms) -> Term | None:
    """The number that another tensor is multiplied by; None for a sum, which may hold the tensor itself."""
    if other.sort is Sort.OPERATION and other.value == "+":
        return None if any(map(_is_tensor, other.operands)) else other
    factors = other.operands if other.sort is Sort.OPERATION and other.value == "*" else (other,)
    return terms.product(factor for factor in factors if not _is_tensor(factor)) if factors else other


def _is_tensor(term: Term) -> bool:
    return any(part.sort in _TENSORS or part.value in ("item", "[]") for part in term.walk())


def joined(first: Effect, second: Effect, terms: Terms) -> Effect | None:
    """Two changes of one tensor, one right after the other, as one; None for anything else."""
    if first.kind is not Kind.AVERAGE or second.kind is not Kind.AVERAGE:
        return None
    if first.condition != second.condition or first.part("tensor") is not second.part("tensor"):
        return None
    shares = [(effect.part("share kept"), effect.part("share taken")) for effect in (first, second)]
    (kept, taken), (again, more) = shares
    if kept is None or taken is None or again is None or more is None:
        return None
    parts = {
        **dict(second.parts),
        "share kept": terms.product((kept, again)),
        "share taken": terms.sum((terms.product((taken, again)), more)),
    }
    return replace(second, parts=tuple(parts.items()), order=first.order)
