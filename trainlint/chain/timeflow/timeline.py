"""Events of a script in, its counters, its optimizer step and the length of a run out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from trainlint.chain.symbolic.parts import within
from trainlint.chain.timeflow.counting import CounterKey, Mentions, is_exit, key_of, outermost, pieces
from trainlint.chain.timeflow.loops import Turns, last_of_range, loops_around, through, turns
from trainlint.chain.timeflow.numbers import Calculator
from trainlint.facts.behaviour import Call, Change, Event, Place, Read, Step
from trainlint.facts.schedule import Unit
from trainlint.facts.symbols import Changing, Choice, Constant, Element, Instance, Operation, Setting, Symbol
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import entity, record
from trainlint.source import Span

_OPTIMIZER = re.compile(r"(?i)(?:^|[._])(?:opt|optim|optimizers?|\w*_opt|\w*_optimizer)(?:\[\w+\])?$")
_STEPPERS = ("torch.optim.", "torch.cuda.amp", "torch.amp", "transformers.AdamW", "bitsandbytes.")


@record
class Counter:
    """A variable that goes up by a fixed amount, or the variable of a loop over a range.

    `first` is the outermost loop that changes a variable, None for an attribute.
    `increments` are the places where it goes up, empty for a loop variable, whose loop is `items`.
    """

    key: CounterKey
    name: str
    owner: Instance | None
    first: Span | None
    increments: tuple[Change, ...]
    span: Span
    items: Symbol | None = None


@entity
class Timeline:
    """What is known of a launch's time while its parts are put together."""

    events: tuple[Event, ...]
    calculator: Calculator
    mentions: Mentions
    span: Span
    counters: dict[CounterKey, Counter] = field(default_factory=dict)
    optimizer: Call | None = None
    _turns: dict[int, Turns] = field(default_factory=dict)
    _reads: list[Read] = field(default_factory=list)

    @classmethod
    def of(cls, events: tuple[Event, ...], calculator: Calculator, span: Span) -> Timeline:
        """Find the optimizer step and the counters; `span` is where the script starts."""
        line = cls(events, calculator, calculator.mentions, span)
        line.optimizer = next(filter(_is_optimizer_step, calls(events)), None)
        line.counters = {counter.key: counter for counter in counters(events)}
        line._reads = [event for event in events if isinstance(event, Read)]
        return line

    @property
    def loops(self) -> tuple[Place, ...]:
        """The loops around the optimizer step; one over several optimizers is none of them."""
        if self.optimizer is None:
            return ()
        around = loops_around(self.optimizer.place)
        while around and _picks(around[-1], self.optimizer):
            around = around[:-1]
        return around

    def counter(self, symbol: Symbol) -> Counter | None:
        """The one counter that a symbol depends on."""
        keys = self.mentions.of(symbol)
        if len(keys) != 1:
            return None
        return self.counters.get(next(iter(keys))) or _of_range(symbol, self.mentions)

    def unit(self, counter: Counter) -> Unit:
        """Whether it counts steps or epochs."""
        loops = self.loops
        around = self.around(counter)
        if loops and around:
            return Unit.EPOCH if around[-1] in loops[:-1] else Unit.STEP
        return Unit.EPOCH if "epoch" in counter.name.lower() else Unit.STEP

    def turns(self, loop: Place) -> Turns:
        """How often a loop turns."""
        if id(loop) not in self._turns:
            self._turns[id(loop)] = turns(loop, self.calculator)
        return self._turns[id(loop)]

    def is_step(self, counter: Counter) -> bool:
        """Whether it goes up in the very loops in which the optimizer steps."""
        around = self.around(counter)
        return bool(around) and around == self.loops and (bool(counter.increments) or around[-1:] != ())

    def around(self, counter: Counter) -> tuple[Place, ...]:
        """The loops in which a counter goes up."""
        if counter.increments:
            return loops_around(counter.increments[0].place)
        for index, loop in enumerate(self.loops):
            if through(loop.value) is counter.items:
                return self.loops[: index + 1]
        return ()

    def ends(self, counter: Counter) -> Value[float] | None:
        """The count at which the loops around a counter end, where they say so themselves."""
        if counter.items is not None:
            return _end_of_range(counter, self.calculator)
        left = (
            self._left(step, counter) for change in counter.increments for step in change.place.outwards()
        )
        bounds = (*left, *(self._bound(loop, counter) for loop in reversed(self.around(counter))))
        bound = next((bound for bound in bounds if bound is not None), None)
        if bound is None:
            return None
        found = self.calculator.value(bound, counter.span)
        if isinstance(found, Known):
            value = found.value
            return Known(float(value), counter.span) if isinstance(value, (int, float)) else None
        return Unknown(f"how many steps the run takes is not known: {found.reason}", found.span)

    def start(self, counter: Counter) -> float | None:
        """The count that a fresh run starts from."""
        for change in counter.increments:
            symbol: Symbol = change.value
            for _ in range(20):
                if isinstance(symbol, Operation) and symbol.name == "+":
                    symbol = symbol.operands[0]
                elif isinstance(symbol, Changing):
                    symbol = symbol.before
                elif isinstance(symbol, Choice):
                    symbol = self._taken(symbol)
                else:
                    break
            return self.calculator.number(symbol)
        return 0.0

    def _taken(self, choice: Choice) -> Symbol:
        """The side that is taken; the one without a checkpoint where that is not known."""
        test = self.calculator.value(choice.test, self.span)
        return choice.then if isinstance(test, Known) and test.value else choice.other

    def _left(self, place: Place, counter: Counter) -> Symbol | None:
        """What a counter comes to where the loop around it is left: `if step >= most: break`."""
        if place.step is not Step.UNLESS or place.barred is None or place.barred.step is not Step.BRANCH:
            return None
        pending = [place.barred.value] if place.barred.truth and _breaks(place) else []
        while pending:
            test = pending.pop()
            if isinstance(test, Operation) and test.name == "or":
                pending += test.operands
            elif isinstance(test, Operation) and test.name in (">", ">=", "=="):
                counted, most = test.operands
                if counter.key in self.mentions.of(counted) and not self.mentions.of(most):
                    return most
        return None

    def _bound(self, loop: Place, counter: Counter) -> Symbol | None:
        """The count at which a loop ends: by its own test, or by a `break`."""
        tested = self.turns(loop).bound
        if (
            tested is not None
            and counter.key in self.mentions.of(tested[0])
            and not self.mentions.of(tested[1])
        ):
            return tested[1]
        assert isinstance(loop.node, (ast.For, ast.AsyncFor, ast.While))
        for node in ast.walk(loop.node):
            if isinstance(node, ast.If) and any(isinstance(s, (ast.Break, ast.Return)) for s in node.body):
                found = self._exit(node.test, counter, loop)
                if found is not None:
                    return found
        return None

    def _exit(self, test: ast.expr, counter: Counter, loop: Place) -> Symbol | None:
        """`step >= most` before a `break`, and what the config has for `most`."""
        either = isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or)
        for part in test.values if isinstance(test, ast.BoolOp) and either else [test]:
            if not (isinstance(part, ast.Compare) and len(part.ops) == 1):
                continue
            if _named(part.left) != counter.name or not isinstance(part.ops[0], (ast.Gt, ast.GtE, ast.Eq)):
                continue
            most = part.comparators[0]
            if isinstance(most, ast.Constant) and isinstance(most.value, (int, float)):
                return Constant(most.value)
            return self._read(most, loop) or self._setting(most)
        return None

    def _read(self, node: ast.expr, loop: Place) -> Symbol | None:
        """The key of the config that is read at a place."""
        for read in self._reads:
            inside = read.span.file == loop.span.file and read.span.line == node.lineno
            if inside and read.setting.path[-1:] == (_named(node),):
                return read.setting
        return None

    def _setting(self, node: ast.expr) -> Symbol | None:
        """The key that a name alone stands for, in scripts whose config are their own variables."""
        if not isinstance(node, ast.Name) or any(self._changes(node.id)):
            return None
        setting = Setting((node.id,))
        return setting if self.calculator.number(setting) is not None else None

    def _changes(self, name: str) -> Iterator[bool]:
        """Whether code gives a variable another value than the config's."""
        for event in self.events:
            if isinstance(event, Change) and event.owner is None and event.name == name:
                own = isinstance(event.value, Setting) and event.value.path == (name,)
                yield not (own or isinstance(event.value, Constant))


