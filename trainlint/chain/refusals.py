"""What a script does and the values of one launch in, the guards that stop the launch out."""

from __future__ import annotations

from trainlint.chain.accepted import accepted, is_stated
from trainlint.chain.deciding import Deciding, deciding, in_generator
from trainlint.chain.evaluation import Evaluation
from trainlint.chain.events import Events
from trainlint.chain.given import Judged, looked_at, node_at, ordered, values_given
from trainlint.chain.operations import ABSENT
from trainlint.chain.symbolic.holdings import pieces
from trainlint.facts.behaviour import Guard, GuardKind
from trainlint.facts.config import Composition, DuplicateOverride
from trainlint.facts.refusal import Refusal, Refusals, Undecided
from trainlint.facts.symbols import Setting
from trainlint.facts.value import Known, Unknown
from trainlint.source import Span


def refusals(
    events: Events | None,
    compositions: tuple[Composition, ...],
    evaluations: tuple[Evaluation, ...],
) -> Refusals:
    """The guards that the values of a launch do not pass; none where Hydra stops the launch before."""
    if events is None or len(compositions) != len(evaluations):
        return Refusals()
    found: dict[tuple[Span, str], Refusal] = {}
    undecided: dict[Span, Undecided] = {}
    for composition, evaluation in zip(compositions, evaluations, strict=True):
        if all(isinstance(problem, DuplicateOverride) for problem in composition.problems):
            launch = Judged(composition, evaluation, events)
            for order, guard in events.guards:
                _judge(launch, guard, order, found, undecided)
    return Refusals(tuple(found.values()), tuple(undecided.values()))


def _judge(
    launch: Judged,
    guard: Guard,
    order: int,
    found: dict[tuple[Span, str], Refusal],
    undecided: dict[Span, Undecided],
) -> None:
    stops = _stops(guard, launch.evaluation)
    if stops is False:
        return
    decided = deciding(guard)
    if decided is None or in_generator(guard.place):
        return
    settings = [setting for test in decided.tests for setting in looked_at(launch.evaluation, test)]
    if any(_may_be_other(launch, order, setting) for setting in settings):
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


def _may_be_other(launch: Judged, order: int, setting: Setting) -> bool:
    """Whether code that cannot be followed may have changed a value before a guard looks at it."""
    if not setting.exact or "*" in setting.path:
        return True
    escapes = launch.events.escapes(setting.path, order)
    return any(launch.evaluation.reached(read.place) is not False for read in escapes)


def _refusal(launch: Judged, guard: Guard, decided: Deciding, settings: list[Setting]) -> Refusal | None:
    evaluation = launch.evaluation
    given = values_given(launch, decided.tests, settings)
    if not given:
        return None
    words = _words(guard, evaluation)

    def passes(other: Evaluation) -> bool | None:
        return _stops(guard, other) is False

    alone = len(given) == len({setting.path for setting in settings}) == 1
    alone = alone and not isinstance(given[0].value, bool)
    taken = accepted(decided.tests, settings[0], evaluation, passes) if alone else ()
    return Refusal(guard, decided.text, given, taken, words)


def _words(guard: Guard, evaluation: Evaluation) -> str:
    """What the run prints as it stops, as far as it is known."""
    said = evaluation.value(guard.message) if guard.message is not None else None
    if guard.kind is GuardKind.LOOKUP and guard.test is not None and said is None:
        key = evaluation.value(pieces(guard.test)[0])
        return f"{guard.exception}: {key.value!r}" if isinstance(key, Known) else guard.exception
    if isinstance(said, Known) and said.value is not ABSENT:
        return f"{guard.exception}: {said.value}"
    return guard.exception


def _nameable(launch: Judged, guard: Guard, decided: Deciding, settings: list[Setting]) -> Undecided | None:
    """Why a guard that every run comes to is not decided, where the job leaves one of its values open."""
    if launch.evaluation.reached(decided.around) is not True:
        return None
    for setting in settings:
        node = node_at(launch.composition.root, setting.path)
        value = launch.evaluation.value(setting)
        if node is not None and isinstance(value, Unknown) and ordered(node.origin):
            reason = f"whether `{decided.text}` ({guard.span}) stops it: {value.reason}"
            return Undecided(guard, Unknown(reason, node.origin.span), is_stated(decided.tests, setting))
    return None
