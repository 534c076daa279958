"""The behaviour of a side in, its effects out: every event that matters to a run, in normal form."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from trainlint.diff.averages import averaged, joined
from trainlint.diff.kinds import ASKS, DECLARES, STARTS, is_of_library, kind_of_function, kind_of_method
from trainlint.diff.labels import labelled, made_at, text_of
from trainlint.diff.library import canonical
from trainlint.diff.networks import called, is_module, is_network
from trainlint.diff.normal import Normal
from trainlint.diff.rates import is_group, whole_rate
from trainlint.diff.restored import key_of_loaded, restored
from trainlint.diff.scaling import scaled
from trainlint.diff.weights import is_moved, network_of, of_copy
from trainlint.diff.whereabouts import Whereabouts
from trainlint.facts.behaviour import (
    Behaviour,
    Call,
    Change,
    Event,
    Guard,
    GuardKind,
    Place,
    Store,
)
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import (
    Code,
    Constant,
    External,
    Instance,
    Made,
    Operation,
    Symbol,
    Table,
)
from trainlint.facts.terms import Sort, Term
from trainlint.record import entity
from trainlint.source import Span

_SHOWN = (Kind.LOG,)


def effectful(modules: Iterable[ModuleFacts]) -> frozenset[int]:
    """The calls (by identity) that stand for what they do: nothing takes their result, or `x = f(x)`."""
    found = set[int]()
    for module in modules:
        alone = (node.value for node in module.each(ast.Expr))
        rebound = (node.value for node in module.each(ast.Assign) if _rebinds(node))
        found.update(id(value) for value in (*alone, *rebound) if isinstance(value, ast.Call))
    return frozenset(found)


def _rebinds(node: ast.Assign) -> bool:
    """Whether a variable gets what a call makes of it."""
    if not isinstance(node.value, ast.Call):
        return False
    targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
    return any(isinstance(given, ast.Name) and given.id in targets for given in node.value.args)


@entity
class Effects:
    """Collects the effects of one program."""

    normal: Normal
    effectful: frozenset[int]
    first: int = 0
    found: list[Effect] = field(default_factory=list)
    written: dict[Term, tuple[Span, ...]] = field(default_factory=dict)
    _seen: dict[tuple[int, ...], int] = field(default_factory=dict)
    _walked: set[int] = field(default_factory=set)
    whereabouts: Whereabouts = field(init=False)

    def collect(self, behaviour: Behaviour) -> None:
        """The effects of one behaviour, in its order."""
        self.whereabouts = Whereabouts.over(self.normal, behaviour)
        for event in behaviour.events:
            if not self.whereabouts.of(event.place).closed:
                for effect in self._of(event):
                    self._keep(event, effect)

    def _of(self, event: Event) -> Iterator[Effect]:
        if isinstance(event, Call):
            yield from self._call(event)
        elif isinstance(event, Store):
            yield from self._store(event)
        elif isinstance(event, Change):
            yield from self._change(event)
        elif isinstance(event, Guard):
            yield from self._guard(event)

    def _keep(self, event: Event, effect: Effect) -> None:
        """One effect for one call in the text, however many objects it may be a call of."""
        node = event.node if isinstance(event, Call) else None
        chain = self.whereabouts.of(event.place).nodes
        key = (id(node or effect.span), *chain, hash((effect.kind, effect.name)))
        known = self._seen.get(key) if node is not None else None
        if known is None:
            whole = joined(self.found[-1], effect, self.normal.terms) if self.found else None
            if whole is not None:
                self.found[-1] = whole
                return
            self._seen[key] = len(self.found)
            self.found.append(effect)
            return
        first = self.found[known]
        shared = tuple(term for term in first.condition if term in effect.condition)
        self.found[known] = _with_condition(first, shared)

    def effect(
        self, kind: Kind, name: str, parts: Iterable[tuple[str, Term]], place: Place, span: Span
    ) -> Effect:
        """An effect at a place."""
        where = self.whereabouts.of(place)
        return Effect(
            kind,
            name,
            tuple(parts),
            where.condition,
            where.loops,
            where.within,
            span,
            where.calls,
            where.inside,
            self.first + len(self.found),
            where.doubt,
            behind=where.behind,
            asked=where.asked,
        )

    def _call(self, event: Call) -> Iterator[Effect]:
        callee = called(event.callee)
        if isinstance(callee, Code):
            yield from self._own(event, callee)
        elif isinstance(callee, Instance):
            yield from self._object(event, callee)
        elif isinstance(callee, Made):
            yield from self._layers(event, callee)
        elif isinstance(callee, External):
            yield from self._library(event, canonical(callee.name))
        elif isinstance(callee, Operation) and callee.name == ".":
            yield from self._method(event, callee)
        yield from self._restores(event, (*event.positional, *(value for _, value in event.keywords)))

    def _in_network(self, event: Call) -> bool:
        return self.whereabouts.of(event.place).network

    def _own(self, event: Call, code: Code) -> Iterator[Effect]:
        """A call of the project's own code."""
        name = self.normal.names.get(code.name, code.name)
        given = self.normal.arguments("", event.positional, event.keywords)
        if isinstance(code.node, ast.ClassDef):
            made = event.result
            kind = Kind.MODEL if isinstance(made, Instance) and is_module(made) else Kind.CALL
            if kind is Kind.MODEL and self._in_network(event):
                return
            yield self.effect(kind, name, given, event.place, event.span)
            return
        if code.name == "forward" and isinstance(code.bound, Instance) and is_module(code.bound):
            if not self._in_network(event):
                owner = code.bound.node.name
                parts = (self._network(event, code.bound), *given)
                yield self.effect(
                    Kind.FORWARD, self.normal.names.get(owner, owner), parts, event.place, event.span
                )
            return
        if not self._in_network(event):
            yield self.effect(Kind.CALL, name, given, event.place, event.span)

    def _network(self, event: Call, owner: Instance) -> tuple[str, Term]:
        """Whose forward it is, as a part."""
        return "model", of_copy(event.place, self.normal.term(owner), self.normal.terms)

    def _object(self, event: Call, owner: Instance) -> Iterator[Effect]:
        """A call of an object whose forward is not the project's."""
        if is_module(owner) and not self._in_network(event):
            given = self.normal.arguments("()", event.positional, event.keywords)
            parts = (self._network(event, owner), *given)
            yield self.effect(Kind.FORWARD, owner.node.name, parts, event.place, event.span)

    def _layers(self, event: Call, made: Made) -> Iterator[Effect]:
        """A call of a network of a library."""
        if is_network(made) and not self._in_network(event):
            given = self.normal.arguments("()", event.positional, event.keywords)
            parts = (("model", self.normal.term(made)), *given)
            yield self.effect(Kind.FORWARD, made.name, parts, event.place, event.span)

    def _library(self, event: Call, name: str) -> Iterator[Effect]:
        if name in ASKS:
            return
        kind = kind_of_function(name)
        stands = id(event.node) in self.effectful or name in STARTS
        if kind is Kind.SETUP and (self._in_network(event) or not stands):
            return
        if kind is Kind.DRAW and self._in_network(event):
            return
        given = self.normal.arguments(name, event.positional, event.keywords)
        if kind is Kind.SIGNAL and given and given[0][1].sort is Sort.NAME:
            name = str(given[0][1].value)
        if kind in _SHOWN:
            yield from self._shown(event, given)
        elif kind is Kind.SAVE:
            yield self._saved(event, name, given)
        else:
            yield self.effect(kind, name, given, event.place, event.span)

    def _method(self, event: Call, callee: Operation) -> Iterator[Effect]:
        owner, key = callee.operands
        name = str(key.value) if isinstance(key, Constant) else "?"
        around = self.normal.term(owner)
        kind = kind_of_method(name, around)
        if name in DECLARES:
            return
        if kind is Kind.SETUP and (self._in_network(event) or id(event.node) not in self.effectful):
            return
        given = self.normal.arguments("." + name, event.positional, event.keywords)
        if kind in (Kind.BACKWARD, Kind.STEP):
            yield self.effect(kind, name, scaled(kind, around, given), event.place, event.span)
        elif kind in _SHOWN:
            yield from self._shown(event, given)
        elif kind is Kind.SAVE:
            yield self._saved(event, name, (("object", around), *given))
        elif name == "update" and "lr" in dict(given) and is_group(around):
            rate = [("value", dict(given)["lr"])]
            yield self.effect(Kind.LEARNING_RATE, "lr", rate, event.place, event.span)
        elif kind is Kind.MODE:
            trains = name == "train" and dict(given).get("mode") is not self.normal.terms.constant(False)
            parts = [("object", around)]
            yield self.effect(kind, "train" if trains else "eval", parts, event.place, event.span)
        elif kind is Kind.FREEZE:
            value = dict(given).get("requires_grad", self.normal.terms.constant(True))
            yield self._frozen(around, value, event)
        elif kind in (Kind.TRAINER, Kind.SAMPLE):
            yield self.effect(kind, name, given, event.place, event.span)
        elif kind is Kind.SETUP and is_moved(name, around, self.normal.terms):
            given = averaged(name, around, given, self.normal.terms)
            yield self.effect(Kind.AVERAGE, name, given, event.place, event.span)
        elif kind is Kind.RESTORE:
            yield self.effect(kind, restored(given), (("object", around), *given), event.place, event.span)
        else:
            yield self.effect(kind, name, (("object", around), *given), event.place, event.span)

    def _shown(self, event: Call, given: tuple[tuple[str, Term], ...]) -> Iterator[Effect]:
        """One effect for each value that is shown, under its label."""
        tagged = dict(given)
        places = made_at((*event.positional, *(value for _, value in event.keywords)), self.normal.term)
        if "tag" in tagged and "scalar_value" in tagged:
            tag, scalar = next(labelled(tagged["tag"]), ("", None))[0], tagged["scalar_value"]
            found = self.effect(Kind.LOG, tag, [("value", scalar)], event.place, event.span)
            yield replace(found, made=places.get(id(scalar)))
            return
        for key, term in given:
            if key in ("sep", "end", "file", "flush", "step", "global_step", "commit", "exc_info"):
                continue
            for label, value in labelled(term):
                name = label or ("" if key.isdigit() else key)
                parts = [("value", value)] if value is not None else []
                found = self.effect(Kind.LOG, name, parts, event.place, event.span)
                yield replace(found, text=text_of(term), made=places.get(id(value)))

    def _saved(self, event: Call, name: str, given: tuple[tuple[str, Term], ...]) -> Effect:
        """A checkpoint with its keys as parts."""
        parts, made = [], None
        for key, term in given:
            if term.sort is Sort.TABLE:
                made = next(reversed(self.written.get(term, ())), None)
                pairs = zip(term.operands[::2], term.operands[1::2], strict=True)
                parts += [(f"key {name.value}", value) for name, value in pairs]
                parts += [("open", term)] if term.value == "open" else []
            else:
                parts.append((key, term))
        return replace(self.effect(Kind.SAVE, name, parts, event.place, event.span), made=made)

    def _restores(self, event: Event, symbols: Iterable[Symbol]) -> Iterator[Effect]:
        """The keys of a loaded checkpoint that code asks for."""
        for symbol in symbols:
            for term in self.normal.term(symbol).walk(self._walked):
                if (key := key_of_loaded(term)) is not None:
                    parts = [("state", term)]
                    yield self.effect(Kind.RESTORE, key, parts, event.place, event.span)

    def _store(self, event: Store) -> Iterator[Effect]:
        key = self.normal.term(event.key)
        owner = self.normal.term(event.owner)
        if owner.sort is Sort.NAME:
            name, value = f"{owner.value}.{key.value}", self.normal.term(event.value)
            yield self.effect(Kind.SETUP, name, [("value", value)], event.place, event.span)
        if key.value == "lr" and is_group(owner):
            value = self.normal.term(event.value)
            rate = self.effect(Kind.LEARNING_RATE, "lr", [("value", value)], event.place, event.span)
            yield whole_rate(rate, owner, self.normal.terms)
        elif key.value == "requires_grad":
            yield self._frozen(owner, self.normal.term(event.value), event)
        elif key.value == "require_backward_grad_sync":
            parts = [("object", owner), ("value", self.normal.term(event.value))]
            yield self.effect(Kind.DISTRIBUTED, str(key.value), parts, event.place, event.span)
        elif is_of_library(owner):
            value = self.normal.term(event.value)
            yield self.effect(Kind.ATTRIBUTE, str(key.value), [("value", value)], event.place, event.span)
        yield from self._restores(event, (event.value,))

    def _frozen(self, owner: Term, value: Term, event: Call | Store) -> Effect:
        """Weights that get gradients or none: those of a network, or what else code has of it."""
        parts = [("object", network_of(owner, self.normal.terms) or owner), ("value", value)]
        return self.effect(Kind.FREEZE, "requires_grad", parts, event.place, event.span)

    def _change(self, event: Change) -> Iterator[Effect]:
        value = self.normal.term(event.value)
        if value.sort is not Sort.CONSTANT:
            self.written[value] = (*self.written.get(value, ()), event.span)
        if event.name == "require_backward_grad_sync":
            yield self.effect(Kind.DISTRIBUTED, event.name, [("value", value)], event.place, event.span)
        if not isinstance(event.value, Table):
            # What a dictionary holds is stored in it one by one.
            yield from self._restores(event, (event.value,))

    def _guard(self, event: Guard) -> Iterator[Effect]:
        if event.kind is GuardKind.LOOKUP:
            return
        effect = self.effect(Kind.REFUSAL, "", [], event.place, event.span)
        if event.test is not None:
            failed = self.normal.terms.negation(self.normal.term(event.test))
            effect = _with_condition(effect, self.normal.terms.ordered({*effect.condition, failed}))
        yield effect


def _with_condition(effect: Effect, condition: tuple[Term, ...]) -> Effect:
    return effect if condition == effect.condition else replace(effect, condition=condition)
