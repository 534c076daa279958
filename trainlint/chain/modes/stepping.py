"""A training step in, how many steps of the recursion a batch gets and what decides that out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.chain.modes.network import ModuleCall
from trainlint.chain.modes.training import TrainingStep
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import Changing, Element, Made, Operation, Setting, Symbol
from trainlint.record import record

_RANDOM = re.compile(
    r"(^|\.)(rand|rand_like|bernoulli|bernoulli_|uniform_|random|uniform|randint|randint_like)$"
)
_ORDER = {"<", "<=", ">", ">="}


@record
class Repetition:
    """A loop inside one forward that takes every sample through `count` steps; `function` is around it."""

    loop: Place
    count: Symbol


@record
class Halting:
    """A decision for each sample of whether it goes on, `learned` by the network.

    `chance` is the comparison that makes it explore at random, `probability` what that is compared with.
    """

    learned: Operation | None
    chance: Operation | None
    probability: Symbol | None


def repetitions(step: TrainingStep) -> Iterator[Repetition]:
    """The loops inside the forward that give all that it gives: nothing of the network follows them."""
    calls = list(step.calls())
    loops: dict[Place, list[ModuleCall]] = {}
    for call in calls:
        for place in call.place.outwards():
            if place is step.inside:
                break
            if place.step is Step.LOOP and _count(place) is not None:
                loops.setdefault(place, []).append(call)
    for loop, inner in loops.items():
        if _has_state(step, loop, inner) and not _followed(step, calls, inner):
            count = _count(loop)
            assert count is not None
            yield Repetition(loop, count)


def _count(loop: Place) -> Symbol | None:
    """How often a loop over numbers is run, where its bound is a number of the config or of the text."""
    items = loop.value
    if isinstance(items, Operation) and items.name == "range" and len(items.operands) == 1:
        return items.operands[0]
    return None


def _has_state(step: TrainingStep, loop: Place, inner: list[ModuleCall]) -> bool:
    """Whether a turn starts from what the last one gave, with the same input."""
    for call in inner:
        made = list(step.flow.walk(call.given))
        if any(isinstance(symbol, Element) and symbol.of is loop.value for symbol in made):
            return False
    variables = (
        symbol
        for call in inner
        for symbol in step.flow.walk(call.given)
        if isinstance(symbol, Changing) and symbol.span == loop.span
    )
    values = [change.value for variable in variables for change in step.flow.changes(variable)]
    return not step.makers(values).isdisjoint(inner)


def _followed(step: TrainingStep, calls: list[ModuleCall], inner: list[ModuleCall]) -> bool:
    """Whether another part of the network works on what the loop gives."""
    within, last = set(inner), max(call.index for call in inner)
    later = (call for call in calls if call.index > last and call not in within)
    return any(not step.makers(call.given).isdisjoint(within) for call in later)


def halting(step: TrainingStep) -> Halting | None:
    """What decides in training whether a sample halts; None where the state holds no such decision."""
    gives = step.network.gives
    learned = chance = probability = None
    state = step.state()
    for symbol in step.flow.walk(step.given_back(), within=step.inside, stop=lambda s: id(s) in state):
        if not isinstance(symbol, Operation) or symbol.name not in _ORDER:
            continue
        for side, other in (symbol.operands, symbol.operands[::-1]):
            if isinstance(side, Made) and _RANDOM.search(side.name):
                chance, probability = symbol, other
            elif any(id(part) in gives for part in _head(side)) and not _is_setting(other):
                learned = symbol
    return Halting(learned, chance, probability) if learned or chance else None


def _head(side: Symbol, depth: int = 6) -> Iterator[Symbol]:
    """A value and what it is a plain form of: `.squeeze()`, `.float()`, an item."""
    yield side
    if depth and isinstance(side, Made) and side.owner is not None:
        yield from _head(side.owner, depth - 1)
    elif depth and isinstance(side, Operation) and side.name in ("[]", "."):
        yield from _head(side.operands[0], depth - 1)


def _is_setting(symbol: Symbol) -> bool:
    return isinstance(symbol, Setting)
