"""The parameters of two networks in, which of one is which of the other out.

Refactors rename and reorder; what a parameter holds before the first update says more than what it is called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence

from trainlint.facts.parity import Digest
from trainlint.record import record

#: What wrappers put before a name.
_WRAPPERS = ("module.", "_orig_mod.", "_fsdp_wrapped_module.")


@record
class Parameter:
    """A parameter before the first update: its place in the trace, its name, what it holds."""

    place: int
    name: str
    digest: Digest
    trainable: bool


@record
class Matching:
    """Pairs of places in both traces, and the names of what answers to nothing on the other side."""

    pairs: tuple[tuple[Parameter, Parameter], ...]
    unmatched: tuple[tuple[str, str], ...]

    @property
    def names(self) -> dict[int, str]:
        """What the candidate's parameters are called in the reference, by their place."""
        return {other.place: plain(one.name) or str(one.place) for one, other in self.pairs}


def match(reference: Sequence[Parameter], candidate: Sequence[Parameter]) -> Matching:
    """By contents, by name, then by order among those of the same shape."""
    pairs: list[tuple[Parameter, Parameter]] = []
    ours, theirs = list(reference), list(candidate)
    keys: list[Callable[[Parameter], Hashable]] = [
        lambda entry: (plain(entry.name), entry.digest.shape, entry.digest.crc),
        lambda entry: (entry.digest.shape, entry.digest.crc),
        lambda entry: (plain(entry.name), entry.digest.shape),
    ]
    for key in keys:
        found = _by(key, ours, theirs)
        pairs += found
        ours, theirs = _left(ours, (one for one, _ in found)), _left(theirs, (other for _, other in found))
    for shape in dict.fromkeys(entry.digest.shape for entry in ours):
        same = [entry for entry in ours if entry.digest.shape == shape]
        other = [entry for entry in theirs if entry.digest.shape == shape]
        # Without a name and equal contents only the order is left; it says nothing if some are missing.
        if len(same) == len(other):
            pairs += zip(same, other, strict=True)
    matched_ours = {one.place for one, _ in pairs}
    matched_theirs = {other.place for _, other in pairs}
    unmatched = [("reference", entry.name) for entry in reference if entry.place not in matched_ours]
    unmatched += [("candidate", entry.name) for entry in candidate if entry.place not in matched_theirs]
    return Matching(tuple(sorted(pairs, key=lambda pair: pair[0].place)), tuple(unmatched))


def plain(name: str) -> str:
    """A parameter's name without what wrappers put before it."""
    for wrapper in _WRAPPERS:
        name = name.removeprefix(wrapper)
    return name


def _by(
    key: Callable[[Parameter], Hashable], reference: Sequence[Parameter], candidate: Sequence[Parameter]
) -> list[tuple[Parameter, Parameter]]:
    """Those whose key stands once on each side."""
    ours, theirs = Counter(map(key, reference)), Counter(map(key, candidate))
    places = {key(entry): entry for entry in candidate}
    return [
        (entry, places[key(entry)])
        for entry in reference
        if ours[key(entry)] == 1 and theirs[key(entry)] == 1
    ]


def _left(entries: Iterable[Parameter], taken: Iterable[Parameter]) -> list[Parameter]:
    gone = {entry.place for entry in taken}
    return [entry for entry in entries if entry.place not in gone]
