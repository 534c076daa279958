"""What two runs show of their passes in, the same with what enters and leaves them under the same paths out.

A tensor given by position in one program may be given by name in the other, an output may be a tuple or a
dictionary, and a loss may be computed in the network or behind it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from trainlint.facts.parity import Digest, Observation, Phase

#: A tensor of a pass: whether it enters or leaves, and the pass.
_TENSOR = re.compile(
    r"(?P<side>input|output)(?: (?P<path>\S+))? of (?P<of>(?:micro-step \d+|evaluation)\b.*)"
)

#: The pass of a tensor: its update and phase, whether it enters or leaves, and which it is.
Place = tuple[int, Phase, str, str]
Tensors = dict[Place, list[Observation]]
#: What becomes of an observation, by its identity; None where it is left out.
Changes = dict[int, Observation | None]


def aligned(
    reference: Iterable[Observation], candidate: Iterable[Observation]
) -> tuple[tuple[Observation, ...], tuple[Observation, ...]]:
    """The observations of both, those of the candidate under the reference's paths.

    A tensor that only one of them has counts for nothing where they have others of the pass in common: what
    it changes is seen in the loss and in the gradients.
    """
    ours, theirs = tuple(reference), tuple(candidate)
    changes: Changes = {}
    one, other = _tensors(ours), _tensors(theirs)
    for place in one.keys() & other.keys():
        if {entry.quantity for entry in one[place]} != {entry.quantity for entry in other[place]}:
            changes |= _align(one[place], other[place])
    return tuple(_changed(ours, changes)), tuple(_changed(theirs, changes))


def _align(ours: Sequence[Observation], theirs: Sequence[Observation]) -> Changes:
    pairs = list(_pairs(ours, theirs))
    if not pairs:
        return {}
    changes: Changes = {id(entry): replace(entry, optional=True) for entry in ours}
    changes |= {id(entry): None for entry in theirs}
    for one, other in pairs:
        changes[id(one)] = one
        changes[id(other)] = replace(other, quantity=one.quantity)
    return changes


def _pairs(
    ours: Sequence[Observation], theirs: Sequence[Observation]
) -> Iterator[tuple[Observation, Observation]]:
    """By what they hold, then by their shape; where several are alike, by path, then in order."""
    left, right = list(ours), list(theirs)
    keys: list[Callable[[Observation], Hashable]] = [
        lambda entry: (entry.quantity, _contents(entry)),
        _contents,
        lambda entry: (entry.quantity, _shape(entry)),
        _shape,
    ]
    for key in keys:
        waiting: dict[Hashable, list[Observation]] = defaultdict(list)
        for entry in right:
            waiting[key(entry)].append(entry)
        for entry in list(left):
            if waiting[key(entry)]:
                other = waiting[key(entry)].pop(0)
                left.remove(entry)
                right.remove(other)
                yield entry, other


def _contents(entry: Observation) -> Hashable:
    value = entry.value
    return (value.shape, value.dtype, value.crc) if isinstance(value, Digest) else value


def _shape(entry: Observation) -> Hashable:
    value = entry.value
    return (value.shape, value.dtype) if isinstance(value, Digest) else None


def _tensors(found: Iterable[Observation]) -> Tensors:
    held: Tensors = defaultdict(list)
    for entry in found:
        if matched := _TENSOR.fullmatch(entry.quantity):
            held[entry.step, entry.phase, matched["side"], matched["of"]].append(entry)
    return held


def _changed(found: Iterable[Observation], changes: Changes) -> Iterator[Observation]:
    for entry in found:
        other = changes.get(id(entry), entry)
        if other is not None:
            yield other
