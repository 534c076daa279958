"""A value of a program in, the place where its code computes it out."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.chain.constants import lists_at, texts_at
from trainlint.facts.effects import Effect, Program
from trainlint.facts.terms import Sort, Term
from trainlint.source import Span

#: Texts up to this length stand in a program for many things.
_SHORT = 12


def written(program: Program, term: Term, used: Span) -> Span:
    """The last place before `used`, in its file, where a variable is given a value; else `used`."""
    places = [
        span for span in program.written.get(term, ()) if span.file == used.file and span.line <= used.line
    ]
    return max(places, key=lambda span: span.line, default=used)


def stated(program: Program, term: Term | None, used: Span) -> Span:
    """Where a text or a list of names stands that is used elsewhere; `used` where that is not one place."""
    if term is None or term.sort not in (Sort.CONSTANT, Sort.LIST, Sort.OPTION):
        return used
    value = term.operands[0].value if term.sort is Sort.OPTION else term.value
    places: list[Span] = []
    if term.sort is Sort.LIST:
        places = list(lists_at(program.modules, [part.value for part in term.operands]))
    elif isinstance(value, str) and len(value) > _SHORT:
        places = list(texts_at(program.modules, value))
    return places[0] if len(places) == 1 else used


def computed(program: Program, term: Term, wanted: Callable[[Term], bool], used: Span) -> Span:
    """Where the innermost part of a value that has something wanted is given to a variable; else `used`."""
    found = used
    for part in term.walk():
        if part.operands and part in program.written and any(map(wanted, part.walk())):
            found = program.written[part][0]
    return found


def is_world_size(term: Term) -> bool:
    """Whether a value is the number of processes."""
    return term.sort is Sort.FACT and term.value == "world size"


def loop_of(effect: Effect, turns: Term | None) -> Span:
    """The innermost loop around an effect that has so many turns; its own place without one."""
    found = [loop.span for loop in effect.loops if loop.turns is turns]
    return found[-1] if found else effect.span


def holds(around: Span, place: Span) -> bool:
    """Whether a place is among the lines of a definition."""
    return around.file == place.file and around.line <= place.line <= around.end_line
