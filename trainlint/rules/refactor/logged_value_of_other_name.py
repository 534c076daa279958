"""Logged values of two programs in, those that are shown under the name of another value out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.splits import split_words, splits_of, without_splits
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.evaluations import splits
from trainlint.rules.refactor.spelling import listed
from trainlint.rules.refactor.tables import other_columns


@difference("TL602", "logged-value-of-other-name", severity=Severity.ERROR, harm=Harm.REPORTS)
def logged_value_of_other_name(comparison: Comparison) -> Iterator[Finding]:
    """A value is logged under the name of another."""
    yield from other_columns(comparison)
    logged = comparison.pairs_of(Kind.LOG)
    measured = {split for effect in comparison.candidate.of(Kind.EVALUATION) for split in splits(effect)}
    for pair in logged:
        shown = _shown(pair, logged, measured)
        if shown is not None:
            label = pair.candidate.name
            yield Finding(
                pair.candidate.span,
                f"what is logged as `{label}` is {shown}: the reference logs "
                f"{_described(pair.reference)} under that name",
                runtime=f"every `{label}` in the log of a run is another value than its name says",
                help=f"log under `{label}` what the reference logs under it",
                reference=pair.reference.span,
            )


def _shown(pair: Pair, logged: Iterable[Pair], measured: set[str]) -> str | None:
    """What the candidate shows under a name that stands for another value; None where it is right."""
    found = pair.difference("value")
    if found is None or found.reference is None or found.candidate is None:
        return None
    twin = next((other for other in logged if _is_twin(pair, other, measured)), None)
    if twin is not None:
        return f"the same value as `{twin.candidate.name}`"
    mine, theirs = splits_of(found.reference), splits_of(found.candidate)
    if found.certain and mine and theirs and not mine & theirs:
        return f"a value of {listed(sorted(theirs))}"
    return next((f"`{other.reference.name}`" for other in logged if _is_swapped(pair, other)), None)


def _is_twin(pair: Pair, other: Pair, measured: set[str]) -> bool:
    """Whether the candidate shows one value under the names of two splits, and this is not its own."""
    name, twin = pair.candidate.name, other.candidate.name
    if split_words(name) == split_words(twin) or without_splits(name) != without_splits(twin):
        return False
    mine, theirs = split_words(name), split_words(twin)
    if not mine or not theirs or mine & measured or not theirs & measured:
        return False
    value = pair.candidate.part("value")
    same = value is other.candidate.part("value") and value is not None and not _is_text(value)
    return same and _value(pair.reference) is not _value(other.reference)


def _is_text(value: Term) -> bool:
    """Whether it is a word that is shown, or one of several."""
    if value.sort is Sort.OPERATION and value.value == "if":
        return all(map(_is_text, value.operands[1:]))
    return value.sort is Sort.CONSTANT and isinstance(value.value, str)


def _is_swapped(pair: Pair, other: Pair) -> bool:
    """Whether the candidate shows what the reference shows under another name."""
    found = pair.difference("value")
    if other is pair or other.reference.name == pair.reference.name or not other.reference.name:
        return False
    if found is None or not found.certain or found.candidate is None or not pair.reference.name:
        return False
    if found.candidate.sort in (Sort.CONSTANT, Sort.COUNTER):
        # Two counters may be at the same number at times.
        return False
    return found.candidate is _value(other.reference) and found.reference is not found.candidate


def _value(effect: Effect) -> object:
    return effect.part("value")


def _described(effect: Effect) -> str:
    value = effect.part("value")
    found = splits_of(value) if value is not None else frozenset[str]()
    return f"a value of {listed(sorted(found))}" if found else "another value"
