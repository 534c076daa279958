"""A scene in, places that speak for one mode or another out: one generator for each kind of clue."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from trainlint.chain.modes.scene import Scene
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import Code, Constant, Operation, Setting, Symbol
from trainlint.facts.value import Known
from trainlint.source import SourceFile, Span

#: A place and what it shows.
Clue = Callable[[Scene], Iterator[tuple[Span, str]]]


def steps_inside(scene: Scene) -> Iterator[tuple[Span, str]]:
    """A loop inside the forward takes every sample through the same steps."""
    for repetition in scene.repetitions:
        yield _head(repetition.loop), f"one forward takes {_number(scene, repetition.count)} of every sample"


def forwards_repeated(scene: Scene) -> Iterator[tuple[Span, str]]:
    """A loop of the script runs the forward on the same batch again."""
    for loop in scene.step.repeats:
        assert isinstance(loop.value, Operation)
        count = _number(scene, loop.value.operands[-1]) if loop.value.operands else "several"
        yield _head(loop), f"each batch is given {count}, one forward each"


def state_renewed(scene: Scene) -> Iterator[tuple[Span, str]]:
    """The state that the forward is given is made for the batch."""
    renewed = scene.step.renewed
    if renewed is not None and not scene.step.heeds:
        yield renewed.span, "every batch starts from a new state"


def state_kept(scene: Scene) -> Iterator[tuple[Span, str]]:
    """What the forward gives goes into the next batch's forward."""
    kept = scene.step.kept
    if kept is not None and not scene.step.repeats:
        yield kept.span, f"one forward a batch, and the `{kept.name}` that it gives goes into the next one"


def halts(scene: Scene) -> Iterator[tuple[Span, str]]:
    """The network decides for each sample whether it is done."""
    found = scene.halting
    if found is None:
        return
    if found.learned is not None and found.learned.span is not None:
        yield found.learned.span, "a sample halts when the network says so"
    if found.chance is not None and found.chance.span is not None:
        named = _named(found.probability)
        by = f" with the probability `{named}`" if named else ""
        yield found.chance.span, f"a sample explores further steps at random{by}"


def keys_like(*patterns: str) -> Clue:
    """Keys of the config whose last part is named so."""
    named = "|".join(patterns)

    def clue(scene: Scene) -> Iterator[tuple[Span, str]]:
        for path in scene.launch.named(named):
            yield scene.key_span(path), f"`{'.'.join(path)}` is set"

    return clue


def encodes_again(scene: Scene) -> Iterator[tuple[Span, str]]:
    """The encoder runs at every step, and the step works on what it gave."""
    for found in scene.encodings:
        if found.kept is None:
            without = f", under `{found.cut_by}`" if found.cut_by else ""
            yield (
                found.call.event.span,
                f"`{found.call.written}` encodes {_list(found.keys)} at every step{without}",
            )


def encodes_once(scene: Scene) -> Iterator[tuple[Span, str]]:
    """An encoding is used for more than the step that it was made in."""
    for found in scene.encodings:
        if found.kept is None:
            continue
        if found.once:
            yield (
                found.kept,
                f"`{found.call.written}` encodes {_list(found.keys)} once for all steps of a batch",
            )
        else:
            yield found.kept, f"a sample that goes on keeps its first encoding of {_list(found.keys)}"


def encodes_nothing(scene: Scene) -> Iterator[tuple[Span, str]]:
    """No part of the network reads data for another."""
    if scene.followed and not scene.encodings:
        yield scene.step.forward.event.span, f"nothing that `{scene.step.forward.written}` runs is an encoder"


def reads_demonstrations(scene: Scene) -> Iterator[tuple[Span, str]]:
    """The encoder's data are not what the rest of the network works on."""
    for found in scene.encodings:
        yield found.call.event.span, f"{_list(found.keys)} of the batch are read by `{found.call.written}`"


def looks_up_identities(scene: Scene) -> Iterator[tuple[Span, str]]:
    """A learned vector for each value of a key."""
    for found in {found.call.event.span: found for found in scene.identities}.values():
        yield found.call.event.span, f"`{found.call.written}` learns a vector for each of {_list(found.keys)}"


def recorded(*, value: str) -> Clue:
    """A metadata file beside the data says what they are for."""

    def clue(scene: Scene) -> Iterator[tuple[Span, str]]:
        for path in scene.paths:
            for source, key, text in _metadata(scene, path.place):
                if text == value:
                    yield _place_of(source, key), f"the data in `{path.text}` say `{key}: {text}`"

    return clue


def named_path(*words: str) -> Clue:
    """The data's folder is named so."""

    def clue(scene: Scene) -> Iterator[tuple[Span, str]]:
        for path in scene.paths:
            parts = re.split(r"[^a-z0-9]+", path.text.rstrip("/").rpartition("/")[2].lower())
            origin = scene.origin(path.setting)
            if origin is not None and not set(parts).isdisjoint(words):
                yield origin.span, f"the data's folder is called `{path.text}`"

    return clue


def _metadata(scene: Scene, folder: Path) -> Iterator[tuple[SourceFile, str, str]]:
    """The texts that JSON files in a folder, or in one right below, state."""
    if not scene.files.is_dir(folder):
        return
    below = [folder / name for name in scene.files.entries(folder)[:20]]
    for place in (folder, *(inner for inner in below if scene.files.is_dir(inner))):
        for name in scene.files.entries(place):
            if not name.endswith(".json") or (scene.files.size(place / name) or 0) > 100_000:
                continue
            source = scene.files.peek(place / name)
            for key, text in _stated(source).items() if source is not None else ():
                assert source is not None
                yield source, key, text


def _stated(source: SourceFile) -> dict[str, str]:
    try:
        read = json.loads(source.text)
    except ValueError:
        return {}
    if not isinstance(read, dict):
        return {}
    return {str(key): value for key, value in read.items() if isinstance(value, str)}


def _place_of(source: SourceFile, key: str) -> Span:
    offset = max(0, source.text.find(f'"{key}"'))
    return source.span(offset, offset + len(key) + 2)


def training_function(scene: Scene) -> tuple[Place, Code] | None:
    """The function that the model's forward chooses for training, with the place inside it."""
    for call in scene.step.calls():
        for place in call.place.outwards():
            if place is scene.step.inside:
                break
            if place.step is Step.CALL and isinstance(place.value, Code) and _in_training(place):
                return place, place.value
    return None


def _in_training(place: Place) -> bool:
    """Whether a call stands under `if self.training:`."""
    for outer in place.outwards():
        if outer is not place and outer.step is Step.CALL:
            return False
        test = outer.value
        if outer.step is Step.BRANCH and isinstance(test, Operation) and test.name == ".":
            return test.operands[1] == Constant("training")
    return False


def _head(loop: Place) -> Span:
    """The line of a loop's head."""
    return Span(loop.span.file, loop.span.line, loop.span.column, loop.span.line, loop.span.column + 3)


def _number(scene: Scene, count: Symbol) -> str:
    """`3 steps (arch.num_act_steps)`."""
    found = scene.evaluation.value(count)
    named = _named(count)
    shown = (
        f"{found.value} steps"
        if isinstance(found, Known) and isinstance(found.value, int)
        else "several steps"
    )
    return f"{shown} (`{named}`)" if named else shown


def _named(symbol: Symbol | None) -> str | None:
    if isinstance(symbol, Operation) and symbol.name == "default":
        symbol = symbol.operands[0]
    return ".".join(symbol.path) if isinstance(symbol, Setting) else None


def _list(keys: frozenset[str]) -> str:
    return ", ".join(f"`{key}`" for key in sorted(keys))
