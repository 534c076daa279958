"""Two programs in, where one of them trains or evaluates on another part of the same data out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.comparison import Comparison, Difference
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.splits import splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.rules.refactor.evaluations import asked_at, chosen_at
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span

#: The place in the candidate, that in the reference, and what differs: its name, before, after.
Told = tuple[Span, Span, tuple[str, str, str]]

#: The end of a sequence that a slice with (or without) a lower bound is.
_ENDS = {False: "the first part", True: "the last part"}
#: What loads things by their names.
LOADING = (Kind.DATA, Kind.TOKENIZER, Kind.MODEL)


def names_other_split(found: Difference) -> bool:
    """Whether what is loaded is the same but for the split that its name holds."""
    mine, theirs = found.inner or (found.reference, found.candidate)
    if mine is None or theirs is None or not found.certain:
        return False
    before, after = splits_of(mine), splits_of(theirs)
    return bool(before and after and before != after)


def is_elsewhere(found: Difference, comparison: Comparison) -> bool:
    """Whether each program loads what the other does, at another place."""
    ours, theirs = (
        {id(part) for effect in side.of(*LOADING) for _, term in effect.parts for part in term.walk()}
        for side in (comparison.reference, comparison.candidate)
    )
    return id(found.candidate) in ours and id(found.reference) in theirs


def loaded(comparison: Comparison) -> Iterator[Told]:
    """A file or data set of another split, once for each place that asks for one."""
    told = set[Span]()
    other_splits = any(pair.difference("splits") for pair in comparison.pairs_of(Kind.EVALUATION))
    for pair in comparison.pairs_of(Kind.DATA):
        if other_splits and pair.candidate.within:
            # Which splits an evaluation goes through is told of there.
            continue
        place = chosen_at(pair.candidate, comparison.candidate)
        for found in pair.differences:
            if found.part == "split" or not names_other_split(found) or place in told:
                continue
            if is_elsewhere(found, comparison):
                continue
            told.add(place)
            mine, theirs = found.inner or (found.reference, found.candidate)
            there = chosen_at(pair.reference, comparison.reference)
            yield place, there, ("what is loaded", spelled(mine), spelled(theirs))


def drawn(comparison: Comparison) -> Iterator[Told]:
    """Samples that are drawn from another share of the data."""
    for pair in comparison.pairs_of(Kind.DRAW):
        found = pair.difference("0")
        if found is not None and found.certain and _of_length(found.reference):
            there, here = spelled(found.reference), spelled(found.candidate)
            yield pair.candidate.span, pair.reference.span, ("the range that is drawn from", there, here)
            return


def _of_length(term: Term | None) -> bool:
    return term is not None and any(part.value == "len" for part in term.walk())


def evaluated(comparison: Comparison) -> Iterator[Told]:
    """An evaluation on another of the parts that the data were cut into."""
    for pair in comparison.pairs_of(Kind.EVALUATION):
        before, after = _pieces(pair.reference), _pieces(pair.candidate)
        if before and after and not before & after:
            place = asked_at(pair.candidate, comparison.candidate)
            there = asked_at(pair.reference, comparison.reference)
            yield place, there, ("the part that is evaluated", _which(before), _which(after))
            return


def _which(pieces: set[object]) -> str:
    return " and ".join(sorted(map(str, pieces)))


def _pieces(effect: Effect) -> set[object]:
    """Which items of what cuts data an effect has to do with."""
    return {piece for key, term in effect.parts if key != "model" for piece in pieces_of(term)}


def pieces_of(term: Term) -> set[object]:
    """Which items of what cuts data a value has to do with."""
    return {
        part.operands[1].value
        for part in term.walk()
        if part.sort is Sort.OPERATION and part.value == "[]" and "split" in str(part.operands[0].value)
    }


def trained(comparison: Comparison) -> Iterator[Told]:
    """Training on the other end of data that are cut at a share of their length, or on all of them."""
    for pair in comparison.pairs_of(Kind.FORWARD):
        before, after = _ends(pair.reference), _ends(pair.candidate)
        if len(before) != 1 or before == after:
            continue
        there = _cut_at(comparison.reference, before)
        here = _cut_at(comparison.candidate, after) or _cut_at(comparison.candidate, {*_ENDS.values()})
        known = all(term.is_known for _, term in pair.candidate.parts)
        if known and there is not None and here is not None:
            yield here, there, ("what is trained on", _listed(before), _listed(after))
            return


def _listed(ends: set[str]) -> str:
    return " and ".join(sorted(ends)) or "all of it"


def _ends(effect: Effect) -> set[str]:
    """Which ends of cut data go into a network."""
    given = (term for key, term in effect.parts if key != "model")
    return {end for term in given for part in term.walk() if (end := _end(part)) is not None}


def _end(part: Term) -> str | None:
    """Which end of a sequence is taken by `items[:border]` or `items[border:]`, at a share of its length."""
    if part.sort is not Sort.OPERATION or part.value != "[]" or part.operands[1].value != "slice":
        return None
    lower, upper = (bound.sort is not Sort.CONSTANT for bound in part.operands[1].operands[:2])
    is_cut = any(map(_is_share, part.operands[1].walk()))
    return _ENDS[lower] if is_cut and lower is not upper else None


def _is_share(part: Term) -> bool:
    """`0.9 * len(items)`, `len(items) // 10`."""
    if part.sort is not Sort.OPERATION or part.value not in ("*", "//"):
        return False
    factors = [term for term in part.operands if term.value != "len"]
    whole = part.value == "*" and all(isinstance(term.value, int) for term in factors)
    return len(factors) < len(part.operands) and not whole


def _cut_at(program: Program, ends: set[str]) -> Span | None:
    """Where a program takes such an end."""
    places = (span for term, span in program.computed.items() if _end(term) in ends)
    return next(places, None)
