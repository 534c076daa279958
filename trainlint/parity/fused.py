"""Parameters that are left on both sides in, those that are parts of one of the other side out.

The usual cases: one matrix for queries, keys and values against three, gate and up projection in one, and
matrices that lie the other way round (`Conv1D` against `Linear`).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

from trainlint.parity.links import Link, Open, Parameter, joint_name, linked
from trainlint.parity.pieces import Form, array, turned_shape, whole
from trainlint.record import record

#: How many parts a whole may have.
_MOST = 4
#: How far norms of the same numbers may be apart that were summed in another order.
_SUMMED = 1e-6
#: What people call the parts of a fused projection, in the order in which they are put one below the other.
_QUERY_KEY_VALUE = tuple(
    re.compile(rf"(?:^|_)(?:{letter}|{letter}_?proj|w{letter}|to_?{letter}|{word}s?|{word}_proj)(?:_|$)")
    for letter, word in (("q", "query"), ("k", "key"), ("v", "value"))
)


@record
class _Fit:
    """A whole, its parts in their order, and how both are laid out to be the same."""

    one: Parameter
    parts: tuple[Parameter, ...]
    form: Form
    form_of_parts: Form

    def link(self, *, of_reference: bool) -> Link:
        """The whole belongs to the reference, or to the candidate."""
        name = joint_name([entry.plain for entry in ((self.one,) if of_reference else self.parts)])
        forms = (self.form, self.form_of_parts) if of_reference else (self.form_of_parts, self.form)
        return Link(replace(forms[0], name=name), replace(forms[1], name=name))


def fused_by_contents(state: Open) -> Iterator[Link]:
    """Wholes that hold what parts of the other side hold, one below the other or otherwise."""
    yield from (fit.link(of_reference=True) for fit in _proved(state.ours, state.theirs))
    yield from (fit.link(of_reference=False) for fit in _proved(state.theirs, state.ours))


def _proved(wholes: Sequence[Parameter], parts: Sequence[Parameter]) -> Iterator[_Fit]:
    windows = list(_windows([entry for entry in parts if not entry.is_constant]))
    for one in wholes:
        if one.is_constant:
            continue
        for window in windows:
            fit = _fit(one, window) if _may_be(one, window) else None
            if fit is not None:
                yield fit
                break


def _windows(parts: Sequence[Parameter]) -> Iterator[tuple[Parameter, ...]]:
    """Neighbours of the same kind; one alone may still lie the other way round."""
    kinds: dict[tuple[str, int], list[Parameter]] = defaultdict(list)
    for entry in parts:
        kinds[entry.last, len(entry.shape)].append(entry)
    for kind in kinds.values():
        for count in range(1, _MOST + 1):
            yield from (tuple(kind[start : start + count]) for start in range(len(kind) - count + 1))


def _may_be(one: Parameter, parts: Sequence[Parameter]) -> bool:
    if math.prod(one.shape) != sum(math.prod(entry.shape) for entry in parts):
        return False
    norm = math.hypot(*(entry.digest.norm for entry in parts))
    largest = max(entry.digest.largest for entry in parts)
    return abs(norm - one.digest.norm) <= _SUMMED * one.digest.norm and largest == one.digest.largest


def _fit(one: Parameter, window: tuple[Parameter, ...]) -> _Fit | None:
    for parts in permutations(window):
        form, pieces = Form("", (one.place,)), Form("", tuple(entry.place for entry in parts))
        digests = [entry.digest for entry in parts]
        joined = whole(digests, pieces, digests)
        if joined is not None and (joined.shape, joined.crc) == (one.shape, one.digest.crc):
            return _Fit(one, parts, form, pieces)
    for parts in permutations(window):
        pieces = Form("", tuple(entry.place for entry in parts))
        found = _laid_out([one], list(parts), Form("", (one.place,)), pieces)
        if found is not None:
            return _Fit(one, parts, *found)
    return None


def _laid_out(
    ours: Sequence[Parameter], theirs: Sequence[Parameter], one: Form, other: Form
) -> tuple[Form, Form] | None:
    """How contents that are known must be laid out to be the same, None where no way does it."""
    flat = any(len(entry.shape) != 2 for entry in (*ours, *theirs))
    turns = [(False, False)] if flat else [(False, False), (True, True), (False, True), (True, False)]
    for rows in (_as_they_are, _rows):
        for turn, turned in turns:
            forms = replace(one, is_turned=turn, rows=()), replace(other, is_turned=turned, rows=())
            these = array([entry.digest for entry in ours], forms[0])
            those = array([entry.digest for entry in theirs], forms[1])
            if these is not None and those is not None and these.shape == those.shape:
                order = rows(these, those)
                if order is not None:
                    return replace(forms[0], rows=order), forms[1]
    return None


def _as_they_are(these: Any, those: Any) -> tuple[int, ...] | None:
    return () if these.tobytes() == those.tobytes() else None


def _rows(these: Any, those: Any) -> tuple[int, ...] | None:
    """The order in which the rows of one are those of the other, where each row stands once."""
    places = {row.tobytes(): place for place, row in enumerate(these)}
    if len(places) < len(these):
        return None
    order = tuple(places.get(row.tobytes(), -1) for row in those)
    return None if -1 in order else order


def refined(
    links: Sequence[Link], ours: Mapping[int, Parameter], theirs: Mapping[int, Parameter]
) -> list[Link]:
    """Links with the layout that the contents show, where they are known and not the same as they are."""
    found, orders = [], {}
    for link in links:
        parts, pieces = _of(link.reference, ours), _of(link.candidate, theirs)
        better = None
        if not _same(link, parts, pieces):
            better = _laid_out(parts, pieces, link.reference, link.candidate)
        link = link if better is None else Link(*better)
        found.append(link)
        if link.reference.rows:
            orders[tuple(entry.module for entry in parts)] = link.reference.rows
    return [_as_its_module(link, orders, ours) for link in found]


def _as_its_module(
    link: Link, orders: Mapping[tuple[str, ...], tuple[int, ...]], ours: Mapping[int, Parameter]
) -> Link:
    """A bias that is all zeros lies as the weight beside it does."""
    parts = _of(link.reference, ours)
    rows = orders.get(tuple(entry.module for entry in parts), ())
    same = all(entry.is_constant for entry in parts) and sum(entry.shape[0] for entry in parts) == len(rows)
    return replace(link, reference=replace(link.reference, rows=rows)) if rows and same else link


def _of(form: Form, parameters: Mapping[int, Parameter]) -> list[Parameter]:
    return [parameters[place] for place in form.parts]


def _same(link: Link, parts: Sequence[Parameter], pieces: Sequence[Parameter]) -> bool:
    digests, others = [entry.digest for entry in parts], [entry.digest for entry in pieces]
    one, other = whole(digests, link.reference, digests), whole(others, link.candidate, others)
    return one is not None and other is not None and (one.shape, one.crc) == (other.shape, other.crc)


def fused_by_name(state: Open) -> Iterator[Link]:
    """Wholes whose shape is that of parts which stand beside each other in the same layer."""
    yield from (fit.link(of_reference=True) for fit in _beside(state.ours, state.theirs))
    yield from (fit.link(of_reference=False) for fit in _beside(state.theirs, state.ours))


def _beside(wholes: Sequence[Parameter], parts: Sequence[Parameter]) -> Iterator[_Fit]:
    groups: dict[tuple[str, str], list[Parameter]] = defaultdict(list)
    for entry in parts:
        groups[entry.module.rpartition(".")[0], entry.last].append(entry)
    taken: set[tuple[str, str]] = set()
    for one in wholes:
        for key, group in groups.items():
            ordered = _ordered(group)
            turns = _turns(one, ordered)
            if key not in taken and turns is not None and _layers(key[0]) == _layers(one.module):
                taken.add(key)
                form = Form("", (one.place,), turns[0])
                pieces = Form("", tuple(entry.place for entry in ordered), turns[1])
                yield _Fit(one, tuple(ordered), form, pieces)
                break


def _layers(path: str) -> list[str]:
    return re.findall(r"\d+", path)


def _ordered(group: Sequence[Parameter]) -> list[Parameter]:
    """Queries, keys and values where they are called so, else all in their order."""
    named = [
        [entry for entry in group if pattern.search(entry.module.rpartition(".")[2].lower())]
        for pattern in _QUERY_KEY_VALUE
    ]
    return [entries[0] for entries in named] if all(len(entries) == 1 for entries in named) else list(group)


def _turns(one: Parameter, parts: Sequence[Parameter]) -> tuple[bool, bool] | None:
    """How a whole and parts must be turned for their shapes to fit."""
    if not 2 <= len(parts) <= _MOST or any(len(entry.shape) != len(one.shape) for entry in parts):
        return None
    for turns in ((False, False), (True, True), (False, True), (True, False)):
        shape = turned_shape([one.digest], is_turned=turns[0])
        if shape == turned_shape([entry.digest for entry in parts], is_turned=turns[1]):
            return turns
    return None


def turned_by_name(state: Open) -> Iterator[Link]:
    """Matrices of the same name, or of the same layer and last name, that lie the other way round."""
    for key in (_name, _layer):
        for one in state.ours:
            others = [
                entry for entry in state.theirs if entry.shape == one.shape[::-1] and key(entry) == key(one)
            ]
            rivals = [entry for entry in state.ours if entry.shape == one.shape and key(entry) == key(one)]
            if len(one.shape) == 2 and len(others) == 1 and len(rivals) == 1:
                yield linked([one], others, is_turned=True)


def _name(entry: Parameter) -> object:
    return entry.plain


def _layer(entry: Parameter) -> object:
    return entry.digits, entry.last
