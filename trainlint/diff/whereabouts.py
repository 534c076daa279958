"""The places of a program in, what each says of the effects that stand in it out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from trainlint.diff.containers import iterated
from trainlint.diff.networks import is_of_network
from trainlint.diff.normal import Normal
from trainlint.diff.places import around_both, leaves_loop
from trainlint.diff.terms import truth
from trainlint.facts.behaviour import Behaviour, Ended, Place, Step
from trainlint.facts.effects import Departure, Loop
from trainlint.facts.symbols import Code, Symbol
from trainlint.facts.terms import Sort, Term
from trainlint.record import entity, record
from trainlint.source import Span

_GRADIENTS = {"no_grad": "torch.no_grad", "inference_mode": "torch.no_grad", "autocast": "torch.autocast"}
_LOOPS = (
    *(ast.For, ast.AsyncFor, ast.While),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension),
)


@record
class Where:
    """What a place says of all that happens in it.

    `closed` says that no run comes to it, `network` that it is inside the constructor or the forward of one.
    `nodes` are the calls around it in the syntax tree, by identity.
    """

    condition: tuple[Term, ...] = ()
    loops: tuple[Loop, ...] = ()
    within: tuple[Term, ...] = ()
    calls: tuple[Span, ...] = ()
    inside: str = ""
    doubt: str | None = None
    closed: bool = False
    behind: tuple[Departure, ...] = ()
    network: bool = False
    asked: Span | None = None
    nodes: tuple[int, ...] = ()


@entity
class Whereabouts:
    """Says of each place what is around it; `left` are, for each loop, the places that it is left from."""

    normal: Normal
    left: Mapping[Place, tuple[Place, ...]]
    _places: dict[Place, Where] = field(default_factory=dict)

    @classmethod
    def over(cls, normal: Normal, behaviour: Behaviour) -> Whereabouts:
        """Look through the events once for loops that are left early."""
        ended = (event for event in behaviour.events if isinstance(event, Ended))
        return cls(normal, {event.loop: event.left for event in ended})

    def of(self, place: Place) -> Where:
        """What is known of a place: what is known of the one around it, and what the place adds."""
        if place in self._places:
            return self._places[place]
        news = list[Place]()
        for step in place.outwards():
            if step in self._places:
                break
            news.append(step)
        for step in reversed(news):
            around = self._places[step.parent] if step.parent is not None else Where()
            self._places[step] = self._inside(around, step)
        return self._places[place]

    def _inside(self, around: Where, step: Place) -> Where:
        if step.step is Step.LOOP and isinstance(step.node, _LOOPS):
            items = self.normal.term(step.value) if step.value is not None else self.normal.terms.nothing
            over = iterated(self.normal.terms, items)
            ends = self._ends(step)
            loop = Loop(step.span, over, self._turns(over, step, ends), step.node, ends)
            return replace(around, loops=(*around.loops, loop))
        if step.step is Step.WITH and step.value is not None:
            return replace(around, within=(*around.within, self.normal.term(step.value)))
        if step.step is Step.CALL:
            return self._called(around, step)
        if step.step is Step.TRY:
            return replace(around, doubt="an exception may be caught around it")
        return self._tested(around, step)

    def _called(self, around: Where, step: Place) -> Where:
        code = step.value
        return replace(
            around,
            calls=(*around.calls, step.span),
            nodes=(*around.nodes, id(step.node)),
            within=(*around.within, *tuple(self._decorators(code))[::-1]),
            inside=(code.name if isinstance(code, Code) else "") or around.inside,
            network=around.network or (isinstance(code, Code) and is_of_network(code)),
        )

    def _tested(self, around: Where, step: Place) -> Where:
        if step.step is Step.UNLESS and step.barred is not None and leaves_loop(step):
            asked = next((place for place in step.barred.outwards() if place.step is Step.BRANCH), None)
            test = self.normal.terms.logic("and", self.normal.condition(step.barred, around_both(step)))
            if asked is not None:
                return replace(around, behind=(*around.behind, Departure(test, asked.span)))
        tests = self.normal.tests(step)
        if not tests:
            return around
        closed = around.closed or any(truth(term) is False for term in tests)
        condition = self.normal.terms.inserted(around.condition, tests)
        place = step.span if step.step is Step.BRANCH else around.asked
        return replace(around, condition=condition, closed=closed, asked=place)

    def _decorators(self, code: Symbol | None) -> Iterator[Term]:
        """`@torch.no_grad()` over a function, which is a context for all that it does."""
        node = code.node if isinstance(code, Code) else None
        for mark in node.decorator_list if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else ():
            called = mark.func if isinstance(mark, ast.Call) else mark
            name = _GRADIENTS.get(ast.unparse(called).rpartition(".")[2])
            if name is not None:
                yield self.normal.call(name, None, ())

    def _ends(self, loop: Place) -> tuple[Term, ...]:
        """When the turns of a loop leave it."""
        terms = self.normal.terms
        return tuple(
            terms.logic("and", self.normal.condition(left, loop)) for left in self.left.get(loop, ())
        )

    def _turns(self, over: Term, place: Place, ends: tuple[Term, ...]) -> Term:
        """How many turns a loop has, as far as its text says."""
        terms = self.normal.terms
        if over.sort is Sort.OPERATION and over.value == "range":
            given = over.operands
            start = given[0] if len(given) > 1 else terms.constant(0)
            end = given[1] if len(given) > 1 else given[0]
            added = start.operands if start.sort is Sort.OPERATION and start.value == "+" else (start,)
            return terms.sum((end, *map(terms.negative, added)))
        if over.sort is Sort.LIST:
            return terms.constant(len(over.operands))
        going = map(terms.negation, ends)
        if isinstance(place.node, ast.While):
            return terms.logic("and", (over, *going))
        items = terms.operation("len", over)
        return terms.make(Sort.OPERATION, "until", items, terms.logic("and", going)) if ends else items
