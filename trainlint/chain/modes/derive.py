"""A launch's code and config in, the profile of its modes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace

from trainlint.chain.answers import Asked
from trainlint.chain.evaluation import Evaluation
from trainlint.chain.model import Chain, Unverified
from trainlint.chain.modes.faults import faults
from trainlint.chain.modes.flow import Flow, fillings_of, turns_of
from trainlint.chain.modes.hints import alone, unseen
from trainlint.chain.modes.network import Network, network
from trainlint.chain.modes.reach import Training
from trainlint.chain.modes.scene import Scene
from trainlint.chain.modes.sources import unknown_paths
from trainlint.chain.modes.table import ACT_MODE, DATA, ENCODING, AspectTable
from trainlint.chain.modes.training import TrainingStep, learned_from, training_step
from trainlint.chain.recall import Inquiry, Recall
from trainlint.diagnostic import LinkKind
from trainlint.facts.behaviour import Behaviour, Call, Change
from trainlint.facts.config import Composition
from trainlint.facts.profile import Aspect, Evidence, ModeProblem, Profile
from trainlint.facts.symbols import Setting
from trainlint.facts.target import TargetStatus
from trainlint.facts.value import Known, Unknown
from trainlint.record import state
from trainlint.source import Files, Span

_Indexed = tuple[Network, dict[Span, list[Change]], dict[int, list[Change | Call]], Recall[Profile]]


@state
class Modes:
    """Derives profiles; what depends on the code alone is looked up once for all launches."""

    files: Files
    _indexed: dict[Behaviour, _Indexed] = field(default_factory=dict)

    def profiled(self, chain: Chain) -> Chain:
        """A chain with its modes, and what would decide them and is not known."""
        profile = self._profile(chain)
        if profile is None:
            return chain
        found = (Unverified(LinkKind.MODEL, entry) for entry in profile.unknown)
        unverified = tuple(dict.fromkeys((*chain.unverified, *found)))
        return replace(chain, profile=profile, unverified=unverified)

    def _profile(self, chain: Chain) -> Profile | None:
        """The modes of a launch: of its first composition, with the faults of all."""
        composed = (composition for composition in chain.configs if composition.root is not None)
        points = zip(composed, chain.evaluations, strict=True)
        if chain.behaviour is None:
            return None
        profiles = [self._of(chain, chain.behaviour, *point) for point in points]
        # What a class that was not found would do speaks for some mode or another.
        whole = all(target.status is TargetStatus.FOUND for target in chain.targets)
        found = (problem for profile in profiles for problem in profile.problems)
        problems = dict.fromkeys(problem for problem in found if whole or not problem.alone)
        return replace(profiles[0], problems=tuple(problems)) if profiles else None

    def _of(
        self, chain: Chain, behaviour: Behaviour, composition: Composition, evaluation: Evaluation
    ) -> Profile:
        """The modes of one run."""
        launch = chain.launch
        start = launch.script.span if launch.script is not None else launch.job.span
        directory = launch.directory.value if isinstance(launch.directory, Known) else None
        overrides = chain.arguments.overrides if chain.arguments is not None else ()
        asked = Asked(evaluation, composition, directory, start, overrides)
        *_, known = self._index(behaviour)
        return known.of(asked, lambda inquiry: self._derived(behaviour, inquiry))

    def _derived(self, behaviour: Behaviour, launch: Inquiry) -> Profile:
        """The modes; all unknown where none of the training steps passes a state on."""
        found, turns, fillings, _ = self._index(behaviour)
        evaluation = launch.evaluation()
        flow = Flow(Training(evaluation), turns, fillings, found.modules)
        learned = list(learned_from(found, flow))
        notes: tuple[ModeProblem, ...] = ()
        for forward, backward in learned:
            step = training_step(found, flow, forward, backward)
            scene = Scene(step, behaviour, launch, evaluation, self.files)
            if scene.stateful and (scene.halting or scene.repetitions or scene.step.repeats):
                sure = len(learned) == 1 or flow.training.reached(forward.place) is True
                return _profile(scene) if sure else Profile(unknown=(_which(step),))
            if len(learned) == 1:
                notes = tuple(alone(ACT_MODE, scene))
        return Profile(problems=notes, unknown=tuple(unseen(found, flow, behaviour)))

    def _index(self, behaviour: Behaviour) -> _Indexed:
        if behaviour not in self._indexed:
            made = network(behaviour), turns_of(behaviour), fillings_of(behaviour), Recall[Profile]()
            self._indexed[behaviour] = made
        return self._indexed[behaviour]


def _profile(scene: Scene) -> Profile:
    act_mode, encoder, data = (_aspect(table, scene) for table in (ACT_MODE, ENCODING, DATA))
    problems = tuple(faults(scene, act_mode, encoder, data))
    return Profile(act_mode, encoder, data, problems, tuple(_unknown(scene)))


def _which(step: TrainingStep) -> Unknown:
    """Several networks may be trained, and what chooses between them is not known."""
    return Unknown("which of several networks is trained here is not known", step.backward.span)


def _unknown(scene: Scene) -> Iterator[Unknown]:
    """What would decide a mode if it were known: numbers of steps, the chance of exploring, the data."""
    deciding = [repetition.count for repetition in scene.repetitions]
    if scene.halting is not None and scene.halting.probability is not None:
        deciding.append(scene.halting.probability)
    for symbol in deciding:
        found = scene.evaluation.value(symbol)
        parts = scene.step.flow.walk([symbol])
        if isinstance(found, Unknown) and any(isinstance(part, Setting) for part in parts):
            yield found
    yield from unknown_paths(scene.step, scene.evaluation, scene.launch)


def _aspect(table: AspectTable, scene: Scene) -> Aspect:
    evidence = [
        Evidence(predicate.value, predicate.witness, predicate.weight, span, message)
        for predicate in table.predicates
        for span, message in predicate.find(scene)
    ]
    value = table.settle(scene)
    # What speaks for the value comes first.
    return Aspect(value, tuple(sorted(evidence, key=lambda entry: entry.value != value)))
