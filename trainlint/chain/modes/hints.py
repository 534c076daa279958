"""A launch without a training step that has modes in, what speaks for one all the same out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.modes.flow import Flow, outputs
from trainlint.chain.modes.network import Network
from trainlint.chain.modes.scene import Scene
from trainlint.chain.modes.stepping import halting
from trainlint.chain.modes.table import AS_WORDS, MODE_NAMES, AspectTable
from trainlint.chain.modes.training import forwards
from trainlint.facts.behaviour import Behaviour, Call
from trainlint.facts.profile import Evidence, ModeFault, ModeProblem, Weight
from trainlint.facts.symbols import Constant, Instance, Made, Opaque, Operation, Setting
from trainlint.facts.value import Known, Unknown

_NAMES = "|".join(name for names in MODE_NAMES.values() for name in names)
#: How a trainer of a library is asked to train.
_STARTS = ("fit", "train")


def alone(table: AspectTable, scene: Scene) -> Iterator[ModeProblem]:
    """One key that is named for a mode, where nothing else shows any: worth a note."""
    keys = scene.launch.named(_NAMES) if scene.followed and not _goes_on(scene) else ()
    if len(keys) != 1 or not _is_set(scene, keys[0]):
        return
    named = [
        Evidence(predicate.value, predicate.witness, predicate.weight, span, message)
        for predicate in table.predicates
        if predicate.weight is Weight.NAME
        for span, message in predicate.find(scene)
    ]
    key = ".".join(keys[0])
    for only in named:
        yield ModeProblem(
            ModeFault.CONFLICT,
            only.span,
            key,
            (only,),
            f"`{key}` speaks for {AS_WORDS[only.value]}, and nothing else in this run does",
            remedy=f"check that the arch is the one that `{key}` was meant for",
            certain=False,
            alone=True,
        )


def _goes_on(scene: Scene) -> bool:
    """Whether the forward calls something that nobody can follow."""
    inside = scene.step.inside
    return any(
        isinstance(event, Call) and isinstance(event.callee, (Opaque, Operation)) and _is_open(event.callee)
        for event in scene.behaviour.events
        if event.place.within(inside)
    )


def _is_open(callee: Opaque | Operation) -> bool:
    """Whether what is called is not known; a method of a library's object is."""
    return isinstance(callee, Opaque) or isinstance(callee.operands[0], Opaque)


def _is_set(scene: Scene, path: tuple[str, ...]) -> bool:
    """Whether a key holds more than nothing: a chance of zero asks for no mode."""
    found = scene.evaluation.value(Setting(path))
    return isinstance(found, Known) and bool(found.value)


def unseen(found: Network, flow: Flow, behaviour: Behaviour) -> Iterator[Unknown]:
    """A model that decides who halts, trained by a loop of a library that nobody can see."""
    if found.backwards or not any(map(_starts, behaviour.events)):
        return
    for step in forwards(found, flow):
        decision = halting(step)
        given = outputs(step.forward.event.result, 3)
        # Masks that are drawn at random are no halting: the network decides, and an object keeps it.
        if decision is not None and decision.learned and any(isinstance(part, Instance) for part in given):
            who = f"`{step.forward.name}` decides which samples halt"
            reason = f"{who}, and the loop that trains it was not found: its modes are not known"
            yield Unknown(reason, step.forward.event.span)
            return


def _starts(event: object) -> bool:
    """Whether it is `trainer.fit(…)`, of a trainer of a library or of a class built on one."""
    if not isinstance(event, Call) or not isinstance(event.callee, Operation) or event.callee.name != ".":
        return False
    owner, name = event.callee.operands[0], event.callee.operands[-1]
    names = owner.bases if isinstance(owner, Instance) else (owner.name,) if isinstance(owner, Made) else ()
    asked = isinstance(name, Constant) and name.value in _STARTS
    return asked and any(base.endswith("Trainer") or base == "hydra.utils.instantiate" for base in names)
