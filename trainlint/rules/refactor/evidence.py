"""The name of a setting in, what shows that the candidate does not use it, or under which other name, out."""

from __future__ import annotations

from dataclasses import replace

from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term
from trainlint.facts.uses import mentioned, terms_of, typed
from trainlint.rules.refactor.one_path import is_one_path
from trainlint.source import Span

#: What is built or called with plain values.
BUILT = (
    *(Kind.OPTIMIZER, Kind.TRAINER, Kind.LOADER, Kind.SCHEDULER, Kind.MODEL, Kind.LOSS, Kind.SCALER),
    *(Kind.AVERAGE, Kind.SETUP, Kind.ATTRIBUTE, Kind.SAMPLE, Kind.FREEZE),
)
#: What rules of their own tell of.
OTHERS = {
    "condition",
    "loops",
    "turns",
    "times",
    "order",
    "shuffle",
    "sampler",
    "seed",
    "object",
    "generator",
}
#: What says what is loaded, of which another rule tells.
_SOURCE = ("0", "pretrained_model_name_or_path")
#: What a value is not plain with.
_MADE = (Sort.CALL, Sort.OBJECT, Sort.FUNCTION, Sort.UNKNOWN, Sort.CARRIED, Sort.COUNTER)


def drifts(pair: Pair) -> tuple[Difference, ...]:
    """The plain values that differ for certain between what two programs build or call."""
    if pair.reference.kind not in BUILT:
        return ()
    return tuple(
        found
        for found in map(_innermost if pair.reference.kind is Kind.SAMPLE else _itself, pair.differences)
        if found.certain and found.part not in OTHERS and not found.part.startswith("within")
        if is_plain(found.reference) and is_plain(found.candidate)
        if not _same_at_default(found.reference, found.candidate)
        if not (pair.reference.name.endswith(".from_pretrained") and found.part in _SOURCE)
        if not is_one_path(found)
    )


def _itself(found: Difference) -> Difference:
    return found


def _innermost(found: Difference) -> Difference:
    """The texts or numbers from which a difference comes: those of a prompt stand in what is made of it."""
    if found.inner is None or not all(map(is_plain, found.inner)):
        return found
    return replace(found, reference=found.inner[0], candidate=found.inner[1])


def is_plain(term: Term | None) -> bool:
    """Whether a value is nothing, or worked out from constants and settings alone."""
    return term is None or all(part.sort not in _MADE for part in term.walk())


def _same_at_default(one: Term | None, other: Term | None) -> bool:
    """Whether two plain values are written alike where nobody sets anything."""
    numbers: dict[object, int] = {}
    known: dict[Term, int] = {}
    return _number(one, numbers, known) == _number(other, numbers, known)


def _number(term: Term | None, numbers: dict[object, int], known: dict[Term, int]) -> int:
    """One number for all that is written alike; each part is looked at once."""
    if term is None:
        return -1
    if term in known:
        return known[term]
    if term.sort in (Sort.OPTION, Sort.ENVIRONMENT):
        found = _number(term.operands[0], numbers, known)
    else:
        value = typed(term.value) if term.sort is Sort.CONSTANT else term.value
        parts = tuple(_number(part, numbers, known) for part in term.operands)
        found = numbers.setdefault((term.sort, value, parts), len(numbers))
    known[term] = found
    return found


def evidence(comparison: Comparison, name: str) -> Pair | None:
    """What depends on a setting in the reference and not in the candidate, where that is known in full.

    What differs in value comes first, then what is nearest to the setting.
    """
    shown = [pair for pair in comparison.pairs if _depends(pair.reference, name)]
    lost = [pair for pair in shown if _is_known(pair.candidate) and not _depends(pair.candidate, name)]
    differing = [pair for pair in lost if any(entry.certain for entry in pair.differences)]
    return next(iter(differing or lost), None)


def other_name(comparison: Comparison, name: str, known: frozenset[str]) -> str | None:
    """What a setting is called in the candidate: a name that only it has stands where this one stood."""
    for pair in comparison.pairs:
        for key, term in pair.reference.parts:
            there = mentioned(pair.candidate.part(key))
            if name in mentioned(term) and name not in there and there - known:
                return min(there - known)
    return None


def fixed_at(comparison: Comparison, name: str) -> Span | None:
    """Where the candidate computes with the default of a setting what the reference computes with it."""
    wanted = {
        _with_defaults(term, name) for term in comparison.reference.computed if _has(term.operands, name)
    }
    places = [
        span
        for term, span in comparison.candidate.computed.items()
        if term not in comparison.reference.computed and _shape(term) in wanted
    ]
    return places[0] if len(places) == 1 else None


def _has(terms: tuple[Term, ...], name: str) -> bool:
    return any(term.sort in (Sort.OPTION, Sort.ENVIRONMENT) and term.value == name for term in terms)


def _with_defaults(term: Term, name: str) -> object:
    plain = tuple(part.operands[0] if _has((part,), name) else part for part in term.operands)
    return _shape(term, plain)


def _shape(term: Term, operands: tuple[Term, ...] = ()) -> object:
    """An operation with its constants; of what else it works on only how much there is."""
    parts = operands or term.operands
    values = tuple(sorted(typed(part.value) for part in parts if part.sort is Sort.CONSTANT))
    return term.sort, str(term.value), len(parts), values


def _depends(effect: Effect, name: str) -> bool:
    return any(name in mentioned(term) for term in terms_of(effect))


def _is_known(effect: Effect) -> bool:
    terms: tuple[Term, ...] = tuple(terms_of(effect))
    return all(term.is_known for term in terms)
