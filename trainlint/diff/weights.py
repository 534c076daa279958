"""Changes of weights in place in, whose weights they are and whether it is a copy's out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trainlint.chain.symbolic.heap import COPIED_NETWORK
from trainlint.diff.kinds import kind_of_function
from trainlint.diff.terms import Terms
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.effects import Kind
from trainlint.facts.symbols import Opaque, Symbol
from trainlint.facts.terms import Sort, Term

#: Methods that give all tensors of a network.
_TENSORS = (".parameters", ".named_parameters", ".state_dict", ".buffers", ".named_buffers")
#: Methods that move a tensor towards another one, or put another one in its place.
MOVES = {"add_", "sub_", "mul_", "div_", "lerp_", "copy_", "addcmul_", "addcdiv_"}


def is_copied(symbol: Symbol) -> bool:
    """Whether a test asks which of a network and its copy is meant."""
    return isinstance(symbol, Opaque) and symbol.reason == COPIED_NETWORK


def of_copy(place: Place, model: Term, terms: Terms) -> Term:
    """The network that something is done with at a place: where that is reached for a copy, the copy."""
    asked = (step.value for step in place.outwards() if step.step is Step.BRANCH and step.truth)
    copied = any(test is not None and is_copied(test) for test in asked)
    return terms.make(Sort.OPERATION, "copy", model) if copied else model


def is_moved(name: str, tensor: Term, terms: Terms) -> bool:
    """Whether a method of a tensor changes the weights of a network in place."""
    return name in MOVES and network_of(tensor, terms) is not None


def network_of(tensor: Term, terms: Terms) -> Term | None:
    """The network that a tensor is a weight of, as far as code goes through all of its weights."""
    if tensor.sort is Sort.OPERATION and tensor.value in ("item", "[]"):
        return _asked(tensor.operands[0], terms)
    if tensor.sort is Sort.CALL and str(tensor.value)[1:] in MOVES:
        return network_of(tensor.operands[0], terms)
    return _of_sides(tensor, terms, network_of)


def _asked(weights: Term, terms: Terms) -> Term | None:
    """The network that was asked for its weights."""
    if weights.sort is Sort.CALL and weights.value in _TENSORS:
        return weights.operands[0]
    if weights.sort is Sort.CALL and weights.value in (".values", ".items"):
        return _asked(weights.operands[0], terms)
    if weights.sort is Sort.OPERATION and weights.value in ("item", "[]", "zip", "items"):
        return _asked(weights.operands[0], terms)
    return _of_sides(weights, terms, _asked)


def _of_sides(term: Term, terms: Terms, network: Callable[[Term, Terms], Term | None]) -> Term | None:
    """The network of a value that is one of two, or that of a copy."""
    if term.sort is not Sort.OPERATION or term.value not in ("if", "copy"):
        return None
    tests = len(term.operands) - (2 if term.value == "if" else 1)
    sides = [network(side, terms) for side in term.operands[tests:]]
    found = [side for side in sides if side is not None]
    if len(found) < len(sides):
        return None
    return terms.rebuilt(term, (*term.operands[:tests], *found))


def weights_of(model: Term | None) -> Iterator[str]:
    """Whose weights a network has, in words; nothing where that cannot be told."""
    if model is None or not model.is_known:
        return
    average = model.sort is Sort.CALL and kind_of_function(str(model.value)) is Kind.AVERAGE
    copied = any(part.sort is Sort.OPERATION and part.value == "copy" for part in model.walk())
    yield "a copy" if average or copied else "what is trained"
