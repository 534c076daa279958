"""The evidence of a launch in, the places where two pieces of it disagree out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.modes.clues import training_function
from trainlint.chain.modes.missing import parameters_missing
from trainlint.chain.modes.neglect import encoder_ignored
from trainlint.chain.modes.scene import Scene
from trainlint.chain.modes.table import (
    AS_WORDS,
    DYNAMIC,
    EMBEDDING,
    ENCODER,
    FIXED,
    FUNCTION_NAMES,
    MODE_NAMES,
)
from trainlint.facts.profile import Aspect, Evidence, ModeFault, ModeProblem, Weight, Witness
from trainlint.source import Span


def faults(scene: Scene, act_mode: Aspect, encoder: Aspect, data: Aspect) -> Iterator[ModeProblem]:
    """Every fault; one that follows from another is left to that one."""
    clash = [*_conflict(scene, act_mode), *_dropped(scene, act_mode)]
    yield from clash
    if not clash:
        clash = [*_other_function(scene, act_mode)]
        yield from clash or parameters_missing(scene, act_mode)
    yield from _cached(scene, act_mode, encoder)
    yield from _other_data(scene, data)
    yield from encoder_ignored(scene, encoder)


def _of(aspect: Aspect, value: str, witness: Witness) -> tuple[Evidence, ...]:
    """What a witness's code does that speaks for a value."""
    return tuple(entry for entry in aspect.by(witness, Weight.STRUCTURE) if entry.value == value)


def _conflict(scene: Scene, act_mode: Aspect) -> Iterator[ModeProblem]:
    """The model computes in one mode, the script drives it in the other."""
    for ours, theirs in ((FIXED, DYNAMIC), (DYNAMIC, FIXED)):
        model, other = _of(act_mode, ours, Witness.MODEL), _of(act_mode, theirs, Witness.MODEL)
        script = _of(act_mode, theirs, Witness.SCRIPT)
        if not model or other or not script or _of(act_mode, ours, Witness.SCRIPT):
            continue
        if theirs == FIXED and not scene.step.repeats:
            continue  # a state that is only dropped is a fault of its own
        name = scene.step.forward.name
        yield ModeProblem(
            ModeFault.CONFLICT,
            scene.launch.start(),
            ours,
            (*script, *model),
            f"the model computes with {AS_WORDS[ours]}, but this script trains with {AS_WORDS[theirs]}",
            remedy=f"start a script for {AS_WORDS[ours]}, or choose an arch for {AS_WORDS[theirs]}",
            runtime=(
                f"it trains: the state that `{name}` is given back is done, and every batch starts anew"
                if ours == FIXED
                else "it trains: every sample gets the script's number of steps, whatever the model decides"
            ),
            certain=ours == FIXED or (scene.halting is not None and scene.halting.chance is not None),
        )


def _dropped(scene: Scene, act_mode: Aspect) -> Iterator[ModeProblem]:
    """The model halts sample by sample, and the script drops its state after every batch."""
    renewed, decision = scene.step.renewed, scene.halting
    if renewed is None or decision is None or scene.repetitions or scene.step.repeats or scene.step.heeds:
        return
    yield ModeProblem(
        ModeFault.CARRY_DROPPED,
        renewed.span,
        scene.step.forward.name,
        (*_of(act_mode, DYNAMIC, Witness.MODEL), *_of(act_mode, FIXED, Witness.SCRIPT)),
        "every batch starts from a new state, though the model decides which samples go on to a further step",
        remedy="make the state once, before the first batch, and give each forward what the last one gave",
        runtime="it trains: each sample gets one step, and halting never matters",
        certain=decision.chance is not None,
    )


def _cached(scene: Scene, act_mode: Aspect, encoder: Aspect) -> Iterator[ModeProblem]:
    """Samples go on from batch to batch with the encoding of their first step."""
    if scene.step.kept is None or act_mode.value != DYNAMIC:
        return
    for found in scene.encodings:
        if found.kept is None or found.once:
            continue
        yield ModeProblem(
            ModeFault.CACHED_ENCODING,
            found.kept,
            found.call.written,
            (*encoder.evidence, *_of(act_mode, DYNAMIC, Witness.SCRIPT)),
            f"a sample keeps the encoding that `{found.call.written}` made at its first step "
            "while it goes on from batch to batch",
            remedy="encode at every step",
            runtime="it trains: only a sample's first step trains the encoder",
        )


