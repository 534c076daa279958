"""A program in, its settings out, with what stands in for each where nobody sets it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from trainlint.facts.effects import ENVIRONMENT, FIELD, GLOBAL, Effect, Kind, Option, Program
from trainlint.facts.terms import Sort, Term
from trainlint.record import record

#: Forms of what only code sets; all others are what a user sets.
_CODE = (FIELD, GLOBAL)
_WORDS = re.compile(r"[^a-z0-9]")
_SETTINGS = (Sort.OPTION, Sort.ENVIRONMENT)


@record
class Use:
    """A setting that reaches what a program does.

    `defaults` are the plain values that stand in for it, as texts; `is_saved` says that what a checkpoint
    holds may stand in, `is_open` that something else may that is not known here. `fixed` are the plain
    values that are taken in its place in some runs.
    """

    name: str
    defaults: frozenset[str]
    is_saved: bool
    is_open: bool
    fixed: frozenset[str]


def is_given(option: Option) -> bool:
    """Whether a user can set it."""
    return option.form not in _CODE


def is_variable(option: Option) -> bool:
    """Whether it is a variable of the environment."""
    return option.form == ENVIRONMENT


def plain(name: str) -> str:
    """A name without its case, its separators and the groups it stands in: `optim.batch-size`."""
    return _WORDS.sub("", name.rpartition(".")[2].lower())


def terms_of(effect: Effect) -> Iterator[Term]:
    """Everything that decides what an effect does and whether it happens."""
    yield from (term for _, term in effect.parts)
    yield from effect.condition
    yield from (term for loop in effect.loops for term in (loop.over, loop.turns))
    yield from effect.within


@lru_cache(maxsize=4)
def all_parts(program: Program) -> tuple[Term, ...]:
    """All that the effects of a program are made of, each once; many rules ask."""
    return tuple(parts_of(term for effect in program.effects for term in terms_of(effect)))


@lru_cache(maxsize=4)
def uses(program: Program, sort: Sort) -> dict[str, Use]:
    """The options or the environment variables that reach what a program does, by name; many rules ask."""
    found: dict[str, list[Term]] = {}
    beside: dict[str, set[str]] = {}
    for part in all_parts(program):
        if part.sort is sort:
            found.setdefault(str(part.value), []).append(part.operands[0])
        elif part.sort is Sort.OPERATION and part.value == "if":
            for one, other in (part.operands[1:], part.operands[:0:-1]):
                if one.sort is sort and other.sort is Sort.CONSTANT:
                    beside.setdefault(str(one.value), set()).add(typed(other.value))
    loads = frozenset(effect.name for effect in program.of(Kind.LOAD))
    return {
        name: _use(name, defaults, loads, frozenset(beside.get(name, ()))) for name, defaults in found.items()
    }


def texts_asked(program: Program) -> dict[str, dict[tuple[str, str], Term]]:
    """The tests for which code compares environment variables with a text: by name, operator and text."""
    found: dict[str, dict[tuple[str, str], Term]] = {}
    for test in program.computed:
        if test.sort is not Sort.OPERATION or test.value not in ("==", "!="):
            continue
        for one, other in (test.operands, test.operands[::-1]):
            if one.sort is Sort.ENVIRONMENT and other.sort is Sort.CONSTANT:
                found.setdefault(str(one.value), {})[str(test.value), typed(other.value)] = test
    return found


def parts_of(terms: Iterable[Term]) -> Iterator[Term]:
    """All that some terms are made of, each once."""
    seen, waiting = set[int](), list(terms)
    while waiting:
        term = waiting.pop()
        if id(term) not in seen:
            seen.add(id(term))
            waiting += term.operands
            yield term


def _use(name: str, defaults: Iterable[Term], loads: frozenset[str], fixed: frozenset[str]) -> Use:
    leaves = {id(leaf): leaf for default in defaults for leaf in _leaves(default)}
    texts = {id(leaf): shown_value(leaf) for leaf in leaves.values()}
    saved = {
        id(leaf)
        for leaf in leaves.values()
        if any(part.sort is Sort.CALL and part.value in loads for part in leaf.walk())
    }
    known = frozenset(text for text in texts.values() if text is not None)
    # Where nothing stands in for it, what comes after the reading decides.
    is_open = any(text in (None, "None", "") and key not in saved for key, text in texts.items())
    return Use(name, known, bool(saved), is_open, fixed)


def _leaves(term: Term) -> Iterator[Term]:
    """What a value is in one case or another."""
    seen, waiting = set[int](), [term]
    while waiting:
        case = waiting.pop()
        if id(case) in seen:
            continue
        seen.add(id(case))
        if case.sort is Sort.OPERATION and case.value == "if":
            waiting += (case.operands[2], case.operands[1])
        else:
            yield case


def shown_value(term: Term) -> str | None:
    """A plain value as it would be typed; None where it is none."""
    if term.sort is Sort.OPERATION and term.value in ("str", "int", "float") and term.operands:
        return shown_value(term.operands[-1])
    return typed(term.value) if term.sort is Sort.CONSTANT else None


def typed(value: object) -> str:
    """A value as one would type it: numbers are the same however they are written."""
    if isinstance(value, bool):
        return str(value)
    try:
        return f"{float(value):.12g}" if isinstance(value, (int, float, str)) else repr(value)
    except (ValueError, OverflowError):
        return str(value)


def mentioned(*values: Term | None) -> set[str]:
    """The names of the settings that some values depend on."""
    parts = parts_of(term for term in values if term is not None)
    return {str(part.value) for part in parts if part.sort in _SETTINGS}
