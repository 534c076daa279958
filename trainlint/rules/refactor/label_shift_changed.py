"""The inputs and targets of two programs in, targets that are moved against the inputs otherwise out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.origins import computed
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span

_RUNTIME = "the model learns to predict another token than the next; the loss looks plausible"


@difference("TL633", "label-shift-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def label_shift_changed(comparison: Comparison) -> Iterator[Finding]:
    """The targets are moved against the inputs by another number of places."""
    for pair in comparison.pairs_of(Kind.LOSS):
        ignored = pair.difference("ignore_index")
        if ignored is not None and ignored.certain:
            yield _ignored(pair, ignored)
    for pair in (*comparison.pairs_of(Kind.FORWARD), *comparison.pairs_of(Kind.LOSS)):
        if _parts(pair.reference) == _parts(pair.candidate):
            continue
        before, after = _places(pair.reference), _places(pair.candidate)
        if before is not None and after is not None and before != after:
            yield Finding(
                _targets(comparison.candidate, pair.candidate),
                f"the targets begin {_told(after)} the inputs: in the reference {_told(before)} them",
                runtime=_RUNTIME,
                help="cut the targets out of the data where the reference does",
                reference=_targets(comparison.reference, pair.reference),
            )
            return
    yield from _cut_elsewhere(comparison)


def _cut_elsewhere(comparison: Comparison) -> Iterator[Finding]:
    """Targets whose cut begins elsewhere for certain, whatever the inputs are."""
    for pair in comparison.pairs_of(Kind.LOSS):
        found = pair.difference("target")
        if found is None or not found.certain or found.reference is None or found.candidate is None:
            continue
        windows = (filter(_is_window, term.walk()) for term in (found.reference, found.candidate))
        for one, other in zip(*windows, strict=False):
            before, after = spelled(one.operands[0]), spelled(other.operands[0])
            if one.operands[0] is not other.operands[0] and before != after:
                yield Finding(
                    _targets_of(comparison.candidate, found.candidate, pair.candidate),
                    f"the targets begin at `{after}`: in the reference at `{before}`",
                    runtime=_RUNTIME,
                    help="cut the targets out of the data where the reference does",
                    reference=_targets_of(comparison.reference, found.reference, pair.reference),
                )
                return


def _ignored(pair: Pair, found: Difference) -> Finding:
    now, before = spelled(found.candidate), spelled(found.reference)
    return Finding(
        pair.candidate.span,
        f"targets of the value `{now}` are left out of the loss: in the reference those of `{before}` are",
        runtime="the loss is a mean over other tokens: padding counts, or a real token does not",
        help=f"say `ignore_index={before}`, or mark what is left out with that value",
        reference=pair.reference.span,
    )


def _targets(program: Program, effect: Effect) -> Span:
    """Where the targets are cut out."""
    return _targets_of(program, _parts(effect)[1], effect)


def _targets_of(program: Program, targets: Term, effect: Effect) -> Span:
    return computed(program, targets, _is_window, effect.span)


def _parts(effect: Effect) -> list[Term]:
    return [term for name, term in effect.parts if name in ("0", "1", "input", "target", "idx", "targets")]


def _places(effect: Effect) -> frozenset[float] | None:
    """How many places the targets begin after the inputs; None where that cannot be told."""
    parts = _parts(effect)
    if len(parts) < 2 or not all(part.is_known for part in parts[:2]):
        return None
    inputs, targets = _starts(parts[0]), _starts(parts[1])
    if len(inputs) != 1 or len(targets) != 1:
        return None
    return frozenset((min(targets) - min(inputs),))


def _starts(term: Term) -> set[float]:
    """The places at which the windows of a value begin, besides what both sides may share."""
    return {_offset(part.operands[0]) for part in term.walk() if _is_window(part)}


def _is_window(term: Term) -> bool:
    """A slice that is cut out anew for each example: its bounds are drawn or run over the data."""
    if term.sort is not Sort.OPERATION or term.value != "slice":
        return False
    start, end = term.operands[:2]
    moving = any(part.sort in (Sort.CALL, Sort.COUNTER) or part.value == "item" for part in start.walk())
    return moving or (
        start.sort is Sort.CONSTANT and isinstance(start.value, int) and end.value in (None, -1)
    )


def _offset(start: Term) -> float:
    if start.sort is Sort.CONSTANT:
        return float(start.value) if isinstance(start.value, (int, float)) else 0.0
    constants = (part.value for part in start.operands if part.sort is Sort.CONSTANT)
    plain = start.sort is Sort.OPERATION and start.value == "+"
    return float(sum(value for value in constants if isinstance(value, (int, float)))) if plain else 0.0


def _told(places: frozenset[float]) -> str:
    number = int(min(places))
    return "with" if number == 0 else f"{number} after" if number > 0 else f"{-number} before"
