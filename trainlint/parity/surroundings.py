"""Where two runs were made in, what of their numbers can be compared out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any

from trainlint.facts.parity import Digest, Observation, Phase

#: How much further than on the same machine numbers may be off on one of the same kind. With the margin it
#: stays below the least that a bug was measured to move them by.
ELSEWHERE = 5.0
#: Where one of these differs, random numbers or the precision of all numbers do.
_KINDS = ("device", "dtype")
#: What nothing is computed with.
_IDLE = ("python", "numpy")
#: Phases whose numbers are computed by the network and its optimizer.
_COMPUTED = (Phase.INIT, Phase.FORWARD, Phase.GRAD, Phase.GRADNORM, Phase.UPDATE, Phase.EVAL)
_FLOATS = ("torch.float", "torch.bfloat", "torch.complex")


class Likeness(Enum):
    """How alike the places are that two runs were made in."""

    SAME = "numbers are compared with the tolerance that was measured"
    NEAR = "numbers are compared with 5 times the tolerance that was measured"
    FAR = "computed numbers are not compared, but counts, shapes, types, options, learning rates and integers"


def likeness(one: Mapping[str, Any], other: Mapping[str, Any]) -> Likeness:
    """What can be held against each other of two runs."""
    changed = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
    if any(name in changed for name in _KINDS):
        return Likeness.FAR
    return Likeness.NEAR if any(name not in _IDLE for name in changed) else Likeness.SAME


def told(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterable[str]:
    """What differs between the two places, one by one, and what follows."""
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) != other.get(name):
            yield f"recorded with {name} {one.get(name, 'unknown')}, run with {other.get(name, 'unknown')}"
    found = likeness(one, other)
    if found is not Likeness.SAME:
        yield f"therefore {found.value}"


def derivable(entries: Sequence[Observation]) -> tuple[Observation, ...]:
    """What must be the same wherever a program runs: of computed tensors the shapes and types."""
    found = []
    for entry in entries:
        if isinstance(entry.value, Digest):
            if entry.value.dtype.startswith(_FLOATS):
                shape = "x".join(map(str, entry.value.shape)) or "scalar"
                entry = replace(entry, value=f"{entry.value.dtype.removeprefix('torch.')} {shape}")
        elif isinstance(entry.value, float) and entry.phase in _COMPUTED:
            continue
        found.append(entry)
    return tuple(found)
