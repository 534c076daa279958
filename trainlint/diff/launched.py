"""What a program asks of its launcher in, the fact of the launch that it comes to out."""

from __future__ import annotations

from trainlint.chain.operations import DISTRIBUTED
from trainlint.diff.terms import Terms
from trainlint.facts.terms import Sort, Term

_VARIABLES = {"WORLD_SIZE": "world size", "RANK": "rank", "LOCAL_RANK": "local rank"}
#: What a variable of a distributed launcher is where there is no launcher.
_ALONE = {"WORLD_SIZE": 1, "RANK": 0, "LOCAL_RANK": 0}


def variable(terms: Terms, name: str, default: Term) -> Term:
    """A variable of the environment; those of a launcher are facts of the launch."""
    if name in _VARIABLES:
        plain = default.sort is Sort.NOTHING or str(default.value) == str(_ALONE[name])
        if plain:
            return terms.make(Sort.FACT, _VARIABLES[name])
    return terms.make(Sort.ENVIRONMENT, name, as_number(terms, default))


def as_number(terms: Terms, default: Term) -> Term:
    """The number that a text states: all that stands in the environment is a text at first."""
    if default.sort is Sort.CONSTANT and isinstance(default.value, str):
        try:
            return terms.constant(float(default.value))
        except ValueError:
            return default
    return default


def launched(terms: Terms, name: str, one: Term, other: Term) -> Term | None:
    """What asks whether a distributed launcher started the program: `int(environ.get("RANK", -1)) != -1`."""
    for term, held in ((one, other), (other, one)):
        if term.sort is Sort.ENVIRONMENT and term.value in DISTRIBUTED:
            default = term.operands[0]
            if held.sort is Sort.CONSTANT and str(held.value) in (str(default.value), "0", "None", "1"):
                truth = name in ("!=", "is not", "<", ">", "<=", ">=")
                return terms.distributed if truth else terms.negation(terms.distributed)
    world = terms.make(Sort.FACT, "world size")
    if (name == ">" and one is world and other.value == 1) or (
        name == "<" and other is world and one.value == 1
    ):
        return terms.distributed
    if name in ("!=", "==") and world in (one, other) and 1 in (one.value, other.value):
        return terms.distributed if name == "!=" else terms.negation(terms.distributed)
    return None
