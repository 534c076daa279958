"""What two programs train and evaluate on in, splits that were cut otherwise or changed places out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.constants import set_to
from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Kind, Program
from trainlint.facts.splits import splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.facts.uses import all_parts, typed
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.data_parts import drawn, evaluated, loaded, trained
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span

_RUNTIME = "losses of the two programs are of other data; what was held back may be trained on"
_CUT = ("lengths", "test_size", "train_size", "generator", "seed", "random_state", "indices", "split")


@difference("TL631", "data-split-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def data_split_changed(comparison: Comparison) -> Iterator[Finding]:
    """The data are cut into other splits, or another split is trained on."""
    before, after = _shares(comparison.reference), _shares(comparison.candidate)
    if before and after and not (before.keys() & after.keys()):
        yield _finding(
            _written(comparison.candidate, *after.values()),
            _written(comparison.reference, *before.values()),
            ("the share", " and ".join(sorted(before)), " and ".join(sorted(after))),
        )
    for pair in comparison.pairs_of(Kind.SPLIT, Kind.DATA):
        for found in pair.differences:
            if (found.certain or _is_unseeded(found)) and _is_cut(pair, found):
                told = f"`{found.part}`", spelled(found.reference), spelled(found.candidate)
                value = [typed(found.candidate.value)] if found.candidate is not None else []
                place = set_to(comparison.candidate.modules, found.part, value) if value else None
                yield _finding(place or pair.candidate.span, pair.reference.span, told)
    swapped = list(_swapped(comparison))
    parts = (*loaded(comparison), *drawn(comparison))
    yield from swapped
    for told_of in parts if swapped else (*parts, *trained(comparison), *evaluated(comparison)):
        yield _finding(*told_of)


def _swapped(comparison: Comparison) -> Iterator[Finding]:
    """The first loader that takes another of the parts that the data are cut into."""
    for pair in comparison.pairs_of(Kind.LOADER):
        found = pair.difference("dataset")
        if found is None or found.reference is None or found.candidate is None or not _is_swapped(found):
            continue
        told = "what is loaded first", _piece(found.reference), _piece(found.candidate)
        places = (
            _written(comparison.candidate, found.candidate),
            _written(comparison.reference, found.reference),
        )
        yield _finding(*places, told)
        return


def _piece(term: Term) -> str:
    """Which of the parts a data set is."""
    is_item = term.sort is Sort.OPERATION and term.value == "[]"
    return f"part {spelled(term.operands[1])} of what is cut" if is_item else spelled(term)


def _is_unseeded(found: Difference) -> bool:
    """Whether a generator with a seed of its own is given on one side alone."""
    given = [
        term for term in (found.reference, found.candidate) if term is not None and term.value is not None
    ]
    return found.part == "generator" and len(given) == 1


def _is_cut(pair: Pair, found: Difference) -> bool:
    """Whether it decides what comes into which split."""
    return found.part in _CUT or (pair.reference.kind is Kind.SPLIT and found.part.isdigit())


def _is_swapped(found: Difference) -> bool:
    """Whether a loader takes another part of the same data: another item of what cut them."""
    one, other = found.reference, found.candidate
    if one is None or other is None or not found.certain:
        return False
    items = all(term.sort is Sort.OPERATION and term.value == "[]" for term in (one, other))
    return (items and one.operands[1] is not other.operands[1]) or splits_of(one) != splits_of(other)


def _shares(program: Program) -> dict[str, Term]:
    """The shares of a length at which sequences are cut: `int(0.9 * len(data))`."""
    found: dict[str, Term] = {}
    for term in all_parts(program):
        if term.sort is Sort.OPERATION and term.value == "*" and any(map(_is_length, term.operands)):
            found |= {typed(part.value): term for part in term.operands if _is_share(part)}
    return found


def _is_length(term: Term) -> bool:
    return term.sort is Sort.OPERATION and term.value == "len"


def _is_share(term: Term) -> bool:
    return term.sort is Sort.CONSTANT and isinstance(term.value, float) and 0.0 < term.value < 1.0


def _written(program: Program, *terms: Term) -> Span:
    """Where the least that holds one of some values is given to a variable."""
    holding = [
        (sum(1 for _ in known.walk()), spans[0])
        for known, spans in program.written.items()
        if spans and any(part in terms for part in known.walk())
    ]
    return min(holding, key=lambda entry: entry[0])[1] if holding else program.start


def _finding(place: Span, reference: Span, told: tuple[str, str, str]) -> Finding:
    what, before, after = told
    return Finding(
        place,
        f"the data are split otherwise: {what} is `{after}`, in the reference `{before}`",
        runtime=_RUNTIME,
        help=f"split the data as the reference does, with `{before}`",
        reference=reference,
    )