def calls(events: Iterable[Event]) -> Iterator[Call]:
    """The calls among some events."""
    return (event for event in events if isinstance(event, Call))


def _named(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _end_of_range(counter: Counter, calculator: Calculator) -> Value[float]:
    """How many turns a loop over a range takes; its last count where it starts above 1."""
    assert isinstance(counter.items, Operation)
    last = last_of_range(counter.items, calculator)
    if last is not None:
        first = calculator.number(counter.items.operands[0]) if len(counter.items.operands) > 1 else 0
        return Known(last + 1 if first == 0 else last, counter.span)
    for end in counter.items.operands:
        found = calculator.value(end, counter.span)
        if isinstance(found, Unknown):
            return Unknown(f"how often a loop turns is not known: {found.reason}", found.span)
    return Unknown("how often a loop turns is known at run time only", counter.span)


def _breaks(place: Place) -> bool:
    """Whether the loop is left for good: by `break` or `return`, and not by `continue`."""
    loops = loops_around(place)
    if place.barred is None or not loops or loops[-1].node is None or not is_exit(place):
        return False
    for node in ast.walk(loops[-1].node):
        if isinstance(node, ast.If) and node.lineno == place.barred.span.line:
            return any(isinstance(statement, (ast.Break, ast.Return)) for statement in node.body)
    return False


def _picks(loop: Place, step: Call) -> bool:
    """Whether a loop goes over the optimizers themselves."""
    assert isinstance(step.node.func, ast.Attribute)
    used = {node.id for node in ast.walk(step.node.func.value) if isinstance(node, ast.Name)}
    if not isinstance(loop.node, (ast.For, ast.AsyncFor)):
        return False
    return bool(used & {node.id for node in ast.walk(loop.node.target) if isinstance(node, ast.Name)})


def _is_optimizer_step(event: Call) -> bool:
    """`optimizer.step()`, `scaler.step(optimizer)`."""
    function = event.node.func
    if not (isinstance(function, ast.Attribute) and function.attr == "step") or event.inside is not None:
        return False
    name = getattr(event.result, "name", "")
    if isinstance(name, str) and name.startswith(_STEPPERS) and "lr_scheduler" not in name:
        return True
    receiver = ast.unparse(function.value)
    given = ast.unparse(event.node.args[0]) if event.node.args else ""
    return bool(_OPTIMIZER.search(receiver) or _OPTIMIZER.search(given))


def counters(events: Iterable[Event]) -> Iterator[Counter]:
    """Every variable or attribute that goes up by one."""
    found: dict[CounterKey, list[Change]] = {}
    names: dict[CounterKey, Changing] = {}
    for event in events:
        if not (isinstance(event, Change) and event.adds and isinstance(event.value, Operation)):
            continue
        sign, operands = event.value.name, event.value.operands
        if sign != "+" or len(operands) != 2:
            continue
        counted = next(filter(None, (_changing(operand, event.name) for operand in operands)), None)
        constant = next((operand for operand in operands if isinstance(operand, Constant)), None)
        if counted is None or constant is None or constant.value != 1:
            continue
        key = key_of(counted)
        found.setdefault(key, []).append(event)
        names[key] = counted
    for key, changes in found.items():
        owner = changes[0].owner
        yield Counter(
            key,
            names[key].name,
            owner if isinstance(owner, Instance) else None,
            outermost(names[key]).span if owner is None else None,
            tuple(changes),
            changes[0].span,
        )


def _changing(symbol: Symbol, name: str, depth: int = 0) -> Changing | None:
    """The variable of this name that a sum starts from, below branches."""
    if isinstance(symbol, Changing):
        return symbol if symbol.name == name else None
    if depth > 6:
        return None
    parts: tuple[Symbol, ...] = ()
    if isinstance(symbol, Operation) and symbol.name == "+":
        parts = symbol.operands
    elif isinstance(symbol, Choice):
        parts = (symbol.then, symbol.other)
    return next(filter(None, (_changing(part, name, depth + 1) for part in parts)), None)


def _of_range(symbol: Symbol, mentions: Mentions) -> Counter | None:
    """The variable of a loop over a range, as a counter."""
    element = _element(symbol, mentions)
    if element is None:
        return None
    items = through(element.of)
    if not (isinstance(items, Operation) and items.name == "range"):
        return None
    return Counter(key_of(element), "the loop's variable", None, None, (), element.span, items)


def _element(symbol: Symbol, mentions: Mentions) -> Element | None:
    parts = within(symbol, lambda part: pieces(part) if mentions.of(part) else (), 41)
    return next((part for part in parts if isinstance(part, Element)), None)


def branches_between(place: Place, shared: Place | None) -> list[Place]:
    """The branches around a place that are not around another."""
    around = set(map(id, shared.outwards())) if shared is not None else set()
    return [
        step
        for step in place.outwards()
        if id(step) not in around and step.step in (Step.BRANCH, Step.UNLESS, Step.ASSUMED)
    ]


def settings_of(symbol: Symbol) -> Iterator[Setting]:
    """The settings that a symbol is made of."""
    return (part for part in within(symbol, pieces, 60) if isinstance(part, Setting))


def contains(symbol: Symbol, wanted: Symbol) -> bool:
    """Whether a value is made with another."""
    return any(part is wanted for part in within(symbol, pieces, 40))
