"""The parts of the networks of two programs in, what differs for certain between them out.

Layers answer to each other by what they are given, in whatever order and class they are made. Functions
count by whether the network has them at all. What was taken apart (three layers for one that is three
times as wide, an attention that is written out) leaves parts on both sides that do not answer to each other,
and is unclear.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import field, replace

from trainlint.diff.computing import UNSAID, equal
from trainlint.diff.layers import ACTIVATIONS, FUNCTIONS, INGREDIENTS, NORMS, ROWS, WIDTHS
from trainlint.diff.starting import Starting
from trainlint.diff.terms import truth
from trainlint.diff.values import Judge, Verdict, is_implied
from trainlint.facts.effects import Program
from trainlint.facts.networks import TIMES, UNKNOWN, NetworkChange, NetworkPart, Role
from trainlint.facts.terms import Sort, Term
from trainlint.record import entity, record
from trainlint.source import Span

#: Beginnings that layers have by themselves, or may have.
_USUAL = ("zeros_", "ones_", "constant_")


@record
class Left:
    """The parts of one role that have no counterpart, by side."""

    mine: tuple[NetworkPart, ...]
    theirs: tuple[NetworkPart, ...]


def of_all_scripts(reference: Program, candidate: Program, judge: Judge) -> tuple[NetworkChange, ...]:
    """All changes that are certain, each once.

    Of a script that was merged with others only what answers to something is held against it.
    """
    starting, theirs = Starting(judge.terms), [part for parts in candidate.networks for part in parts]
    found = [
        change
        for mine in reference.networks
        for change in Networks(judge, starting, candidate.start).changes(mine, theirs)
        if len(reference.networks) == 1 or (change.reference and change.candidate)
    ]
    once: dict[object, NetworkChange] = {}
    for change in found:
        what = change.setting or (change.reference and change.reference.name)
        once.setdefault((_told_at(change), what), change)
    return tuple(once.values())


def _told_at(change: NetworkChange) -> Span:
    """Where a change is told of: a loop makes all its layers more or less often."""
    if change.setting == TIMES and change.reference is not None and change.reference.loop is not None:
        return change.reference.loop
    return change.place


@entity
class Networks:
    """Holds the networks of two programs against each other; `otherwise` is a place where none is known."""

    judge: Judge
    starting: Starting
    otherwise: Span
    _left: dict[Role, Left] = field(default_factory=dict)
    _partners: dict[NetworkPart, NetworkPart] = field(default_factory=dict)

    def changes(self, mine: Sequence[NetworkPart], theirs: Sequence[NetworkPart]) -> list[NetworkChange]:
        """All changes that are certain; none where one of the programs has no network that can be read."""
        mine, theirs = self._made(mine), self._made(theirs)
        if not all(any(part.role is Role.LAYER for part in parts) for parts in (mine, theirs)):
            return []
        found: list[NetworkChange] = []
        for role in Role:
            ones = [part for part in mine if part.role is role]
            others = [part for part in theirs if part.role is role]
            if role is not Role.LAYER:
                ones, others = self._each_once(ones), self._each_once(others)
            found += self._of_role(role, ones, others)
        for change in self._without_counterpart(*(_is_open(parts) for parts in (mine, theirs))):
            found.append(replace(change, place=self._place(change, mine)))
        return found

    def _place(self, change: NetworkChange, mine: Sequence[NetworkPart]) -> Span:
        """Where the candidate has what differs, or the last thing that comes before it in the reference."""
        if change.reference is None or change.candidate is not None:
            return change.place
        before = mine[: mine.index(change.reference)]
        roles = (change.role, *(() if change.role is Role.FUNCTION else (Role.LAYER,)))
        partners = [self._partners[part] for part in before if part.role in roles and part in self._partners]
        return partners[-1].span if partners else self.otherwise

    def _made(self, parts: Sequence[NetworkPart]) -> list[NetworkPart]:
        """The parts that a run has which is started without arguments."""
        terms = self.judge.terms
        return [p for p in parts if truth(self.starting.term(terms.logic("and", p.condition))) is not False]

    def _each_once(self, parts: Sequence[NetworkPart]) -> list[NetworkPart]:
        kept: list[NetworkPart] = []
        for part in parts:
            twins = (other for other in kept if other.name == part.name)
            if not any(not self._apart(other, part, Verdict.UNCLEAR) for other in twins):
                kept.append(part)
        return kept

    def _of_role(
        self, role: Role, mine: list[NetworkPart], theirs: list[NetworkPart]
    ) -> Iterator[NetworkChange]:
        """The changed settings of the parts of one role; what has no counterpart is kept for later."""
        left: tuple[list[NetworkPart], list[NetworkPart]] = ([], [])
        for name in dict.fromkeys(part.name for part in (*mine, *theirs)):
            ones = [part for part in mine if part.name == name]
            others = [part for part in theirs if part.name == name]
            for verdict in (Verdict.UNCLEAR, Verdict.DIFFERENT):
                self._take_alike(ones, others, verdict)
            if len(ones) == len(others) and not self._taken_apart(ones, others):
                yield from self._changed(role, ones, others)
            else:
                left[0].extend(ones)
                left[1].extend(others)
        self._left[role] = Left(tuple(left[0]), tuple(left[1]))

    def _take_alike(self, mine: list[NetworkPart], theirs: list[NetworkPart], verdict: Verdict) -> None:
        """Take out the parts that answer to each other: nothing of them is as far apart as that."""
        for one in list(mine):
            twin = next((other for other in theirs if not self._apart(one, other, verdict)), None)
            if twin is not None:
                mine.remove(one)
                theirs.remove(twin)
                self._partners[one] = twin

    def _changed(
        self, role: Role, mine: list[NetworkPart], theirs: list[NetworkPart]
    ) -> Iterator[NetworkChange]:
        for one in mine:
            other = min(theirs, key=lambda part: len(self._apart(one, part, Verdict.DIFFERENT)))
            theirs.remove(other)
            for key in self._apart(one, other, Verdict.DIFFERENT):
                values = (self._given(part, key) for part in (one, other))
                before, after = map(self._plain, values)
                place = other.loop if key == TIMES and other.loop is not None else other.span
                yield NetworkChange(role, one, other, place, key, before, after)

    def _plain(self, term: Term | None) -> Term | None:
        """A setting as it is in a run that is started without arguments."""
        value = UNSAID if term is None else self.starting.value(term)
        return self.judge.terms.constant(value) if value is not UNSAID else term

    def _apart(self, one: NetworkPart, other: NetworkPart, verdict: Verdict) -> list[str]:
        """The settings of two parts that are different, or, for UNCLEAR, not known to be the same."""
        keys = dict.fromkeys(key for key, _ in (*one.given, *other.given))
        found = {key: self._held(self._given(one, key), self._given(other, key)) for key in keys}
        wanted = [Verdict.DIFFERENT] if verdict is Verdict.DIFFERENT else [Verdict.DIFFERENT, Verdict.UNCLEAR]
        if one.role is Role.FUNCTION and verdict is Verdict.DIFFERENT and Verdict.UNCLEAR in found.values():
            # A mask may stand for a setting.
            return []
        return [key for key, held in found.items() if held in wanted]

    def _given(self, part: NetworkPart, key: str) -> Term | None:
        """What a part is given by a name, or takes by itself; None where that is not known."""
        given = part.setting(key)
        if given is not None:
            return given
        if key == TIMES:
            return self.judge.terms.constant(1)
        if is_implied(key, part.name):
            return None
        rows = {Role.LAYER: "torch.nn.", Role.INITIAL: "torch.nn.init."}
        row = ROWS.get(f"{rows.get(part.role)}{part.name}") or FUNCTIONS.get(part.name, {})
        default = row.get(key, ...)
        return None if default is ... else self.judge.terms.constant(default)

    def _held(self, one: Term | None, other: Term | None) -> Verdict:
        if one is None or other is None:
            return Verdict.UNCLEAR
        if self.judge.same(one, other):
            return Verdict.SAME
        mine, theirs = self.starting.term(one), self.starting.term(other)
        if mine is theirs:
            return Verdict.SAME
        values = self.starting.value(one), self.starting.value(other)
        if UNSAID in values:
            return Verdict.SAME if self.judge.same(mine, theirs) else Verdict.UNCLEAR
        if equal(*values):
            return Verdict.SAME
        return Verdict.UNCLEAR if self._is_told(one, other) else Verdict.DIFFERENT

    def _is_told(self, one: Term, other: Term) -> bool:
        """Whether two values may differ by a default that is told of at the option."""
        mine, theirs = (
            {part.value: part.operands[0] for part in term.walk() if part.sort is Sort.OPTION}
            for term in (one, other)
        )
        shared = ((mine[name], theirs[name]) for name in mine if name in theirs)
        return any(a is not b and (id(a), id(b)) in self.judge.explained for a, b in shared)

    def _taken_apart(self, mine: list[NetworkPart], theirs: list[NetworkPart]) -> bool:
        """Whether several layers may be the same weights, cut in another way."""
        sizes = [sum(map(self._size, parts)) for parts in (mine, theirs)]
        return len(mine) > 1 and equal(*sizes)

    def _size(self, part: NetworkPart) -> float:
        values = [self.starting.value(term) for key, term in part.given if key in WIDTHS or key == TIMES]
        return math.prod(value for value in values if isinstance(value, (int, float)))

    def _without_counterpart(self, mine_open: bool, theirs_open: bool) -> Iterator[NetworkChange]:
        """What was replaced, lost and added; in a network that is open anything may be what is not found."""
        layers, functions = self._left[Role.LAYER], self._left[Role.FUNCTION]
        others, begun = self._left[Role.OTHER], self._left[Role.INITIAL]
        shared = self._left[Role.SHARED]
        replaced = [
            *_replaced(Role.FUNCTION, functions, ACTIVATIONS, (*others.mine, *others.theirs)),
            *_replaced(Role.LAYER, layers, NORMS, ()),
            *_replaced(Role.INITIAL, begun, {part.name for part in (*begun.mine, *begun.theirs)}, ()),
        ]
        yield from replaced
        known = {part for change in replaced for part in (change.reference, change.candidate)}
        known |= {part for part in (*functions.mine, *functions.theirs) if self._does_nothing(part)}
        layers, functions, begun = (_besides(left, known) for left in (layers, functions, begun))
        new = (*layers.theirs, *functions.theirs, *others.theirs)
        gone = (*layers.mine, *functions.mine, *others.mine)
        lost: list[NetworkPart] = []
        if not new and not theirs_open:
            lost += (*layers.mine, *functions.mine, *(() if shared.theirs else shared.mine))
            lost += [part for part in begun.mine if not begun.theirs and part.name not in _USUAL]
        added = (
            ()
            if gone or mine_open
            else (*layers.theirs, *functions.theirs, *(() if shared.mine else shared.theirs))
        )
        yield from (NetworkChange(part.role, part, None, self.otherwise) for part in lost)
        yield from (NetworkChange(part.role, None, part, part.span) for part in added)

    def _does_nothing(self, part: NetworkPart) -> bool:
        """Whether a function leaves everything as it is as long as nobody sets anything: a share of 0."""
        share = self._given(part, "p") if part.name.startswith("dropout") else None
        return share is not None and equal(self.starting.value(share), 0)


def _is_open(parts: Sequence[NetworkPart]) -> bool:
    return any(part.name == UNKNOWN for part in parts)


def _besides(left: Left, known: set[NetworkPart | None]) -> Left:
    mine, theirs = (tuple(part for part in parts if part not in known) for parts in (left.mine, left.theirs))
    return Left(mine, theirs)


def _replaced(
    role: Role, left: Left, family: set[str], others: Sequence[NetworkPart]
) -> Iterator[NetworkChange]:
    """A part that stands where another of its family was, where it cannot be the same, written out."""
    mine = [part for part in left.mine if part.name in family]
    theirs = [part for part in left.theirs if part.name in family]
    written = {part.name for part in (*others, *left.mine, *left.theirs) if part.name in INGREDIENTS}
    if len(mine) == len(theirs) and not (role is Role.FUNCTION and written):
        for one, other in zip(mine, theirs, strict=True):
            if one.name != other.name:
                yield NetworkChange(role, one, other, other.span)
