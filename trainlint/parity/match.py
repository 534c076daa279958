"""The parameters of two networks in, which of one make the same whole as which of the other out.

Refactors rename, reorder, split and fuse; what a parameter holds before the first update says more than what
it is called.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher

from trainlint.facts.parity import Digest
from trainlint.parity.distance import distance
from trainlint.parity.fused import fused_by_contents, fused_by_name, refined, turned_by_name
from trainlint.parity.links import Link, Matching, Open, Parameter, by_place, linked
from trainlint.parity.pieces import turned_shape

#: How far first gradients may be apart that belong to the same parameter, and how much nearer than the next.
_NEAR, _NEARER = 1e-3, 10.0
#: How much names and gradients must be alike (3 is all) where some answer to nothing.
_ALIKE = 1.6

Finder = Callable[[Open], Iterator[Link]]


def match(
    reference: Sequence[Parameter], candidate: Sequence[Parameter], given: Sequence[Link] = ()
) -> Matching:
    """What is given, then by contents, by name, by what it belongs to, by gradient, and by order at last."""
    state = Open(tuple(reference), tuple(candidate)).with_links(given)
    ours, theirs = by_place(reference), by_place(candidate)
    for find in _FINDERS:
        state = state.with_links(find(state))
        state = state.with_links(_beside(state, list(ours.values()), list(theirs.values())))
    links = refined(state.links, ours, theirs)
    copies = [*_copies("reference", state.ours, reference), *_copies("candidate", state.theirs, candidate)]
    return Matching(tuple(sorted(links, key=lambda link: link.reference.parts)), tuple(copies))


def _copies(side: str, left: Sequence[Parameter], every: Sequence[Parameter]) -> Iterator[tuple[str, str]]:
    """What is left, and of what else it starts as a copy: where the other program ties the two."""
    for entry in left:
        same = [
            other for other in every if other.place != entry.place and _contents(other) == _contents(entry)
        ]
        told = ""
        if same and not entry.is_constant:
            told = f" (begins as a copy of {same[0].plain}: is it tied on the other side?)"
        yield side, entry.plain + told


def _contents(entry: Parameter) -> Hashable:
    return entry.shape, entry.digest.crc


def _names(entry: Parameter) -> Hashable:
    return entry.plain, entry.shape


def _by(
    key: Callable[[Parameter], Hashable], ours: Sequence[Parameter], theirs: Sequence[Parameter]
) -> Iterator[Link]:
    """Those whose key stands once on each side."""
    many, others = Counter(map(key, ours)), Counter(map(key, theirs))
    places = {key(entry): entry for entry in theirs}
    for entry in ours:
        if many[key(entry)] == 1 and others[key(entry)] == 1:
            yield linked([entry], [places[key(entry)]])


def _same_names(state: Open) -> Iterator[Link]:
    """All of a shape that are called the same on both sides: nothing was renamed, whatever they hold."""
    for ours, theirs in _classes(state, lambda entry: entry.shape):
        if {entry.plain for entry in ours} == {entry.plain for entry in theirs}:
            yield from _by(_names, ours, theirs)


def _same_contents(state: Open) -> Iterator[Link]:
    ours = [entry for entry in state.ours if not entry.is_constant]
    yield from _by(_contents, ours, [entry for entry in state.theirs if not entry.is_constant])


def _same_name(state: Open) -> Iterator[Link]:
    yield from _by(_names, state.ours, state.theirs)
    for entry in state.ours:
        for other in state.theirs:
            tied = {entry.plain, *entry.aliases} & {other.plain, *other.aliases}
            if tied and entry.shape == other.shape:
                yield linked([entry], [other])


def _classes(
    state: Open, key: Callable[[Parameter], Hashable]
) -> Iterator[tuple[list[Parameter], list[Parameter]]]:
    """What is left on both sides, by what it has in common."""
    classes: dict[Hashable, tuple[list[Parameter], list[Parameter]]] = defaultdict(lambda: ([], []))
    for entry in state.ours:
        classes[key(entry)][0].append(entry)
    for entry in state.theirs:
        classes[key(entry)][1].append(entry)
    for ours, theirs in classes.values():
        if ours and theirs:
            yield ours, theirs


def _beside(state: Open, reference: Sequence[Parameter], candidate: Sequence[Parameter]) -> Iterator[Link]:
    """What belongs to the same modules as parameters that are linked, under the same last name."""
    ours, theirs = by_place(reference), by_place(candidate)
    left = {entry.plain: entry for entry in state.ours}
    others = {entry.plain: entry for entry in state.theirs}
    by_module: dict[str, list[Parameter]] = defaultdict(list)
    for entry in state.ours:
        by_module[entry.module].append(entry)
    for link in state.links:
        modules = [ours[place].module for place in link.reference.parts]
        counterparts = [theirs[place].module for place in link.candidate.parts]
        if len(set(modules)) < len(modules) or len(set(counterparts)) < len(counterparts):
            continue
        for last in [entry.last for entry in by_module[modules[0]]]:
            these = [left.get(_dotted(module, last)) for module in modules]
            those = [others.get(_dotted(module, last)) for module in counterparts]
            parts, pieces = [e for e in these if e is not None], [e for e in those if e is not None]
            whole = len(parts) == len(these) and len(pieces) == len(those)
            if whole and _total(parts) == _total(pieces):
                yield linked(parts, pieces)


def _dotted(module: str, last: str) -> str:
    return f"{module}.{last}" if module else last


def _total(parts: Sequence[Parameter]) -> tuple[int, ...] | None:
    return turned_shape([entry.digest for entry in parts], is_turned=False)


def _same_gradient(state: Open) -> Iterator[Link]:
    """Which of several that hold the same (all zeros, all ones) has the gradient of which."""
    for ours, theirs in _classes(state, _contents):
        ours = [entry for entry in ours if entry.gradient is not None]
        theirs = [entry for entry in theirs if entry.gradient is not None]
        yield from _by(_gradient, ours, theirs)
        for entry in ours:
            apart = sorted((_apart(entry, other), place) for place, other in enumerate(theirs))
            if apart and apart[0][0] < _NEAR and (len(apart) == 1 or apart[1][0] > _NEARER * apart[0][0]):
                yield linked([entry], [theirs[apart[0][1]]])


def _gradient(entry: Parameter) -> Hashable:
    return None if entry.gradient is None else entry.gradient.crc


def _apart(one: Parameter, other: Parameter) -> float:
    """How far two gradients are apart, by what is known of both without their contents."""
    if one.gradient is None or other.gradient is None:
        return 1.0
    found = distance(_bare(one.gradient), _bare(other.gradient))
    return 1.0 if found is None else found


def _bare(digest: Digest) -> Digest:
    return Digest(digest.shape, digest.dtype, digest.crc, digest.norm, digest.total, digest.largest)


def _alike(state: Open) -> Iterator[Link]:
    """Those of a shape in the same layer whose names are most alike, each the other's best."""
    for ours, theirs in _classes(state, lambda entry: (entry.shape, entry.digits)):
        likeness = [[_likeness(one, other) for other in theirs] for one in ours]
        back = [max(range(len(ours)), key=list(column).__getitem__) for column in zip(*likeness, strict=True)]
        for place, row in enumerate(likeness):
            best = max(range(len(theirs)), key=row.__getitem__)
            if back[best] == place and (len(ours) == len(theirs) or row[best] > _ALIKE):
                yield linked([ours[place]], [theirs[best]])


def _likeness(one: Parameter, other: Parameter) -> float:
    """How much two parameters look like the same: their names, and how large their first gradients are."""
    likeness = SequenceMatcher(None, one.plain, other.plain).ratio() + (one.last == other.last)
    if one.gradient is not None and other.gradient is not None:
        low, high = sorted((one.gradient.norm, other.gradient.norm))
        likeness += low / high if high else 1.0
    return likeness


def _in_order(state: Open) -> Iterator[Link]:
    """Those of a shape in order; it says nothing if some are missing."""
    for ours, theirs in _classes(state, lambda entry: entry.shape):
        if len(ours) == len(theirs):
            yield from (linked([one], [other]) for one, other in zip(ours, theirs, strict=True))


_FINDERS: tuple[Finder, ...] = (
    _same_names,
    _same_contents,
    fused_by_contents,
    _same_gradient,
    _same_name,
    fused_by_name,
    turned_by_name,
    _alike,
    _in_order,
)
