"""Checkpoints of two programs in, the keys that the candidate leaves out or fills with another number out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Kind
from trainlint.facts.terms import Sort
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.checkpoints import keys, saved_under, set_at
from trainlint.rules.refactor.saving import left_out, written_otherwise

_KEY = "key "


@difference("TL636", "checkpoint-keys-changed", severity=Severity.WARNING, harm=Harm.RESULTS)
def checkpoint_keys_changed(comparison: Comparison) -> Iterator[Finding]:
    """The candidate's checkpoint lacks something that the reference's has, or is written at other steps."""
    seen = set[str]()
    recounted = any(pair.difference("turns") for pair in comparison.pairs_of(Kind.STEP))
    yield from written_otherwise(comparison)
    for pair in comparison.pairs_of(Kind.SAVE):
        for found in pair.differences:
            key = found.part.removeprefix(_KEY)
            if not found.part.startswith(_KEY) or key in seen:
                continue
            inner = left_out(found, comparison)
            if inner is not None:
                seen.add(key)
                yield inner
            elif not found.certain:
                continue
            elif _is_lost(key, found, pair, comparison):
                seen.add(key)
                yield _lost(key, pair, comparison)
            elif found.candidate is not None and _is_counted(found) and not recounted:
                seen.add(key)
                yield _moved(key, found, pair, comparison)


def _is_lost(key: str, found: Difference, pair: Pair, comparison: Comparison) -> bool:
    """Whether nothing that the candidate saves has the key; a table that is not written out may have it."""
    if found.reference is None or found.candidate is not None:
        return False
    others = keys(pair.candidate)
    return (
        bool(others)
        and pair.candidate.part("open") is None
        and not any(saved_under(key, comparison.candidate))
    )


def _is_counted(found: Difference) -> bool:
    """Whether a key holds a number of steps on both sides."""
    sides = found.reference, found.candidate
    return all(side is not None and side.sort is Sort.COUNTER for side in sides)


def _lost(key: str, pair: Pair, comparison: Comparison) -> Finding:
    new = [name for name in keys(pair.candidate) if name not in keys(pair.reference)]
    other = next(
        (name for name in new if pair.candidate.part(_KEY + name) is pair.reference.part(_KEY + key)), None
    )
    if other is None and len(new) == 1 and len(keys(pair.candidate)) == len(keys(pair.reference)):
        other = new[0]
    named = f": the candidate saves it as `{other}`" if other else ""
    read = [effect for effect in comparison.candidate.of(Kind.RESTORE) if effect.name == key]
    return Finding(
        set_at(other, pair.candidate, comparison.candidate) if other else pair.candidate.span,
        f"the checkpoint has no `{key}` any more{named}",
        severity=Severity.ERROR if read else Severity.WARNING,
        runtime=f"KeyError: '{key}' where a run goes on from this checkpoint"
        if read
        else f"what reads `{key}` from checkpoints fails on those of this program",
        help=f"save `{key}` as the reference does",
        reference=set_at(key, pair.reference, comparison.reference),
    )


def _moved(key: str, found: Difference, pair: Pair, comparison: Comparison) -> Finding:
    return Finding(
        set_at(key, pair.candidate, comparison.candidate),
        f"`{key}` of the checkpoint is another number than in the reference",
        severity=Severity.ERROR,
        runtime=f"a run that goes on from it starts at another step ({found.where})"
        if found.where
        else "a run that goes on from it starts at another step",
        help=f"save under `{key}` what the reference saves",
        reference=set_at(key, pair.reference, comparison.reference),
    )
