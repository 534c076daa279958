"""A value of a program in, the place where its code computes it out."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.facts.effects import Effect, Program
from trainlint.facts.terms import Sort, Term
from trainlint.source import Span


def written(program: Program, term: Term, used: Span) -> Span:
    """The last place before `used`, in its file, where a variable is given a value; else `used`."""
    places = [
        span for span in program.written.get(term, ()) if span.file == used.file and span.line <= used.line
    ]
    return max(places, key=lambda span: span.line, default=used)


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