def _other_function(scene: Scene, act_mode: Aspect) -> Iterator[ModeProblem]:
    """A function is named for one mode, or the config sets its parameters, and the other one runs."""
    if bool(scene.repetitions) == bool(scene.halting):
        return
    value = FIXED if scene.repetitions else DYNAMIC
    other = DYNAMIC if value == FIXED else FIXED
    structure = _of(act_mode, value, Witness.MODEL)
    found = training_function(scene)
    if found is not None and _named_for(other, found[1].name):
        yield _misnamed(found[1].name, found[0].span, value, other, structure)
        return
    asked = [entry for entry in act_mode.by(Witness.CONFIG, Weight.NAME) if entry.value == other]
    fitting = [entry for entry in act_mode.by(Witness.CONFIG, Weight.NAME) if entry.value == value]
    if fitting:
        return
    for path in scene.launch.named("|".join(MODE_NAMES[other])):
        for entry in asked:
            if entry.span == scene.key_span(path) and not scene.reads(path):
                runs = found[1].name if found is not None else scene.step.forward.name
                yield _asked_for(".".join(path), runs, entry, value, structure)


def _named_for(mode: str, name: str) -> bool:
    return not set(name.strip("_").split("_")).isdisjoint(FUNCTION_NAMES[mode])


def _misnamed(name: str, span: Span, value: str, other: str, structure: tuple[Evidence, ...]) -> ModeProblem:
    named = Evidence(other, Witness.MODEL, Weight.NAME, span, f"`{name}` is named for {AS_WORDS[other]}")
    return ModeProblem(
        ModeFault.OTHER_FUNCTION,
        span,
        name,
        (named, *structure),
        f"`{name}` is named for {AS_WORDS[other]}, but what training runs there is {AS_WORDS[value]}",
        remedy=f"call the function that computes with {AS_WORDS[other]}, or rename this one",
        runtime="it trains, in the mode that the code computes and not in the one that its name promises",
        certain=False,
    )


def _asked_for(
    key: str, runs: str, asked: Evidence, value: str, structure: tuple[Evidence, ...]
) -> ModeProblem:
    return ModeProblem(
        ModeFault.OTHER_FUNCTION,
        asked.span,
        key,
        (asked, *structure),
        f"`{key}` asks for {AS_WORDS[asked.value]}, but `{runs}` trains with {AS_WORDS[value]}",
        remedy=f"choose an arch whose model trains with {AS_WORDS[asked.value]}, or leave `{key}` out",
        runtime="it trains, and the key has no effect",
        certain=False,
    )


def _other_data(scene: Scene, data: Aspect) -> Iterator[ModeProblem]:
    """The data were made for the other mode."""
    if data.value is None:
        return
    model = data.by(Witness.MODEL, Weight.STRUCTURE)
    for path in scene.paths:
        told = [
            entry
            for weight in (Weight.RECORD, Weight.NAME)
            for entry in data.by(Witness.DATA, weight)
            if f"`{path.text}`" in entry.message
        ]
        against = [entry for entry in told if entry.value != data.value]
        origin = scene.origin(path.setting)
        # What the data say of themselves outweighs what their folder is called.
        if not against or told[0] not in against or origin is None:
            continue
        other = ENCODER if data.value == EMBEDDING else EMBEDDING
        yield ModeProblem(
            ModeFault.OTHER_DATA,
            origin.span,
            path.text,
            (*against, *model),
            f"`{path.text}` holds data for {other} mode, but this model trains in {data.value} mode",
            remedy=f"name data that were built for {data.value} mode",
            runtime=(
                "the run stops where the demonstrations are read, or trains without them"
                if data.value == ENCODER
                else "it trains on examples that were split for another purpose"
            ),
            certain=told[0].weight is Weight.RECORD,
        )
