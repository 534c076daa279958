"""The symbols of one program in, terms in normal form out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import field

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.operations import ABSENT, DISTRIBUTED
from trainlint.chain.symbolic.heap import is_unset
from trainlint.chain.symbolic.settings import PERHAPS_CHANGED
from trainlint.diff.carried import Carried
from trainlint.diff.containers import item, iterated, sequence, table, unordered
from trainlint.diff.launched import launched, variable
from trainlint.diff.library import UNORDERED, argument, canonical, signature
from trainlint.diff.places import around_both, leaves_loop
from trainlint.diff.terms import Terms
from trainlint.diff.texts import joined_text, percent, str_format
from trainlint.diff.weights import is_copied
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Code,
    Constant,
    Element,
    External,
    Fact,
    Happens,
    Instance,
    Made,
    Opaque,
    Operation,
    Runtime,
    Sequence,
    Setting,
    Symbol,
    Table,
)
from trainlint.facts.terms import Sort, Term
from trainlint.facts.value import Known
from trainlint.record import entity
from trainlint.source import Span

_DEPTH = 100
#: Attributes and methods that give the thing itself, as far as a comparison goes.
_ITSELF = {"module", "_orig_mod", "data"}
_MOVES = {
    *("to", "cuda", "cpu", "pin_memory", "contiguous", "item", "numpy", "detach", "clone", "tolist"),
    *("share_memory", "unwrap_model", "prepare_model", "compile"),
}
_NUMBERS = {f"{module}.pi": math.pi for module in ("math", "numpy", "torch")} | {"math.e": math.e}
_FACTS = {Fact.WORLD_SIZE: "world size", Fact.RANK: "rank", Fact.LOCAL_RANK: "local rank"}
#: What is the same in each turn of a loop.
_STEADY = (Sort.CONSTANT, Sort.OPTION, Sort.ENVIRONMENT, Sort.FACT, Sort.NOTHING, Sort.OPERATION)
_DISTRIBUTED_NAMES = {"torch.distributed.is_initialized", "torch.distributed.is_torchelastic_launched"}


@entity
class Normal:
    """Turns the symbols of one program into terms.

    `names` gives functions and classes the names of those that they are aligned with, `settings` options.
    `computed` is where the code computes a value; `missing` are modules of the project that are not there.
    """

    terms: Terms
    evaluation: Evaluation
    carried: Carried
    names: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    computed: dict[Term, Span] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    _known: dict[int, tuple[Symbol, Term]] = field(default_factory=dict)
    _tests: dict[Place, tuple[Term, ...]] = field(default_factory=dict)
    _depth: int = 0

    def term(self, symbol: Symbol) -> Term:
        """The term of a symbol."""
        known = self._known.get(id(symbol))
        if known is not None:
            return known[1]
        self._depth += 1
        try:
            if self._depth > _DEPTH:
                return self.terms.unknown("the value is nested too deeply")
            found = _READERS[type(symbol)](self, symbol)
        finally:
            self._depth -= 1
        self._known[id(symbol)] = (symbol, found)
        if isinstance(symbol, (Operation, Made)) and symbol.span is not None:
            self.computed.setdefault(found, symbol.span)
        return found

    def gone(self, name: str) -> Term | None:
        """What a name stands for that is imported from a module that is not there."""
        module = next((module for module in self.missing if name.startswith(f"{module}.")), None)
        return None if module is None else self.terms.unknown(f"`{module}` is not there")

    def all(self, symbols: tuple[Symbol, ...]) -> tuple[Term, ...]:
        """The terms of several symbols."""
        return tuple(map(self.term, symbols))

    def arguments(
        self, name: str, positional: tuple[Symbol, ...], keywords: tuple[tuple[str, Symbol], ...]
    ) -> tuple[tuple[str, Term], ...]:
        """The arguments of a call of a library, by name, without those that are its defaults anyway."""
        known = signature(name)
        order = list(known)
        given: dict[str, Term] = {}
        for index, value in enumerate(positional):
            given[order[index] if index < len(order) else str(index)] = self.term(value)
        for key, value in keywords:
            if key == "**" and isinstance(value, Table) and not value.open and not value.touched:
                pairs = ((self.term(part), self.term(entry)) for part, entry in value.entries)
                given |= {argument(name, str(key.value)): entry for key, entry in pairs}
            else:
                given[argument(name, key)] = self.term(value)
        given |= {key: unordered(self, given[key]) for key in UNORDERED if key in given}
        defaults = {key: value for key, value in known.items() if value is not ...}
        kept = {
            key: value
            for key, value in given.items()
            if key not in defaults or value is not self.terms.constant(defaults[key])
        }
        return tuple(sorted(kept.items()))

    def call(self, name: str, owner: Term | None, arguments: tuple[tuple[str, Term], ...]) -> Term:
        """What a call of a library gives."""
        made = [self.terms.make(Sort.ARGUMENT, key, value) for key, value in arguments]
        return self.terms.make(Sort.CALL, name, owner or self.terms.nothing, *made)

    def condition(self, place: Place, outside: Place | None = None) -> tuple[Term, ...]:
        """The tests around a place, up to another one around it; what loops ask is left out."""
        found: dict[int, Term] = {}
        for step in place.outwards():
            if step is outside:
                break
            for term in self.tests(step):
                found[id(term)] = term
        return self.terms.ordered(found.values())

    def tests(self, place: Place) -> tuple[Term, ...]:
        """The tests that a place adds to those around it."""
        found = self._tests.get(place)
        if found is None:
            found = self._tests[place] = _parts(self._test(place))
        return found

    def _test(self, place: Place) -> Term:
        if place.step is Step.BRANCH and place.value is not None:
            copied = is_copied(place.value)
            test = self.terms.constant(True) if copied else self.term(place.value)
            return test if place.truth else self.terms.negation(test)
        if place.step is Step.UNLESS and place.barred is not None and not leaves_loop(place):
            return self.terms.negation(
                self.terms.logic("and", self.condition(place.barred, around_both(place)))
            )
        return self.terms.constant(True)


def _parts(term: Term) -> tuple[Term, ...]:
    if term.sort is Sort.CONSTANT and term.value is True:
        return ()
    return term.operands if term.sort is Sort.OPERATION and term.value == "and" else (term,)


def _constant(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Constant)
    return run.terms.constant(symbol.value)


def _setting(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Setting)
    name = ".".join(symbol.path)
    found = run.evaluation.value(symbol)
    plain = isinstance(found, Known) and found.value is not ABSENT
    default = run.terms.constant(found.value) if isinstance(found, Known) and plain else run.terms.nothing
    return run.terms.make(Sort.OPTION, run.settings.get(name, name), default)


def _operation(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Operation)
    reader = _OPERATIONS.get(symbol.name)
    if reader is not None:
        return reader(run, symbol)
    operands = run.all(symbol.operands)
    if symbol.name in ("==", "!=", "is", "is not", "<", "<=", ">", ">=") and len(operands) == 2:
        asked = launched(run.terms, symbol.name, *operands)
        if asked is not None:
            return asked
    if symbol.name in ("int", "float") and len(operands) == 1 and _numeric(operands[0], symbol.name):
        return operands[0]
    if symbol.name == "%" and _is_text(operands[0]):
        return percent(run.terms, operands[0], operands[1])
    if symbol.name == "str.format" and operands and _is_text(operands[0]):
        return str_format(run.terms, operands[0], operands[1:])
    if symbol.name == "+" and any(map(_is_text, operands)):
        return joined_text(run.terms, operands)
    return run.terms.operation(symbol.name, *operands)


def _numeric(term: Term, kind: str) -> bool:
    """Whether `int(…)` or `float(…)` leaves a number as it is."""
    if term.sort is Sort.OPTION:
        term = term.operands[0]
    if term.sort is Sort.CONSTANT:
        return isinstance(term.value, int) or (kind == "float" and isinstance(term.value, float))
    if term.sort is Sort.ENVIRONMENT:
        return True
    return kind == "float" or term.sort in (Sort.FACT, Sort.COUNTER)


def _is_text(term: Term) -> bool:
    return (term.sort is Sort.CONSTANT and isinstance(term.value, str)) or (
        term.sort is Sort.OPERATION and term.value in ("format", "formatted")
    )


def _default(run: Normal, symbol: Operation) -> Term:
    """`os.environ.get(name, default)`, `getattr(config, name, default)`."""
    first, other = symbol.operands
    if isinstance(first, Runtime) and first.variable is not None:
        return variable(run.terms, first.variable, run.term(other))
    found = run.term(first)
    if found.sort is Sort.OPTION and found.operands[0].sort is Sort.NOTHING:
        return run.terms.make(Sort.OPTION, found.value, run.term(other))
    return found


def _is_set(run: Normal, symbol: Operation) -> Term:
    (variable,) = symbol.operands
    name = variable.variable if isinstance(variable, Runtime) else None
    if name in DISTRIBUTED:
        return run.terms.distributed
    return run.terms.make(Sort.OPERATION, "set", run.terms.make(Sort.ENVIRONMENT, name, run.terms.nothing))


def _member(run: Normal, symbol: Operation) -> Term:
    owner, name = symbol.operands
    shown = str(name.value) if isinstance(name, Constant) else "?"
    found = run.term(owner)
    if shown in _ITSELF:
        return found
    return run.terms.make(Sort.OPERATION, f".{shown}", found)


def _formatted(run: Normal, symbol: Operation) -> Term:
    value, _, layout = symbol.operands
    return run.terms.make(Sort.OPERATION, "formatted", run.term(value), run.term(layout))


def _format(run: Normal, symbol: Operation) -> Term:
    return joined_text(run.terms, run.all(symbol.operands))


def _choice(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Choice)
    test = run.term(symbol.test)
    then, other = run.term(symbol.then), run.term(symbol.other)
    if isinstance(symbol.test, Opaque) and symbol.test.reason == PERHAPS_CHANGED:
        return other
    if is_copied(symbol.test):
        return run.terms.make(Sort.OPERATION, "copy", then)
    # A running program takes no path on which a variable that it uses has no value.
    if is_unset(symbol.other) and not is_unset(symbol.then):
        return then
    if is_unset(symbol.then) and not is_unset(symbol.other):
        return other
    if test.sort is Sort.UNKNOWN and then is other:
        return then
    return run.terms.choice(test, then, other)


def _code(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Code)
    return run.terms.make(Sort.FUNCTION, run.names.get(symbol.name, symbol.name))


def _instance(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Instance)
    name = symbol.node.name
    return run.terms.make(Sort.OBJECT, run.names.get(name, name))


def _external(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, External)
    if symbol.name in _NUMBERS:
        return run.terms.constant(_NUMBERS[symbol.name])
    return run.gone(symbol.name) or run.terms.make(Sort.NAME, canonical(symbol.name))


def _made(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Made)
    if symbol.owner is None:
        name = canonical(symbol.name)
        if name in _DISTRIBUTED_NAMES:
            return run.terms.distributed
        gone = run.gone(symbol.name)
        return gone or run.call(name, None, run.arguments(name, symbol.positional, symbol.keywords))
    name = "." + symbol.name.rpartition(".")[2]
    owner = run.term(symbol.owner)
    if name[1:] in _MOVES:
        return owner
    if name.endswith("()"):
        name = "()"
    return run.call(name, owner, run.arguments(name, symbol.positional, symbol.keywords))


def _runtime(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Runtime)
    if symbol.fact is not None:
        return run.terms.make(Sort.FACT, _FACTS[symbol.fact])
    assert symbol.variable is not None
    return variable(run.terms, symbol.variable, run.terms.nothing)


def _changing(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Changing)
    before = run.term(symbol.before)
    if before.sort in (Sort.OBJECT, Sort.FUNCTION, Sort.OPTION):
        return before
    step = run.carried.step(symbol)
    if step is None:
        return run.terms.make(Sort.CARRIED, None, before)
    added = run.term(step)
    if all(part.sort in _STEADY for part in added.walk()):
        return run.carried.counter(run.terms, symbol.span, before, added)
    return run.terms.make(Sort.CARRIED, "sum", before, added)


def _element(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Element)
    of = symbol.of
    if isinstance(of, Made) and of.positional and of.name.rpartition(".")[2] in ("tqdm", "trange", "track"):
        inner = of.positional[0]
        trange = of.name.endswith("trange")
        return run.term(Element(Operation("range", of.positional) if trange else inner, symbol.span))
    if isinstance(of, Operation) and of.name == "range" and of.operands:
        ends = run.all(of.operands)
        start = ends[0] if len(ends) > 1 else run.terms.constant(0)
        step = ends[2] if len(ends) > 2 else run.terms.constant(1)
        return run.carried.counter(run.terms, symbol.span, start, step)
    return run.terms.make(Sort.OPERATION, "item", iterated(run.terms, run.term(of)))


def _happens(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Happens)
    inside = next((step for step in symbol.place.outwards() if step.step is Step.CALL), None)
    return run.terms.logic("and", run.condition(symbol.place, inside))


def _opaque(run: Normal, symbol: Symbol) -> Term:
    assert isinstance(symbol, Opaque)
    return run.terms.unknown(symbol.reason)


def _or(run: Normal, symbol: Operation) -> Term:
    """`a or b`; with a value behind it, which is no answer, `a` where that counts as true."""
    *tests, last = run.all(symbol.operands)
    if last.sort is not Sort.CONSTANT or isinstance(last.value, bool):
        return run.terms.operation("or", *tests, last)
    for term in reversed(tests):
        unset = term.sort is Sort.ENVIRONMENT and term.operands[0].value in (None, "")
        named = variable(run.terms, str(term.value), last) if unset else None
        last = named or run.terms.choice(term, term, last)
    return last


_OPERATIONS: dict[str, Callable[[Normal, Operation], Term]] = {
    "default": _default,
    "or": _or,
    "in os.environ": _is_set,
    ".": _member,
    "[]": item,
    "formatted": _formatted,
    "format": _format,
}
_READERS: dict[type, Callable[[Normal, Symbol], Term]] = {
    Constant: _constant,
    Setting: _setting,
    Operation: _operation,
    Choice: _choice,
    Sequence: sequence,
    Table: table,
    Code: _code,
    Instance: _instance,
    External: _external,
    Made: _made,
    Runtime: _runtime,
    Changing: _changing,
    Element: _element,
    Happens: _happens,
    Opaque: _opaque,
}
