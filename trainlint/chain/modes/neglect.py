"""A scene in, the ways in which what the config says of an encoder has no effect out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.modes.encoding import Encoding
from trainlint.chain.modes.scene import Scene
from trainlint.chain.modes.table import ENCODER_NAMES, NONE
from trainlint.facts.behaviour import Call, Place, Step
from trainlint.facts.profile import Aspect, Evidence, ModeFault, ModeProblem, Weight, Witness
from trainlint.facts.symbols import Constant, Instance, Made, Operation, Setting, Symbol
from trainlint.source import Span

_EFFECT = "it trains: the encoder stays as it was made or loaded"


def encoder_ignored(scene: Scene, encoder: Aspect) -> Iterator[ModeProblem]:
    """Parameters of an encoder that is not there, or that nothing trains."""
    if encoder.value == NONE:
        yield from _without_encoder(scene, encoder)
        return
    for found in scene.encodings:
        fault = _cut(scene, found) or _frozen(scene, found) or _not_optimized(scene, found)
        if fault is not None:
            span, how, remedy = fault
            yield ModeProblem(
                ModeFault.ENCODER_IGNORED,
                span,
                found.call.written,
                encoder.by(Witness.MODEL, Weight.STRUCTURE),
                f"nothing trains `{found.call.written}`: {how}",
                remedy=remedy,
                runtime=_EFFECT,
                certain=False,
            )
            return


def _without_encoder(scene: Scene, encoder: Aspect) -> Iterator[ModeProblem]:
    """Keys that are named for an encoder, where the model has none and nothing reads them."""
    for path in scene.launch.named("|".join(ENCODER_NAMES)):
        if scene.reads(path):
            continue
        key, span = ".".join(path), scene.key_span(path)
        named = Evidence("encoder", Witness.CONFIG, Weight.NAME, span, f"`{key}` is named for an encoder")
        yield ModeProblem(
            ModeFault.ENCODER_IGNORED,
            span,
            key,
            (named, *encoder.by(Witness.MODEL, Weight.STRUCTURE)),
            f"`{key}` is set, but the model of this launch has no encoder and nothing reads the key",
            remedy="choose an arch whose model has an encoder, or leave the key out",
            runtime="it trains, and the key has no effect",
            certain=False,
        )


def _cut(scene: Scene, found: Encoding) -> tuple[Span, str, str] | None:
    """The gradient ends between the encoder and what works on its encoding."""
    if found.cut is None or found.cut_by is None or _meant(found.call.place):
        return None
    how = f"its encoding is made under `{found.cut_by}`"
    if found.cut_by == "detach":
        how = "its encoding is detached before it is used"
    return found.cut, how, "let the gradient through, or say in the config that the encoder is frozen"


def _frozen(scene: Scene, found: Encoding) -> tuple[Span, str, str] | None:
    """Its parameters are told to need no gradient."""
    for event in scene.behaviour.events:
        if not isinstance(event, Call) or not isinstance(event.callee, Operation):
            continue
        owner, name = event.callee.operands[0], event.callee.operands[-1]
        freezes = name == Constant("requires_grad_") and event.positional[:1] == (Constant(False),)
        if not freezes or owner is not found.call.module or _meant(event.place):
            continue
        if scene.evaluation.reached(event.place) is True:
            return event.span, "its parameters are frozen", "freeze it by a key of the config, or train it"
    return None


def _meant(place: Place) -> bool:
    """Whether a key of the config asks for what happens there."""
    return any(
        outer.step in (Step.BRANCH, Step.UNLESS) and outer.value is not None and _of_config(outer.value)
        for outer in place.outwards()
    )


def _of_config(symbol: Symbol, depth: int = 5) -> bool:
    if isinstance(symbol, Setting):
        return True
    parts = symbol.operands if isinstance(symbol, Operation) else ()
    return depth > 0 and any(_of_config(part, depth - 1) for part in parts)


def _not_optimized(scene: Scene, found: Encoding) -> tuple[Span, str, str] | None:
    """No optimizer is given its parameters, nor those of anything that it is a part of."""
    around = {id(call.module) for call in found.call.outwards()}
    optimizers = [
        event
        for event in scene.behaviour.events
        if isinstance(event, Call) and isinstance(event.result, Made) and _optimizes(event.result.name)
    ]
    owners = [_owners(scene, event) for event in optimizers]
    if not owners or any(given is None or not given.isdisjoint(around) for given in owners):
        return None
    return (
        optimizers[0].span,
        "no optimizer is given its parameters",
        "give the optimizer the encoder's parameters too",
    )


def _optimizes(name: str) -> bool:
    return name.startswith("torch.optim.") and name.count(".") == 2


def _owners(scene: Scene, event: Call) -> set[int] | None:
    """Whose parameters an optimizer is given; None where that cannot be told."""
    owners = set[int]()
    given = (*event.positional[:1], *(value for key, value in event.keywords if key == "params"))
    for symbol in scene.step.flow.walk(given):
        if isinstance(symbol, Made) and symbol.name.rpartition(".")[2] in ("parameters", "named_parameters"):
            if not isinstance(symbol.owner, (Instance, Made)):
                return None
            owners.add(id(symbol.owner))
    return owners or None
