"""What of the candidate was not followed in, which effects of the reference it may still have out.

A module that is not there does what it is called for with what it is given: what an effect acts on (a model,
an optimizer) must come to it. Anything else that was not followed may do everything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set

from trainlint.diff.normal import Normal
from trainlint.diff.sides import Script, Side
from trainlint.facts.behaviour import Call
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.script import MissingImport
from trainlint.facts.symbols import External, Made, Operation, Symbol
from trainlint.facts.terms import Sort, Term
from trainlint.facts.value import Unknown
from trainlint.parse.python.scope import qualified
from trainlint.record import record
from trainlint.source import Span

#: What is done to an object, and the parts that are this object.
_DONE_TO = (
    *(Kind.MODE, Kind.ZERO_GRAD, Kind.CLIP, Kind.UNSCALE, Kind.STEP, Kind.SCALER_UPDATE, Kind.SCHEDULER_STEP),
    *(Kind.FREEZE, Kind.AVERAGE, Kind.FORWARD, Kind.EVALUATION),
)
_OBJECTS = ("object", "parameters", "params", "model", "optimizer")
#: What is told of by itself, or with what it belongs to.
_UNTOLD = (Kind.CALL, Kind.REFUSAL, Kind.LOSS, Kind.SCALER_UPDATE, Kind.UNSCALE)
#: So many effects are listed one by one.
_LISTED = 12
_HOLDERS = (".parameters", ".named_parameters", ".children", ".modules")
_CHOSEN = ("if", "each", "item", "where")
#: What a module may do when it is loaded.
_AT_IMPORT = (Kind.SEED, Kind.SETUP, Kind.DISTRIBUTED, Kind.SIGNAL)
_Key = tuple[Sort, object]


@record
class _Open:
    """Code that was not followed: why, and what comes to it (None for everything); loaded or also called."""

    cause: Unknown
    reached: frozenset[_Key] | None
    is_called: bool = True

    def may_have(self, kind: Kind, keys: Set[_Key]) -> bool:
        """Whether an effect may be in it, that acts on some objects or on none in particular."""
        if not self.is_called:
            return kind in _AT_IMPORT
        return self.reached is None or not keys or bool(keys & self.reached)


def hidden(lost: Iterable[Effect], side: Side, normal: Normal) -> dict[int, Unknown]:
    """For effects that only the reference has (by their order) what of the candidate may have them too."""
    found = list(_opened(side, normal))
    causes = {effect.order: _cause(effect, found) for effect in lost}
    return {order: cause for order, cause in causes.items() if cause is not None}


def hidden_in_words(
    lost: Iterable[Effect], causes: dict[int, Unknown], places: dict[int, Span]
) -> Iterator[Unknown]:
    """What is not checked since code that was not followed may do it, at the place where it would be done."""
    entries = dict[str, Unknown]()
    for effect in lost:
        cause = causes.get(effect.order)
        if cause is not None and effect.kind not in _UNTOLD:
            what = f"`{effect.name}` of the reference ({effect.kind.value})"
            what = what if effect.name else f"the {effect.kind.value} of the reference"
            words = f"whether {what} is still there: {cause.reason}"
            entries.setdefault(words, Unknown(words, places.get(effect.order, cause.span)))
    listed = list(entries.values())
    yield from listed[:_LISTED]
    if len(listed) > _LISTED:
        more = f"whether {len(listed) - _LISTED} more effects of the reference are still there"
        yield Unknown(more, listed[_LISTED].span)


def _cause(effect: Effect, found: Iterable[_Open]) -> Unknown | None:
    objects = [term for name in _OBJECTS if (term := effect.part(name)) is not None]
    keys = {key for term in objects for key in _reach(term)} if effect.kind in _DONE_TO else set()
    return next((one.cause for one in found if one.may_have(effect.kind, keys)), None)


def _opened(side: Side, normal: Normal) -> Iterator[_Open]:
    for script in side.scripts:
        imports = {problem.span for problem in script.facts.import_problems}
        yield from (_Open(problem, None) for problem in script.problems if problem.span not in imports)
        for entry in script.facts.import_problems:
            name = entry.module if isinstance(entry, MissingImport) else f"{entry.module}.{entry.name}"
            cause = next(one for one in script.problems if one.span == entry.span)
            if _is_inherited(script, name):
                yield _Open(cause, None)
                continue
            given = list(_given(script, name))
            terms = [normal.term(symbol) for symbols in given for symbol in symbols]
            is_known = all(term.sort is not Sort.UNKNOWN for term in terms)
            reached = frozenset(key for term in terms for key in _reach(term))
            yield _Open(cause, reached if is_known else None, is_called=bool(given))


def _given(script: Script, name: str) -> Iterator[tuple[Symbol, ...]]:
    """What each call of something of a module hands over."""
    for event in script.behaviour.events:
        if isinstance(event, Call) and _is_of(event.callee, name):
            yield (*event.positional, *(value for _, value in event.keywords))


def _is_of(callee: Symbol, name: str) -> bool:
    """Whether something is a module's, or was made by it."""
    while True:
        if isinstance(callee, Operation) and callee.name == "." and callee.operands:
            callee = callee.operands[0]
        elif isinstance(callee, Made) and callee.owner is not None:
            callee = callee.owner
        else:
            break
    return isinstance(callee, (External, Made)) and f"{callee.name}.".startswith(f"{name}.")


def _is_inherited(script: Script, name: str) -> bool:
    """Whether a class of the project has a base of a module."""
    return any(
        f"{qualified(module, base)}.".startswith(f"{name}.")
        for module in script.facts.loaded
        for node in module.each(ast.ClassDef)
        for base in node.bases
    )


def _reach(term: Term) -> Iterator[_Key]:
    """What can be come at from a value: the object, what it was made with, and what it is a part of."""
    seen, waiting = set[int](), [term]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if part.sort in (Sort.OBJECT, Sort.CALL, Sort.FUNCTION):
            yield part.sort, part.value
        if _holds(part):
            waiting += part.operands


def _holds(part: Term) -> bool:
    """Whether a value keeps what it was made of: an object of a class does, what is computed does not."""
    if part.sort is not Sort.CALL:
        return part.sort in (Sort.LIST, Sort.TABLE, Sort.ARGUMENT) or part.value in _CHOSEN
    return part.value in _HOLDERS or str(part.value).rpartition(".")[2][:1].isupper()
