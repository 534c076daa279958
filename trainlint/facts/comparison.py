"""Facts of two programs held against each other: what is aligned, what differs, what only one side has."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field

from trainlint.facts.effects import Definition, Effect, Kind, Option, Program
from trainlint.facts.module import ModuleFacts
from trainlint.facts.networks import NetworkChange
from trainlint.facts.prepared import Prepared
from trainlint.facts.suppression import Intended
from trainlint.facts.terms import Term
from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Span


@record
class Difference:
    """A part of two aligned effects that differs.

    `part` is the name of the part, or "condition", "loops", "within", "order". `reference` and `candidate`
    are None where only the other side has it. `where` says for what the two differ, in words ("at step
    2001: 5.9e-05 and 6e-05"). `certain` is False where something in it is unknown. `inner` are the parts of
    both values from which the difference comes, and `only` the operands of those that have no like on the
    other side, where they are sums or products.
    """

    part: str
    reference: Term | None
    candidate: Term | None
    where: str | None = None
    certain: bool = True
    inner: tuple[Term, Term] | None = None
    only: tuple[tuple[Term, ...], tuple[Term, ...]] | None = None
    around: tuple[tuple[Term, Term], ...] = ()


@record
class Pair:
    """Two aligned effects with all that differs between them."""

    reference: Effect
    candidate: Effect
    differences: tuple[Difference, ...]

    def difference(self, part: str) -> Difference | None:
        """What differs in one part."""
        return next((entry for entry in self.differences if entry.part == part), None)


@record
class Scope:
    """Code on the way to an effect: a function, or what stands outside of all functions of a module.

    `place` is what of it leads there: the effect, or a call. `names` are the expressions by which this code
    has a value when the effect comes; whether their variables have one at a place is another question.
    """

    module: ModuleFacts
    node: ast.AST
    place: Span
    names: Mapping[Term, tuple[str, ...]]

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Comparison:
    """Everything that rules of refactorings look at.

    `lost` are effects that only the reference has, `added` those that only the candidate has; `options` and
    `definitions` are aligned pairs, None where one side has no counterpart. `places` are, for each effect of
    the reference (by its order), where in the candidate it would stand. `unused_intended` says what was meant
    to differ and does not; it is filled only for the rules that run last. `networks` are the changes of the
    networks. `constants` are the numbers that both programs have in their code under one name, with other
    values; in terms they are options. `scopes` are, for effects of the candidate that differ (by their
    order), the code on the way there, outermost first. `prepared` are the columns of the data that are made
    otherwise. `hidden` are the effects of `lost` (by their order) that code of the candidate may have that
    was not followed, and why it was not.
    """

    reference: Program
    candidate: Program
    pairs: tuple[Pair, ...]
    lost: tuple[Effect, ...]
    added: tuple[Effect, ...]
    options: tuple[tuple[Option | None, Option | None], ...]
    definitions: tuple[tuple[Definition | None, Definition | None], ...]
    not_checked: tuple[Unknown, ...]
    places: dict[int, Span]
    unused_intended: tuple[Intended, ...] = ()
    networks: tuple[NetworkChange, ...] = ()
    constants: tuple[tuple[Option, Option], ...] = ()
    scopes: Mapping[int, tuple[Scope, ...]] = field(default_factory=dict)
    prepared: tuple[Prepared, ...] = ()
    hidden: Mapping[int, Unknown] = field(default_factory=dict)

    def pairs_of(self, *kinds: Kind) -> tuple[Pair, ...]:
        """The aligned effects of some kinds."""
        return tuple(pair for pair in self.pairs if pair.reference.kind in kinds)

    def lost_of(self, *kinds: Kind) -> tuple[Effect, ...]:
        """The effects of some kinds that only the reference has."""
        return tuple(effect for effect in self.lost if effect.kind in kinds)

    def added_of(self, *kinds: Kind) -> tuple[Effect, ...]:
        """The effects of some kinds that only the candidate has."""
        return tuple(effect for effect in self.added if effect.kind in kinds)

    def place_of(self, lost: Effect) -> Span:
        """Where in the candidate something that was lost would stand."""
        return self.places.get(lost.order, self.candidate.start)
