"""Rows that two programs write to tables in, columns that hold another value in the candidate out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.splits import splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding
from trainlint.rules.refactor.spelling import listed
from trainlint.source import Span


def other_columns(comparison: Comparison) -> Iterator[Finding]:
    """The first column of each row that holds what stands in another one in the reference."""
    told = set[Span]()
    for pair in comparison.pairs_of(Kind.FILE):
        mine, theirs = _row(pair.reference), _row(pair.candidate)
        found = _moved(mine, theirs)
        place = _written_at(pair.candidate, comparison.candidate)
        if found is None or place in told:
            continue
        told.add(place)
        yield _finding(pair, place, _name(found, mine, comparison.reference), comparison)


def _row(effect: Effect) -> tuple[Term, ...]:
    """The values of a row that is written out."""
    given = effect.part("0")
    is_row = effect.name == "writerow" and given is not None and given.sort is Sort.LIST
    return given.operands if is_row and given is not None else ()


def _moved(mine: tuple[Term, ...], theirs: tuple[Term, ...]) -> int | None:
    """The first column whose value is that of another column; None where there is none."""
    for index, (one, other) in enumerate(zip(mine, theirs, strict=False)):
        if one is other or other.sort is Sort.CONSTANT:
            continue
        elsewhere = any(other is value for place, value in enumerate(mine) if place != index)
        before, after = splits_of(one), splits_of(other)
        if elsewhere or (before and after and not before & after):
            return index
    return None


def _name(index: int, row: tuple[Term, ...], program: Program) -> str:
    """What a column is called by the first row of the table; else its number."""
    for effect in program.of(Kind.FILE):
        names = _row(effect)
        if len(names) == len(row) and all(isinstance(name.value, str) for name in names):
            return f"`{names[index].value}`"
    return f"column {index + 1}"


def _written_at(effect: Effect, program: Program) -> Span:
    """Where the row is put together: the call that hands it over, else the one that writes it."""
    row = effect.part("0")
    handed = (
        call.span
        for call in program.of(Kind.CALL)
        if row is not None and call.span in effect.calls
        if any(_is_same(term, row) for _, term in call.parts)
    )
    return next(handed, effect.span)


def _is_same(given: Term, row: Term) -> bool:
    """Whether it is the row; of scripts that were merged the row is what is left for one of them."""
    return given is row or (given.sort is Sort.LIST is row.sort and len(given.operands) == len(row.operands))


def _finding(pair: Pair, place: Span, column: str, comparison: Comparison) -> Finding:
    mine, theirs = _row(pair.reference), _row(pair.candidate)
    after = splits_of(theirs[_moved(mine, theirs) or 0])
    what = f"a value of {listed(sorted(after))}" if after else "the value of another column"
    return Finding(
        place,
        f"{column} of this table holds {what}, other than in the reference",
        runtime=f"{column} in the table of a run is not what its name says",
        help="write the columns in the order of the reference",
        reference=_written_at(pair.reference, comparison.reference),
    )
