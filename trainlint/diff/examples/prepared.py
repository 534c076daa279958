"""The functions that two programs map their data with in, what they make otherwise of an example out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from trainlint.diff.examples.blame import blamed, known
from trainlint.diff.examples.chains import Chain
from trainlint.diff.examples.evaluating import Outcome, Read, outcomes
from trainlint.diff.examples.stands import LETTERS, may_be
from trainlint.diff.examples.traces import Stand, Trace, key_of
from trainlint.facts.prepared import Prepared
from trainlint.facts.terms import Term
from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Span

#: Columns that collators and trainers make too.
_MADE_ELSEWHERE = {"labels", "attention_mask", "token_type_ids"}
Rows = tuple[Outcome, ...]


@record
class Examined:
    """What a program maps its data with, and what becomes of examples; `base` is what the data are."""

    chain: Chain
    rows: Rows
    base: Term


def prepared(
    reference: Sequence[tuple[Chain, Read]], candidate: Sequence[tuple[Chain, Read]]
) -> tuple[tuple[Prepared, ...], tuple[Unknown, ...]]:
    """What differs, and what cannot be told; each chain comes with what reads the symbols of its program."""
    wanted = tuple(sorted(_wanted((*reference, *candidate)))) if reference and candidate else ()
    mine, theirs = (
        [Examined(chain, outcomes(chain, term, wanted), term(chain.base)) for chain, term in side]
        for side in ((reference, candidate) if reference and candidate else ((), ()))
    )
    found, untold = list[Prepared](), list[Unknown]()
    for one in mine:
        other = _partner(one, theirs)
        if other is None:
            continue
        theirs.remove(other)
        doubt = _doubt(one, other)
        found += _differing(one, other) if doubt is None else ()
        if doubt is not None and _text(one) != _text(other):
            untold.append(Unknown(doubt, other.chain.span))
    return tuple(found), tuple(untold)


def _wanted(sides: Iterable[tuple[Chain, Read]]) -> set[str]:
    """The texts that either program asks its data for."""
    tried = (outcome for chain, term in sides for outcome in outcomes(chain, term, ()))
    return {text for outcome in tried for text in outcome.wanted}


def _doubt(one: Examined, other: Examined) -> str | None:
    """Why what two programs make of their data cannot be compared."""
    if _is_open(one.rows, other.rows):
        return "what it makes of the data cannot be told, so it is not compared"
    pairs = [pair for name in _shared(one, other) if (pair := _apart(one, other, name)) is not None]
    if any(_is_of_library(trace) for pair in pairs for trace in pair):
        return "a part of what it makes of the data only a library knows, so it is not compared"
    if any(_may_be(mine.value, theirs.value) for mine, theirs in pairs):
        return "what marks the beginning or the end of a text only a run knows, so it is not compared"
    if one.base is not other.base and _read(other.rows) - _read(one.rows):
        return "the data have other columns, so what it makes of them is not compared"
    return None


def _partner(one: Examined, others: Sequence[Examined]) -> Examined | None:
    """What has most columns in common, the first of those."""
    columns = _columns(one.rows)
    scored = [(len(columns & _columns(there.rows)), -index) for index, there in enumerate(others)]
    best = max(scored, default=(0, 0))
    return others[-best[1]] if best[0] or len(others) == 1 else None


def _columns(rows: Rows) -> set[str]:
    return {name for row in rows for name in row.columns}


def _read(rows: Rows) -> set[str]:
    return {name for row in rows for name in row.read}


def _is_open(mine: Rows, theirs: Rows) -> bool:
    """Whether nothing can be said: one side is not understood, or only one of them fails."""
    if any(row.trouble == "unclear" for row in (*mine, *theirs)):
        return True
    return [row.trouble for row in mine] != [row.trouble for row in theirs] or not _columns(mine)


def _text(one: Examined) -> list[str]:
    """The code of a chain, wherever it stands."""
    return [ast.unparse(step.code.node) for step in one.chain.steps]


def _differing(one: Examined, other: Examined) -> Iterator[Prepared]:
    mine, theirs = one.rows, other.rows
    last, new = mine[0].last, _columns(theirs) - _columns(mine) - _read(theirs)
    for name in _shared(one, other):
        found = _apart(one, other, name)
        if found is not None:
            yield _told(name, found, one.chain.span, other.chain.span)
    for name in sorted(last - _columns(theirs) - _MADE_ELSEWHERE) if not new else ():
        value = mine[0].columns.get(name)
        if value is not None:
            place = _place(value, one.chain.span)
            yield Prepared(name, shown(value.value), None, place, other.chain.span)


def _shared(one: Examined, other: Examined) -> list[str]:
    return sorted(_columns(one.rows) & _columns(other.rows))


def _apart(one: Examined, other: Examined, name: str) -> tuple[Trace, Trace] | None:
    """A column of the first example in which two programs make it otherwise."""
    pairs = (
        (here.columns[name], there.columns[name])
        for here, there in zip(one.rows, other.rows, strict=True)
        if name in here.columns and name in there.columns
    )
    return next((pair for pair in pairs if key_of(pair[0].value) != key_of(pair[1].value)), None)


def _place(trace: Trace, otherwise: Span) -> Span:
    return blamed(trace, known(Trace(None))) or otherwise


def _may_be(one: object, other: object) -> bool:
    texts = isinstance(one, str) and isinstance(other, str)
    return texts and (may_be(str(one), str(other)) or may_be(str(other), str(one)))


def _is_of_library(trace: Trace) -> bool:
    """Whether something stands in a value for what only a library knows."""
    return "Stand(" in repr(trace.value) and any(isinstance(part.value, Stand) for part in trace.walk())


def _told(name: str, pair: tuple[Trace, Trace], reference: Span, candidate: Span) -> Prepared:
    one, other = pair
    return Prepared(
        name,
        shown(one.value),
        shown(other.value),
        blamed(one, known(other)) or reference,
        blamed(other, known(one)) or candidate,
    )


def shown(value: object) -> str:
    """A value as a message shows it: tokens are letters."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ".join(map(_token, value))
    return repr(value)


def _token(value: object) -> str:
    is_letter = isinstance(value, int) and value >= LETTERS
    return chr(int(str(value)) - LETTERS) if is_letter else repr(value)
