"""What gets no gradients any more in, the network that it is all of out."""

from __future__ import annotations

from trainlint.facts.terms import Sort, Term

_PARAMETERS = (".parameters", ".named_parameters")


def frozen(owner: Term) -> Term:
    """The network, where something is done to each of its parameters: that is done to all of it."""
    found = owner
    while found.sort is Sort.OPERATION and found.value in ("[]", "item"):
        found = found.operands[0]
    is_each = found is not owner and found.sort is Sort.CALL and found.value in _PARAMETERS
    return found.operands[0] if is_each else owner
