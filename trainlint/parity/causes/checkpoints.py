"""Files of weights that differ in, what is missing from them or from when they are out."""

from __future__ import annotations

from trainlint.facts.parity import Divergence, Phase
from trainlint.parity.causes.evidence import Evidence

_KEYS = "keys of "


def keys(entry: Divergence, evidence: Evidence) -> str:
    """A file that one side alone writes, or keys that one side alone writes into it."""
    ours, theirs = evidence.values(entry)
    if not entry.quantity.startswith(_KEYS):
        return ""
    if ours is None or theirs is None:
        return f"only the {'reference' if theirs is None else 'candidate'} writes this file after this update"
    one, other = (set(str(value).split(", ")) for value in (ours, theirs))
    lost, added = ", ".join(sorted(one - other)), ", ".join(sorted(other - one))
    said = [f"the candidate does not save {lost}"] if lost else []
    return "; ".join([*said, *([f"the reference does not save {added}"] if added else [])])


def earlier(entry: Divergence, evidence: Evidence) -> str:
    """The weights that are saved are those of another update."""
    pair = evidence.tensors(entry)
    if pair is None:
        return ""
    name, _, _ = entry.quantity.rpartition(" in ")
    for weight, series in evidence.candidate.phases.get(Phase.UPDATE, {}).items():
        if name == weight or name.endswith(f".{weight}"):
            for step, value in series.items():
                if step < entry.step and getattr(value, "crc", None) == pair[1].crc:
                    return f"the weights are those of update {step + 1}, saved after update {entry.step + 1}"
    return ""
