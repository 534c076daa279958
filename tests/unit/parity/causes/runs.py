"""Changes of a run that is written by hand in, what the changed one is told to differ by out."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable

import numpy

from trainlint.facts.parity import Digest, Divergence, Observation, Phase, Value
from trainlint.parity.causes.evidence import evidence
from trainlint.parity.causes.table import named
from trainlint.parity.compare import divergences, exactly

Place = tuple[int, Phase, str]
Run = dict[Place, Value]
Change = Callable[[Run], None]

PASSES, ROWS, LENGTH = 4, 6, 8
LOSS = "the loss of a backward pass"
GRADIENT = "gradient of "
RETURNS, BOUND = "what clip_grad_norm_ returns", "the bound of clip_grad_norm_"
WEIGHTS = {"emb": (12, 4), "out": (4, 12), "bias": (12,)}
TOKENS = numpy.random.default_rng(5).integers(0, 12, (40, ROWS, LENGTH + 2))


def tensor(values: object, kind: str = "float32", *, kept: bool = True) -> Digest:
    held = numpy.asarray(values, kind)
    wide = held.astype("float64").ravel()
    largest = float(abs(wide).max(initial=0))
    contents = held.tobytes()
    norm, total = float(numpy.linalg.norm(wide)), float(wide.sum())
    crc = zlib.crc32(contents)
    return Digest(held.shape, f"torch.{kind}", crc, norm, total, largest, contents if kept else None)


def drawn(shape: tuple[int, ...], *seed: int, scale: float = 1.0) -> Digest:
    return tensor(scale * numpy.random.default_rng(seed).normal(size=shape))


def run() -> Run:
    """Three updates of four micro-steps; the rate falls, and gradients are clipped."""
    found: Run = {}
    for number, (name, shape) in enumerate(WEIGHTS.items()):
        found[-1, Phase.INIT, name] = drawn(shape, number)
    for step in range(3):
        found[step, Phase.LR, "lr"] = 0.1 / (step + 1)
        found[step, Phase.CONFIG, "weight_decay"] = json.dumps({"emb": 0.1, "out": 0.1, "bias": 0.0})
        found[step, Phase.STRUCTURE, "forward passes"] = float(PASSES)
        for micro in range(PASSES):
            where = f"of micro-step {micro + 1}"
            tokens = TOKENS[step * PASSES + micro][:, :LENGTH]
            found[step, Phase.BATCH, f"input 0 {where}"] = tensor(tokens, "int64")
            found[step, Phase.FORWARD, f"output {where}"] = drawn((ROWS, LENGTH, 12), 9, step, micro)
            found[step, Phase.FORWARD, LOSS + (f" ({micro + 1})" if micro else "")] = 0.6 + step + micro / 9
        for number, (name, shape) in enumerate(WEIGHTS.items()):
            found[step, Phase.GRAD, f"gradient of {name}"] = drawn(shape, 20, step, number)
            found[step, Phase.CLIP, f"gradient taken of {name}"] = drawn(shape, 20, step, number, scale=0.25)
            found[step, Phase.UPDATE, name] = drawn(shape, 40, step, number)
            found[step, Phase.UPDATE, f"step of {name}"] = tensor(step + 1.0)
        found[step, Phase.GRADNORM, RETURNS] = 8.0
        found[step, Phase.CLIP, BOUND] = 2.0
        found[step, Phase.EVAL, "output of evaluation"] = drawn((ROWS, LENGTH, 12), 60, step)
        found[step, Phase.EVAL, "mode of evaluation"] = "eval mode, gradients off"
    return found


def observed(values: Run) -> list[Observation]:
    return [Observation(*place, value, None) for place, value in values.items()]


def told(
    change: Change, *, before: Change = lambda _: None, same_draws: bool = True, ranks: int = 1
) -> list[Divergence]:
    """What the changed run is told to differ by; both have the change `before`."""
    one, other = run(), run()
    before(one)
    before(other)
    change(other)
    ours, theirs = observed(one), observed(other)
    apart = divergences(ours, theirs, exactly, 3)
    return named(apart, evidence(ours, theirs, apart, same_draws=same_draws, ranks=ranks))


def every(phase: Phase, start: str, made: Callable[[Value], Value], *, since: int = -1) -> Change:
    """A change of all quantities of a phase whose name begins so."""

    def change(values: Run) -> None:
        for place, value in values.items():
            if place[1] is phase and place[2].startswith(start) and place[0] >= since:
                values[place] = made(value)

    return change


def times(factor: float) -> Callable[[Value], Value]:
    def scaled(value: Value) -> Value:
        if isinstance(value, Digest):
            assert value.contents is not None
            held = numpy.frombuffer(value.contents, value.dtype.removeprefix("torch."))
            return tensor(factor * held.reshape(value.shape))
        assert isinstance(value, float)
        return factor * value

    return scaled


def batches(taken: Callable[[int], object]) -> Change:
    """Other tokens in each pass, by its number."""

    def change(values: Run) -> None:
        for step in range(3):
            for micro in range(PASSES):
                place = step, Phase.BATCH, f"input 0 of micro-step {micro + 1}"
                values[place] = tensor(taken(step * PASSES + micro), "int64")

    return change


def put(step: int, phase: Phase, quantity: str, value: Value) -> Change:
    return lambda values: values.update({(step, phase, quantity): value})
