"""All that the probe looks at is seen in a real run, and the run does what it does without the probe."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.parity.programs import REFERENCE
from tests.parity.watched import OTHER, PROGRAM
from trainlint.facts.parity import Digest, Phase, Value
from trainlint.parity.both import observed
from trainlint.parity.launch import Limits
from trainlint.parity.probe.plan import Plan
from trainlint.parity.sides import Side
from trainlint.parity.trial import Trial, tried

_LIMITS = Limits(240, 8 << 30)
_ONE_THREAD = {"OMP_NUM_THREADS": "1"}

Seen = dict[tuple[int, Phase, str], Value]


def side(folder: Path, text: str, processes: int = 1, python: str = sys.executable) -> Side:
    folder.mkdir()
    (folder / "train.py").write_text(text)
    return Side("it", folder / "train.py", (), folder, tuple(_ONE_THREAD.items()), python, processes)


def said(output: str) -> list[str]:
    """What was printed; lines of two ranks may run into each other."""
    return sorted(re.findall(r"step \d: loss [\d.]+, norm [\d.]+", output))


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """The program on two ranks, watched beyond its own end."""
    # Not a long name: workers of loaders talk through sockets in it, whose paths may have 107 letters.
    folder = tmp_path_factory.mktemp("run")
    plan = Plan(9, compile=True)
    return tried("watched", side(folder / "it", PROGRAM, 2), plan, _LIMITS, folder / "r", in_place=False)


@pytest.fixture(scope="module")
def seen(watched: Trial) -> Seen:
    return {(entry.step, entry.phase, entry.quantity): entry.value for entry in observed(watched)[0]}


def test_a_watched_run_prints_and_saves_what_it_does_alone(watched: Trial, tmp_path: Path) -> None:
    alone = side(tmp_path / "alone", PROGRAM, 2)
    done = subprocess.run(
        alone.words(alone.root),
        cwd=alone.folder,
        env={**os.environ, **_ONE_THREAD},
        capture_output=True,
        text=True,
        check=True,
    )
    run = watched.folder.parent
    assert watched.ended.code == 0, watched.ended.last_lines
    assert said((run / "logs" / "stdout").read_text()) == said(done.stdout)
    assert len(said(done.stdout)) == 12
    for name in ("last.pt", "last.safetensors"):
        assert (run / "work" / name).read_bytes() == (alone.folder / name).read_bytes()


def test_the_ranks_are_seen_as_what_they_are(watched: Trial) -> None:
    assert [trace.rank for trace in watched.traces] == [0, 1]
    assert watched.updates == 6


@pytest.mark.parametrize(
    ("step", "phase", "quantity", "value"),
    [
        (0, Phase.LR, "calls of a scheduler since the last update", 1.0),
        (0, Phase.BATCH, "batch size of the loader", "8"),
        (0, Phase.BATCH, "workers of the loader", "2"),
        (0, Phase.FORWARD, "mode of micro-step 1", "training mode"),
        (0, Phase.FORWARD, "autocast of micro-step 1", "off"),
        (1, Phase.FORWARD, "autocast of micro-step 1", "torch.bfloat16"),
        (0, Phase.GRAD, "factor of the loss", 8.0),
        (0, Phase.STRUCTURE, "evaluation passes", 1.0),
        (1, Phase.CHECKPOINT, "step in last.pt", 1.0),
        # The plan asks for it.
        (1, Phase.CHECKPOINT, "compiled in last.pt", 1.0),
    ],
)
def test_what_goes_on_around_the_network(
    seen: Seen, step: int, phase: Phase, quantity: str, value: Value
) -> None:
    assert seen[step, phase, quantity] == value


@pytest.mark.parametrize(
    ("phase", "quantity", "shape"),
    [
        (Phase.BATCH, "targets of micro-step 1", (8,)),
        (Phase.BATCH, "1 of loaded batch 1", (8,)),
        (Phase.UPDATE, "norm.running_mean", (12,)),
        (Phase.CHECKPOINT, "norm.running_mean in last.safetensors", (12,)),
        (Phase.UPDATE, "copy 1 of 2 of inner.weight", (12, 6)),
        (Phase.UPDATE, "copy 2 of 2 of inner.weight", (12, 6)),
    ],
)
def test_tensors_that_neither_enter_nor_leave_the_network(
    seen: Seen, phase: Phase, quantity: str, shape: tuple[int, ...]
) -> None:
    first, second = seen[0, phase, quantity], seen[1, phase, quantity]
    assert isinstance(first, Digest)
    assert isinstance(second, Digest)
    assert first.shape == second.shape == shape
    assert first.crc != second.crc


def test_numbers_that_are_printed_and_logged(seen: Seen) -> None:
    told = {
        (phase, quantity) for step, phase, quantity in seen if quantity.startswith("printed") and not step
    }
    assert told == {
        (Phase.FORWARD, "printed loss"),
        (Phase.GRADNORM, "printed norm"),
        (Phase.EVAL, "printed held out"),
        (Phase.UPDATE, "printed step"),
    }


@pytest.mark.parametrize(
    ("step", "phase", "quantity", "line"),
    [
        (-1, Phase.INIT, "inner.weight", "self.inner = nn.Linear(6, 12)"),
        (-1, Phase.CONFIG, "outer.weight is trained", "self.outer = nn.Linear(12, 3)"),
        (1, Phase.GRAD, "gradient of inner.weight", "scaler.scale(loss).backward()"),
        (1, Phase.GRADNORM, "norm of the gradients", "scaler.scale(loss).backward()"),
        (1, Phase.CLIP, "gradient taken of inner.weight", "norm = nn.utils.clip_grad_norm_("),
        (1, Phase.UPDATE, "inner.weight", "scaler.step(optimizer)"),
        (1, Phase.UPDATE, "momentum_buffer of inner.weight", "scaler.step(optimizer)"),
    ],
)
def test_what_torch_makes_is_told_at_the_line_that_asked_for_it(
    watched: Trial, step: int, phase: Phase, quantity: str, line: str
) -> None:
    places = {(entry.step, entry.phase, entry.quantity): entry.site for entry in observed(watched)[0]}
    lines = PROGRAM.splitlines()
    (wanted,) = (number for number, text in enumerate(lines, 1) if text.strip().startswith(line))
    assert str(places[step, phase, quantity]) == f"train.py:{wanted}"


def test_draws_are_counted_by_generator_and_line(watched: Trial) -> None:
    (event, *_) = (event for event in watched.traces[0].events if event.kind == "forward")
    counts: Counter[tuple[str, str]] = Counter()
    for generator, name, _, count in event["draws"]:
        counts[generator, name] += count
    assert counts["Python's generator", "random"] == counts["numpy's generator", "rand"] == 1
    assert counts["a generator of its own", "randn"] == 1
    assert counts["torch's generator", "uniform_"] == 4
    ((_, begun, now),) = event["made"]
    assert begun != now


def test_other_words_for_the_same_and_other_places_to_log_to(tmp_path: Path, python: str) -> None:
    """`torch.compile` is off where nobody asks for it, or this would not run."""
    program = side(tmp_path / "it", OTHER, python=python)
    trial = tried("other", program, Plan(9), _LIMITS, tmp_path / "r", in_place=True)
    assert (trial.updates, trial.ended.code) == (2, 0), trial.ended.last_lines
    (shown,) = observed(trial)
    held = {(entry.phase, entry.quantity): entry.value for entry in shown if entry.step == 0}
    assert held[Phase.STRUCTURE, "backward passes"] == 1
    assert held[Phase.GRADNORM, "what clip_grad_norm_ returns"] == pytest.approx(
        held[Phase.GRADNORM, "norm of the gradients"]
    )
    assert held[Phase.CLIP, "the bound of clip_grad_norm_"] == 0.5
    assert held[Phase.CLIP, "the bound of clip_grad_value_"] == 0.125
    taken = held[Phase.CLIP, "gradient taken of weight"]
    assert isinstance(taken, Digest)
    assert taken.largest == 0.125
    places = ("wandb", "tensorboard")
    logged = {name: value for (_, name), value in held.items() if name.startswith(places)}
    loss = held[Phase.FORWARD, "the loss of a backward pass"]
    assert {name: value for name, value in logged.items() if " step of " not in name} == {
        "wandb train loss": loss,
        "wandb val acc": 0.25,
        "wandb other": 2.0,
        "tensorboard train loss": loss,
        "tensorboard rates low": 0.5,
        "tensorboard rates high": 1.5,
    }
    line = OTHER.splitlines().index("    optimizer.zero_grad()") + 1
    dropped = [event for event in trial.traces[0].events if event.kind == "zero"]
    assert [str(trial.traces[0].site(event)) for event in dropped] == [f"train.py:{line}"] * 2


def test_what_a_program_never_seeds_is_the_same_in_each_run_and_other_on_each_rank(
    tmp_path: Path, python: str
) -> None:
    text = REFERENCE.replace("torch.manual_seed(7)\n", "")
    program = side(tmp_path / "it", text, python=python)

    def batches(name: str, plan: Plan, rank: str) -> list[Value]:
        ranked = replace(program, variables=(*program.variables, ("RANK", rank)))
        trial = tried(name, ranked, plan, _LIMITS, tmp_path / name, in_place=True)
        return [entry.value for entry in observed(trial)[0] if entry.phase is Phase.BATCH]

    first = batches("first", Plan(1), "0")
    assert first == batches("again", Plan(1), "0") != []
    assert first != batches("other", Plan(1, seed=1), "0")
    assert first != batches("rank", Plan(1), "1")
