"""The values that enter a network in a loop in, what it goes on from and the texts in that out.

A program that generates with a loop of its own gives the network what it said before. What it begins with
is its prompt: a text, or numbers made of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.facts.terms import Sort, Term

#: Methods whose arguments say where a tensor lies or how it is laid out, not what is in it.
_LAID_OUT = (".to", ".cuda", ".type", ".view", ".reshape", ".repeat", ".expand", ".unsqueeze", ".squeeze")
#: What gives what only a run knows: the last part of its name.
_READ = {"input", "open", "load", "loads", "read", "read_text", "readline", "readlines", "splitlines"}


def begun_from(values: Iterable[Term]) -> Term | None:
    """What a loop carries into a network from turn to turn, as it is before the first of them."""
    for value in values:
        for part in _made_of(value):
            if part.sort is Sort.CARRIED and part.value is None:
                return part.operands[0]
    return None


def prompt_of(start: Term) -> tuple[str, ...] | None:
    """The texts that a tensor is made of, none for one of numbers alone; None where not all is known."""
    parts = list(_made_of(start))
    if any(part.sort is Sort.UNKNOWN or _is_read(part) for part in parts):
        return None
    values = [part.value for part in parts if part.sort is Sort.CONSTANT]
    return tuple(value for value in values if isinstance(value, str))


def _made_of(term: Term) -> Iterator[Term]:
    """A value and those whose contents are in it: what chooses, measures or places them is not."""
    seen, waiting = {id(term)}, [term]
    while waiting:
        part = waiting.pop()
        yield part
        for inner in reversed(_contents(part)):
            if id(inner) not in seen:
                seen.add(id(inner))
                waiting.append(inner)


def _contents(term: Term) -> tuple[Term, ...]:
    if term.sort is Sort.CALL:
        return _given(term)
    if term.sort in (Sort.LIST, Sort.OPTION, Sort.ENVIRONMENT):
        return term.operands
    if term.sort is not Sort.OPERATION:
        return ()
    if term.value == "if":
        return term.operands[1:]
    if term.value == "[]":
        of, index = term.operands[:2]
        # What looks each item up in a table tells the items in other words.
        return (index,) if any(part.value == "item" for part in index.walk()) else (of,)
    if term.value == "each":
        return tuple(part for part in term.operands if part.value != "where")
    return term.operands if term.value in ("item", "+", "format") else ()


def _is_read(term: Term) -> bool:
    return term.sort is Sort.CALL and str(term.value).rpartition(".")[2] in _READ


def _given(call: Term) -> tuple[Term, ...]:
    """The first value that a function is given; of a method without one, or that lays out, its object."""
    of, *arguments = call.operands
    first = next((entry.operands[0] for entry in arguments if entry.value in ("0", 0)), None)
    first = first or next((entry.operands[0] for entry in arguments), None)
    is_method = str(call.value).startswith(".") and of.sort is not Sort.NOTHING
    if is_method and (first is None or str(call.value).endswith(_LAID_OUT)):
        return (of,)
    return () if first is None else (first,)
