"""Observations of two runs, written by hand, and the cause that their numbers show."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable

import numpy
import pytest

from trainlint.facts.parity import Digest, Divergence, Observation, Phase, Value
from trainlint.parity.causes.evidence import evidence
from trainlint.parity.causes.table import named
from trainlint.parity.compare import divergences, exactly

Place = tuple[int, Phase, str]
Run = dict[Place, Value]
Change = Callable[[Run], None]

PASSES, ROWS, LENGTH = 4, 6, 8
LOSS = "the loss of a backward pass"
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


GRADIENT = "gradient of "


@pytest.mark.parametrize(
    ("factor", "ranks", "said"),
    [
        (4, 1, "4 times the reference's: an update has 4 micro-steps, and the loss is not divided"),
        (
            0.25,
            1,
            "1/4 of the reference's: an update has 4 micro-steps, and the loss is divided by their number",
        ),
        (0.75, 1, "3/4 of the reference's: an update has 4 micro-steps, and one is left out"),
        (2, 2, "there are 2 ranks, and what they sum is not divided by their number"),
        (0.5, 2, "there are 2 ranks, and what they sum is divided by their number once more"),
        (4, 4, "or there are 4 ranks"),
        (ROWS, 1, "a pass has 6 rows: their sum is taken"),
        (ROWS * LENGTH, 1, "a pass has 48 tokens: their sum is taken, in the reference their mean"),
        (65536, 1, "gradient scalers"),
        (-1, 1, "the other way"),
        (0.37, 1, "0.37 times the reference's, all of them"),
    ],
)
def test_gradients_at_another_scale(factor: float, ranks: int, said: str) -> None:
    found = told(every(Phase.GRAD, GRADIENT, times(factor)), ranks=ranks)
    assert {said in entry.cause for entry in found} == {True}, found[0].cause


def test_gradients_of_which_one_alone_is_another_multiple_are_no_other_scale() -> None:
    found = told(every(Phase.GRAD, "gradient of bias", times(4)))
    assert found[0].cause == "only of parameters with one dimension (biases, norms), gradients differ"


def test_gradients_that_nothing_sets_to_zero() -> None:
    def change(values: Run) -> None:
        for name in WEIGHTS:
            now, then = (
                values[1, Phase.GRAD, GRADIENT + name],
                values[0, Phase.CLIP, f"gradient taken of {name}"],
            )
            assert isinstance(now, Digest)
            assert isinstance(then, Digest)
            assert now.contents is not None
            assert then.contents is not None
            held = [numpy.frombuffer(one.contents, "float32").reshape(now.shape) for one in (now, then)]
            values[1, Phase.GRAD, GRADIENT + name] = tensor(held[0] + held[1])

    assert "was not set to zero" in told(change)[0].cause


def test_a_parameter_without_gradient() -> None:
    def change(values: Run) -> None:
        values[0, Phase.GRAD, "gradient of bias"] = None

    assert "frozen, detached or not used" in told(change)[0].cause

    def both(values: Run) -> None:
        change(values)
        values[0, Phase.GRAD, "gradient of emb"] = drawn((12, 4), 55)

    assert "bias have no gradient in the candidate: what leads there is cut off" in told(both)[0].cause


@pytest.mark.parametrize(
    ("factor", "said"), [(4, "the loss is 4 times"), (ROWS * LENGTH, "48 tokens"), (0.37, "in each pass")]
)
def test_a_loss_at_another_scale(factor: float, said: str) -> None:
    assert said in told(every(Phase.FORWARD, LOSS, times(factor)))[0].cause


def test_a_loss_of_other_targets() -> None:
    found = told(lambda values: values.update({(0, Phase.FORWARD, LOSS): 0.777}))
    assert "what comes out of the network is the same" in found[0].cause


def test_only_training_differs() -> None:
    def change(values: Run) -> None:
        for step, phase, name in [place for place in values if place[1] is Phase.FORWARD]:
            if step == 1:
                values[step, phase, name] = 5.5 if name.startswith(LOSS) else drawn((ROWS, LENGTH, 12), 99)

    assert "only what training adds differs" in told(change)[0].cause


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ([0.2, 0.1, 0.2 / 3], "2 times the reference's"),
        ([0.09, 0.1, 0.05], "one update late"),
        ([0.05, 0.1 / 3, 0.02], "one update early"),
        ([0.03, 0.03, 0.03], "stays at 0.03"),
        ([0.2, 0.07, 0.01], "2 times the reference's here, and another multiple at other updates"),
    ],
)
def test_rates(rates: list[float], said: str) -> None:
    found = told(
        lambda values: values.update({(step, Phase.LR, "lr"): rate for step, rate in enumerate(rates)})
    )
    assert said in found[0].cause


@pytest.mark.parametrize(
    ("decays", "said"),
    [
        ({"emb": 0.1, "out": 0.1, "bias": 0.1}, "one dimension (biases, norms): 0.0 in the reference, 0.1"),
        ({"emb": 0.0, "out": 0.1, "bias": 0.0}, "only of emb: 0.1 in the reference, 0.0 in the candidate"),
        ({"emb": 0.2, "out": 0.2, "bias": 0.0}, "two dimensions or more (matrices, embeddings)"),
    ],
)
def test_options_of_some_parameters(decays: dict[str, float], said: str) -> None:
    assert said in told(every(Phase.CONFIG, "weight_decay", lambda _: json.dumps(decays)))[0].cause


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (lambda number: TOKENS[number][:, 1 : LENGTH + 1], "each row begins one place later"),
        (lambda number: TOKENS[number][:, 2 : LENGTH + 2], "each row begins 2 places later"),
        (lambda number: TOKENS[number][::-1, :LENGTH], "the same rows, in another order"),
        (lambda number: TOKENS[number + 1][:, :LENGTH], "the same batches, one batch ahead of the reference"),
        (lambda number: TOKENS[11 - number][:, :LENGTH], "the same batches, in another order"),
        (lambda _: TOKENS[0][:, :LENGTH], "one and the same batch each time"),
        (lambda number: TOKENS[number][:2, :LENGTH], "batches of 2 rows, in the reference of 6"),
        (lambda number: TOKENS[number][:, :3], "rows of length 3, in the reference of 8"),
        (lambda number: 3 * TOKENS[number][:, :LENGTH], "3 times the reference's"),
        (lambda number: TOKENS[number + 20][:, :LENGTH], ""),
    ],
)
def test_batches(taken: Callable[[int], object], said: str) -> None:
    found = told(batches(taken))
    assert said in found[-1].cause
    assert bool(found[-1].cause) == bool(said)


def test_batches_of_another_generator() -> None:
    found = told(batches(lambda number: TOKENS[number + 20][:, :LENGTH]), same_draws=False)
    assert "the random generator stands elsewhere" in found[0].cause


def test_batches_of_another_type() -> None:
    def narrow(value: Value) -> Value:
        assert isinstance(value, Digest)
        assert value.contents is not None
        return tensor(numpy.frombuffer(value.contents, "int64").reshape(value.shape), "int32")

    assert (
        "the same numbers as int32, in the reference int64" in told(every(Phase.BATCH, "", narrow))[0].cause
    )


@pytest.mark.parametrize(
    ("made", "same_draws", "said"),
    [
        (times(2), True, "2 times the reference's, number by number"),
        (lambda _: tensor(numpy.zeros((12, 4))), True, "zeros in the candidate"),
        (lambda _: drawn((12, 4), 77, scale=3), True, "drawn from another distribution"),
        (lambda _: drawn((12, 4), 77), True, "in another order"),
        (lambda _: drawn((12, 4), 77), False, "with other random numbers"),
    ],
)
def test_weights(made: Callable[[Value], Value], same_draws: bool, said: str) -> None:
    assert said in told(every(Phase.INIT, "emb", made), same_draws=same_draws)[0].cause


def test_clipping_that_is_gone() -> None:
    def change(values: Run) -> None:
        for step in range(3):
            del values[step, Phase.GRADNORM, RETURNS], values[step, Phase.CLIP, BOUND]
            for name in WEIGHTS:
                taken = step, Phase.CLIP, f"gradient taken of {name}"
                values[taken] = values[step, Phase.GRAD, GRADIENT + name]

    found = told(change)
    assert "the candidate does not clip here: its gradients are taken as they are" in found[0].cause
    assert found[-1].cause == found[0].cause


def test_another_bound() -> None:
    change = every(Phase.CLIP, "gradient taken", times(0.5))
    found = told(lambda values: (values.update({(0, Phase.CLIP, BOUND): 1.0}), change(values))[1])
    causes = {entry.quantity: entry.cause for entry in found}
    assert causes[BOUND] == "another bound for the gradients"
    assert "scaled to a norm of" in causes["gradient taken of emb"]


def test_scaled_gradients_that_are_clipped() -> None:
    found = told(every(Phase.GRADNORM, RETURNS, times(65536)))
    assert "other ones are clipped" in found[0].cause
    both = every(Phase.GRAD, GRADIENT, times(65536))
    causes = told(lambda values: (both(values), every(Phase.GRADNORM, RETURNS, times(65536))(values))[1])
    assert all("gradient scalers" in entry.cause for entry in causes)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["bias"], "one dimension"),
        (["emb", "out"], "two dimensions or more"),
        (["emb", "out", "bias"], "all weights"),
    ],
)
def test_updates_of_some_parameters(names: list[str], said: str) -> None:
    def change(values: Run) -> None:
        for name in names:
            values[0, Phase.UPDATE, name] = drawn(WEIGHTS[name], 88)

    assert said in told(change)[0].cause


def test_an_optimizer_that_begins_anew() -> None:
    def later(value: Value) -> Value:
        assert isinstance(value, Digest)
        return tensor(value.total + 6)

    ours, theirs = run(), run()
    every(Phase.UPDATE, "step of", later)(ours)
    apart = divergences(observed(ours), observed(theirs), exactly, 3)
    held = evidence(observed(ours), observed(theirs), apart, same_draws=True, ranks=1)
    assert "goes on after 6 updates: its state is not restored" in named(apart, held)[0].cause


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("training mode, gradients off", "evaluates in training mode"),
        ("eval mode, gradients on", "without torch.no_grad"),
    ],
)
def test_modes_of_evaluation(mode: str, said: str) -> None:
    assert said in told(every(Phase.EVAL, "mode", lambda _: mode))[0].cause


def flat(taken: Callable[[int], object]) -> Change:
    """Other targets in each pass, by its number."""

    def change(values: Run) -> None:
        for step in range(3):
            for micro in range(PASSES):
                held = numpy.asarray(taken(step * PASSES + micro)).ravel()
                values[step, Phase.BATCH, f"targets of micro-step {micro + 1}"] = tensor(held, "int64")

    return change


SHIFTED = flat(lambda number: TOKENS[number][:, 1 : LENGTH + 1])


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (lambda number: TOKENS[number][:, :LENGTH], "the targets are the inputs themselves"),
        (lambda number: TOKENS[number][:, 2 : LENGTH + 2], "one place later than the reference's"),
        (lambda number: TOKENS[number][:, 2 : LENGTH + 1], "they are shifted once more"),
        (
            lambda number: numpy.where(
                TOKENS[number][:, 1 : LENGTH + 1] > 3, TOKENS[number][:, 1 : LENGTH + 1], -100
            ),
            "targets are -100",
        ),
        (lambda number: TOKENS[number + 20][:, 1 : LENGTH + 1], ""),
    ],
)
def test_targets(taken: Callable[[int], object], said: str) -> None:
    found = told(flat(taken), before=SHIFTED)
    assert said in found[0].cause
    assert bool(found[0].cause) == bool(said)


def beside(change: Change, phase: Phase, quantity: str, ours: Value, theirs: Value) -> list[Divergence]:
    """What is told where something else differs beside it."""

    def both(values: Run) -> None:
        change(values)
        for step in range(3):
            values[step, phase, quantity] = theirs

    same = {(step, phase, quantity): ours for step in range(3)}
    return told(both, before=lambda values: values.update(same))


OUTPUTS = every(Phase.FORWARD, "output", times(1.5))
LOSSES = every(Phase.FORWARD, LOSS, times(3.3))


@pytest.mark.parametrize(
    ("change", "quantity", "ours", "theirs", "said"),
    [
        (OUTPUTS, "mode of micro-step 1", "training mode", "eval mode", "the candidate trains in eval mode"),
        (OUTPUTS, "modules in the other mode of micro-step 1", "none", "drop", "drop, in the reference none"),
        (
            OUTPUTS,
            "autocast of micro-step 1",
            "off",
            "bfloat16",
            "autocast is bfloat16, in the reference off",
        ),
        (
            OUTPUTS,
            "arguments of cross_entropy of micro-step 1",
            "a=1, b=2",
            "a=1, b=3",
            "the network computes",
        ),
        (
            LOSSES,
            "arguments of cross_entropy of micro-step 1",
            "ignore_index=-1, reduction=mean",
            "ignore_index=-1, reduction=sum",
            "cross_entropy is called with reduction=sum, in the reference with reduction=mean",
        ),
    ],
)
def test_what_stands_beside_a_pass(change: Change, quantity: str, ours: str, theirs: str, said: str) -> None:
    found = beside(change, Phase.FORWARD, quantity, ours, theirs)
    assert said in found[0].cause


def test_loaders_and_schedulers_that_are_used_otherwise() -> None:
    other = batches(lambda number: TOKENS[number + 20][:, :LENGTH])
    found = beside(other, Phase.BATCH, "sampler of the loader", "RandomSampler", "SequentialSampler")
    assert found[0].cause == "sampler of the loader is SequentialSampler, in the reference RandomSampler"
    rates = every(Phase.LR, "lr", times(0.4))
    found = beside(rates, Phase.LR, "calls of a scheduler since the last update", 1.0, 2.0)
    assert found[0].cause.startswith("schedulers are called 2 times since the last update")


@pytest.mark.parametrize(
    ("count", "ranks", "said"),
    [(3.0, 1, "one fewer"), (2.0, 2, "shared among 2 ranks"), (8.0, 1, "2 times"), (7.0, 1, "")],
)
def test_numbers_of_passes(count: float, ranks: int, said: str) -> None:
    found = told(every(Phase.STRUCTURE, "forward passes", lambda _: count), ranks=ranks)
    assert said in found[0].cause
    assert bool(found[0].cause) == bool(said)


@pytest.mark.parametrize(
    ("value", "said"),
    [(2.5, "it is what the reference tells as `val loss`"), (6.0, "4 times the reference's"), (7.1, "")],
)
def test_numbers_that_are_told(value: float, said: str) -> None:
    def telling(loss: float) -> list[Observation]:
        told = {"printed train loss": loss, "printed val loss": 2.5}
        return [Observation(0, Phase.EVAL, *entry, None, True, True) for entry in told.items()]

    ours, theirs = telling(1.5), telling(value)
    apart = divergences(ours, theirs, exactly, 1)
    held = evidence(ours, theirs, apart, same_draws=True, ranks=1)
    assert said in named(apart, held)[0].cause


@pytest.mark.parametrize(
    ("quantity", "ours", "theirs", "said"),
    [
        ("emb is trained", "True", None, "the candidate does not train it"),
        ("emb is trained", "False", "True", "the reference does not train it"),
        ("betas", "[0.9, 0.95]", "[0.9, 0.999]", "remember them for longer"),
    ],
)
def test_options_and_what_is_trained(quantity: str, ours: Value, theirs: Value, said: str) -> None:
    found = told(_set(0, Phase.CONFIG, quantity, theirs), before=_set(0, Phase.CONFIG, quantity, ours))
    assert said in found[0].cause


def _set(step: int, phase: Phase, quantity: str, value: Value) -> Change:
    return lambda values: values.update({(step, phase, quantity): value})


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ("model, optimizer", "model", "the candidate does not save optimizer"),
        ("model", "model, scaler", "the reference does not save scaler"),
        (None, "model", "only the candidate writes this file"),
    ],
)
def test_keys_of_checkpoints(ours: Value, theirs: Value, said: str) -> None:
    place = 1, Phase.CHECKPOINT, "keys of last.pt"
    assert said in told(_set(*place, theirs), before=_set(*place, ours))[0].cause


def test_a_checkpoint_of_the_update_before() -> None:
    place = 1, Phase.CHECKPOINT, "model.emb in last.pt"
    ours, theirs = (run()[step, Phase.UPDATE, "emb"] for step in (1, 0))
    assert (
        "are those of update 1, saved after" in told(_set(*place, theirs), before=_set(*place, ours))[0].cause
    )


def test_an_optimizer_that_begins_anew_later() -> None:
    found = told(every(Phase.UPDATE, "step of", lambda _: tensor(1.0)))
    assert found[0].cause == "the optimizer counts 1 updates, in the reference 2: its state is made anew"


def test_weights_that_change_between_updates() -> None:
    outputs = every(Phase.FORWARD, "output", times(1.5), since=2)

    def without_evaluation(values: Run) -> None:
        del values[1, Phase.EVAL, "output of evaluation"]

    found = told(outputs, before=without_evaluation)
    assert "the weights were the same after the last update" in found[0].cause


@pytest.mark.parametrize(("phase", "step"), [(Phase.FORWARD, 0), (Phase.EVAL, -1)])
def test_a_network_that_computes_something_else(phase: Phase, step: int) -> None:
    evaluated = _set(-1, Phase.EVAL, "input 0 of evaluation", tensor([1.0, 2.0]))

    def before(values: Run) -> None:
        evaluated(values)
        values[-1, Phase.EVAL, "output 0 of evaluation"] = tensor([3.0, 4.0])

    def change(values: Run) -> None:
        for place, value in list(values.items()):
            if place[1] is phase and place[0] == step and place[2].startswith("output"):
                values[place] = times(1.5)(value)

    found = told(change, before=before if phase is Phase.EVAL else lambda _: None)
    assert found[0].cause == "from the same weights and inputs the network computes something else"


@pytest.mark.parametrize(
    ("quantity", "said"),
    [("copy of emb", "their average, or copy"), ("norm.mean", "as statistics of batches")],
)
def test_what_is_kept_beside_the_weights(quantity: str, said: str) -> None:
    def before(values: Run) -> None:
        values[-1, Phase.INIT, "norm.mean, not trained"] = tensor([1.0])
        values[0, Phase.UPDATE, quantity] = tensor([2.0])

    assert said in told(_set(0, Phase.UPDATE, quantity, tensor([3.0])), before=before)[0].cause


def test_a_multiple_that_is_a_root() -> None:
    assert "the square root of 2 times" in told(every(Phase.INIT, "emb", times(2**0.5)))[0].cause
