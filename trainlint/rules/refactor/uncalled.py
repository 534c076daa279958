"""Two programs in, the functions that the candidate names where the result of a call is wanted out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind, Program
from trainlint.facts.terms import Sort, Term
from trainlint.facts.uses import all_parts
from trainlint.parse.python.written import is_plain_function, named_without_call
from trainlint.source import Span

#: Layers that are made of numbers alone.
_SIZED = ("Linear", "Embedding", "LayerNorm", "RMSNorm", "Dropout", "Conv1d", "Conv2d")


def uncalled(comparison: Comparison) -> Iterator[tuple[str, Span, Span | None]]:
    """The name of each function, where it is named without a call, and where the reference calls it."""
    before = {term.value for term in _taken_apart(comparison.reference)}
    plain = _functions(comparison.candidate)
    for name in dict.fromkeys(str(term.value) for term in _taken_apart(comparison.candidate)):
        places = list(named_without_call(comparison.candidate.modules, name))
        if name not in before and name in plain and len(places) == 1:
            yield name, places[0], _call_of(comparison, name)


def _taken_apart(program: Program) -> Iterator[Term]:
    """The functions that are indexed, asked for a method, or given for a size."""
    for term in all_parts(program):
        wrong = term.operands[:1] if term.value == "[]" or str(term.value).startswith(".") else ()
        if term.sort is Sort.CALL and str(term.value).endswith(_SIZED):
            given = (part.operands[0] for part in term.operands if part.sort is Sort.ARGUMENT)
            wrong = tuple(choice for value in given for choice in _choices(value))
        yield from (part for part in wrong if part.sort is Sort.FUNCTION)


def _choices(term: Term) -> tuple[Term, ...]:
    return term.operands[1:] if term.sort is Sort.OPERATION and term.value == "if" else (term,)


def _functions(program: Program) -> set[str]:
    """The names that stand for nothing but functions that no decorator changes."""
    found, other = set[str](), set[str]()
    for definition in program.definitions:
        node = definition.node
        (found if is_plain_function(node) else other).add(node.name)
    return found - other


def _call_of(comparison: Comparison, name: str) -> Span | None:
    """Where the reference calls the function that answers to it, or makes the value itself."""
    names = {name} | {
        one.node.name
        for one, other in comparison.definitions
        if one is not None and other is not None and other.node.name == name
    }
    calls = (effect.span for effect in comparison.reference.of(Kind.CALL) if effect.name in names)
    return next(calls, None) or _made_at(comparison, name)


def _made_at(comparison: Comparison, name: str) -> Span | None:
    """Where the reference gives a variable the value in whose place the candidate has a function."""
    program = comparison.reference
    for pair in comparison.pairs:
        for key, term in pair.candidate.parts:
            mine = pair.reference.part(key)
            value = _beside(mine, term, name) if mine is not None else None
            if value is not None and value in program.written:
                return program.written[value][0]
    return None


def _beside(mine: Term, theirs: Term, name: str) -> Term | None:
    """What stands in the reference's value where a function stands in the candidate's."""
    seen, waiting = set[tuple[int, int]](), [(mine, theirs)]
    while waiting:
        one, other = waiting.pop()
        if other.sort is Sort.FUNCTION and other.value == name:
            return one
        if (id(one), id(other)) not in seen and one.sort is other.sort and one.value == other.value:
            seen.add((id(one), id(other)))
            waiting += zip(one.operands, other.operands, strict=False)
    return None
