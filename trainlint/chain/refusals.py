"""What a script does and the values of one launch in, the guards that stop the launch out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.accepted import accepted, is_stated
from trainlint.chain.deciding import Deciding, deciding, in_generator
from trainlint.chain.evaluation import Evaluation
from trainlint.chain.operations import ABSENT
from trainlint.chain.symbolic.settings import pieces
from trainlint.facts.behaviour import Access, Behaviour, Guard, GuardKind, Read
from trainlint.facts.config import (
    Composition,
    ConfigList,
    ConfigMap,
    ConfigNode,
    DuplicateOverride,
    InclusionKind,
    Origin,
)
from trainlint.facts.refusal import Given, Refusal, Refusals, Undecided
from trainlint.facts.symbols import Choice, Fact, Runtime, Setting, Symbol
from trainlint.facts.value import Known, Unknown
from trainlint.record import record
from trainlint.source import Span

_DEPTH = 24


@record
class _Launch:
    """One composition with what gives symbols their values."""

    composition: Composition
    evaluation: Evaluation
    behaviour: Behaviour


def refusals(
    behaviour: Behaviour | None,
    compositions: tuple[Composition, ...],
    evaluations: tuple[Evaluation, ...],
) -> Refusals:
    """The guards that the values of a launch do not pass; none where Hydra stops the launch before."""
    if behaviour is None or len(compositions) != len(evaluations):
        return Refusals()
    guards = [event for event in behaviour.events if isinstance(event, Guard)]
    found: dict[tuple[Span, str], Refusal] = {}
    undecided: dict[Span, Undecided] = {}
    for composition, evaluation in zip(compositions, evaluations, strict=True):
        if all(isinstance(problem, DuplicateOverride) for problem in composition.problems):
            launch = _Launch(composition, evaluation, behaviour)
            for guard in guards:
                _judge(launch, guard, found, undecided)
    return Refusals(tuple(found.values()), tuple(undecided.values()))


def _judge(
    launch: _Launch,
    guard: Guard,
    found: dict[tuple[Span, str], Refusal],
    undecided: dict[Span, Undecided],
) -> None:
    stops = _stops(guard, launch.evaluation)
    if stops is False:
        return
    decided = deciding(guard)
    if decided is None or in_generator(guard.place):
        return
    settings = [setting for test in decided.tests for setting in _looked_at(launch.evaluation, test)]
    if any(_may_be_other(launch, guard, setting) for setting in settings):
        return
    if stops:
        refusal = _refusal(launch, guard, decided, settings)
        if refusal is not None:
            found.setdefault((guard.span, refusal.given[0].name), refusal)
    else:
        unknown = _nameable(launch, guard, decided, settings)
        if unknown is not None:
            undecided.setdefault(guard.span, unknown)


def _stops(guard: Guard, evaluation: Evaluation) -> bool | None:
    """Whether every run (True) or no run (False) of the launch ends at a guard."""
    reached = evaluation.reached(guard.place)
    if guard.test is None or reached is False:
        return reached
    holds = evaluation.truth(guard.test)
    if holds is None:
        return None
    return False if holds else reached


def _looked_at(evaluation: Evaluation, symbol: Symbol, depth: int = 0) -> Iterator[Setting]:
    """The config values that a test looks at; of a choice the side that is taken."""
    if isinstance(symbol, Setting):
        yield symbol
    elif isinstance(symbol, Choice):
        truth = evaluation.truth(symbol.test)
        yield from _looked_at(evaluation, symbol.test, depth + 1)
        for side, taken in ((symbol.then, True), (symbol.other, False)):
            if truth is not (not taken) and depth < _DEPTH:
                yield from _looked_at(evaluation, side, depth + 1)
    elif depth < _DEPTH:
        for piece in pieces(symbol):
            yield from _looked_at(evaluation, piece, depth + 1)


def _may_be_other(launch: _Launch, guard: Guard, setting: Setting) -> bool:
    """Whether code that cannot be followed may have changed a value before the guard looks at it."""
    if not setting.exact or "*" in setting.path:
        return True
    for event in launch.behaviour.events:
        if event is guard:
            return False
        if isinstance(event, Read) and event.access is Access.WHOLE and _unfollowed(event.via):
            path = event.setting.path
            if len(path) < len(setting.path) and setting.path[: len(path)] == path:
                return True
    return False


def _unfollowed(via: str | None) -> bool:
    return via is not None and via.startswith(("code that cannot be followed", "?"))


def _refusal(launch: _Launch, guard: Guard, decided: Deciding, settings: list[Setting]) -> Refusal | None:
    evaluation = launch.evaluation
    given = _given(launch, decided, settings)
    if not given:
        return None
    words = _words(guard, evaluation)

    def passes(other: Evaluation) -> bool | None:
        return _stops(guard, other) is False

    alone = len(given) == len({setting.path for setting in settings}) == 1
    alone = alone and not isinstance(given[0].value, bool)
    taken = accepted(decided.tests, settings[0], evaluation, passes) if alone else ()
    return Refusal(guard, decided.text, given, taken, words)


def _given(launch: _Launch, decided: Deciding, settings: list[Setting]) -> tuple[Given, ...]:
    """The values that decided a guard; those that the job itself sets come first."""
    found: dict[str, Given] = {}
    for setting in settings:
        given = _one(launch, setting)
        if given is not None:
            found.setdefault(given.name, given)
    for test in decided.tests:
        if _asks_world_size(test) and isinstance(launch.evaluation.world_size, Known):
            size = launch.evaluation.world_size
            found.setdefault("world size", Given("world size", size.value, launch.evaluation.place))
    return tuple(sorted(found.values(), key=lambda entry: (not entry.ordered, entry.origin is None)))


def _one(launch: _Launch, setting: Setting) -> Given | None:
    value = launch.evaluation.value(setting)
    if isinstance(value, Unknown) or value.value is ABSENT:
        return None
    node = _node(launch.composition.root, setting.path)
    name = ".".join(setting.path)
    if node is not None:
        origin = node.origin
        return Given(name, value.value, origin.span, origin, _ordered(origin))
    if setting.field is not None:
        return Given(name, value.value, setting.field.span)
    return None


def _ordered(origin: Origin) -> bool:
    return origin.inclusion.kind is InclusionKind.OVERRIDE and origin.inclusion.file is None


def _node(root: ConfigNode | None, path: tuple[str, ...]) -> ConfigNode | None:
    """What is written at a path, or the interpolation on the way that supplies it."""
    node = root
    for step in path:
        if isinstance(node, ConfigMap):
            node = node.children.get(step) or next(
                (child for key, child in node.children.items() if str(key) == step), None
            )
        elif isinstance(node, ConfigList) and step.isdecimal() and int(step) < len(node.items):
            node = node.items[int(step)]
        else:
            return node
    return node


def _asks_world_size(symbol: Symbol, depth: int = 0) -> bool:
    if isinstance(symbol, Runtime):
        return symbol.fact is Fact.WORLD_SIZE or symbol.variable == "WORLD_SIZE"
    return depth < _DEPTH and any(_asks_world_size(piece, depth + 1) for piece in pieces(symbol))


def _words(guard: Guard, evaluation: Evaluation) -> str:
    """What the run prints as it stops, as far as it is known."""
    said = evaluation.value(guard.message) if guard.message is not None else None
    if guard.kind is GuardKind.LOOKUP and guard.test is not None:
        key = evaluation.value(pieces(guard.test)[0])
        return f"{guard.exception}: {key.value!r}" if isinstance(key, Known) else guard.exception
    if isinstance(said, Known) and said.value is not ABSENT:
        return f"{guard.exception}: {said.value}"
    return guard.exception


def _nameable(launch: _Launch, guard: Guard, decided: Deciding, settings: list[Setting]) -> Undecided | None:
    """Why a guard that every run comes to is not decided, where the job leaves one of its values open."""
    if launch.evaluation.reached(decided.around) is not True:
        return None
    for setting in settings:
        node = _node(launch.composition.root, setting.path)
        value = launch.evaluation.value(setting)
        if node is not None and isinstance(value, Unknown) and _ordered(node.origin):
            reason = f"whether `{decided.text}` ({guard.span}) stops it: {value.reason}"
            return Undecided(guard, Unknown(reason, node.origin.span), is_stated(decided.tests, setting))
    return None
