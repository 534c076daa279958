"""Numbers that programs print or log and that differ in, what the candidate's is in the reference out."""

from __future__ import annotations

from trainlint.facts.parity import Divergence, Phase
from trainlint.parity.causes.evidence import Evidence
from trainlint.parity.causes.ratios import counts, is_near, ratio, size

#: Numbers that stand for many things.
_COMMON = {0.0, 1.0, 100.0}


def other_name(entry: Divergence, evidence: Evidence) -> str:
    """The number is one that the reference tells under another name."""
    pair = evidence.numbers(entry)
    if pair is None or pair[1] in _COMMON:
        return ""
    where = entry.quantity.partition(" ")[0]
    others = {
        name.removeprefix(f"{where} ")
        for phase in Phase
        for name, value in evidence.reference.at(entry.step, phase)
        if name.startswith(f"{where} ") and name != entry.quantity and value == pair[1]
    }
    return f"it is what the reference tells as `{others.pop()}`" if len(others) == 1 else ""


def scaled(entry: Divergence, evidence: Evidence) -> str:
    """The number is a plain multiple of the reference's."""
    pair = evidence.numbers(entry)
    value = None if pair is None else ratio(*pair)
    if value is None or value <= 0:
        return ""
    times = value if value > 1 else 1 / value
    if not is_near(round(times), times):
        return ""
    # Before the first update nothing has been counted yet.
    known = counts(evidence, max(entry.step, 0))
    said = " and ".join(text.format(count) for count, text in known if is_near(count, times))
    return f"it is {size(value)}{f', and {said}' if said else ''}"
