"""Reasoners in whole runs: what they learn, what is refused, and several processes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from trainer.act_loss import loss_head
from trainer.configuration.arch import CellLoss, EncoderKind, Encoding, Halting, TRMConfig
from trainer.data.puzzles.build import BuildConfig, build
from trainer.data.puzzles.metadata import Mode
from trainer.errors import TrainerError
from trainer.models.recursive.reasoner import RecursiveReasoner
from trainer.schedules import Clock

from tests.training.processes import train_ranks
from tests.training.recursive.tiny import SIZES, batch, etrm, trm
from tests.training.runs import SMALL, SMALL_REASONER, metrics, puzzles, train_here, weights

TINY = (*SMALL, *SMALL_REASONER, "epochs=null")
#: One that learns in seconds.
LEARNER = (
    "arch.hidden_size=32",
    "arch.num_heads=2",
    "arch.n_layer=1",
    "arch.H_cycles=2",
    "arch.L_cycles=2",
    "arch.halt_max_steps=4",
    "epochs=null",
    "ema_rate=null",
    "evaluation.iters=2",
    "evaluation.interval=100",
    "checkpoint.enabled=false",
)


def test_a_reasoner_learns_sudoku(tmp_path: Path) -> None:
    build(BuildConfig(output_dir=tmp_path / "data", train_groups=1000, val_groups=64))
    train_here(
        "cfg_trm",
        *LEARNER,
        f"data.path={tmp_path / 'data'}",
        "steps=400",
        "optim.learning_rate=5e-3",
        "optim.weight_decay=0.01",
        f"output_dir={tmp_path}",
    )
    found = metrics(tmp_path)
    cells, loss = found["val/cell_accuracy"], found["val/loss"]
    # Copying the seven clues of sixteen cells and guessing the others gives 0.58.
    assert cells[0] < 0.4
    assert cells[400] > 0.75
    assert loss[400] < loss[100] < loss[0]


@pytest.mark.parametrize(
    ("model", "halting", "steps"),
    [
        (trm(), Halting.fixed, 120),
        (etrm(Encoding.every_step), Halting.fixed, 120),
        (etrm(Encoding.every_step), Halting.dynamic, 400),
        (etrm(Encoding.cached), Halting.dynamic, 400),
        (etrm(Encoding.cached, EncoderKind.hybrid), Halting.fixed, 120),
    ],
    ids=["identifiers", "re-encoded, fixed", "re-encoded", "cached", "hybrid, fixed"],
)
def test_one_question_has_the_answers_of_two_rules(
    model: RecursiveReasoner, halting: Halting, steps: int
) -> None:
    data = batch(2)
    # Only the rule can tell the two apart.
    data["inputs"][1], data["puzzle_identifiers"] = data["inputs"][0], torch.tensor([1, 2])
    head = loss_head(TRMConfig(**SIZES, halting=halting, loss=CellLoss.softmax))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.005, weight_decay=0.0)
    for step in range(steps):
        head(model, data, Clock(step=step, total_steps=steps), 0).loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    with torch.no_grad():
        right, asked = head.measure(model, data)["cell_accuracy"]
    # Whoever gives both rows one answer is right in at most 7 cells.
    assert int((data["labels"][0] == data["labels"][1]).sum()) == 1
    assert (int(right), int(asked)) >= (10, 12)


#: Overrides of `cfg_trm`, by what is said of them.
REFUSED = {
    "arch.hidden_size 10 does not divide by arch.num_heads 4": ("arch.hidden_size=10",),
    "arch.L_cycles is 0": ("arch.L_cycles=0",),
    "arch.halt_max_steps is 1, which leaves nothing to decide": ("arch.halt_max_steps=1",),
    "arch.halting is fixed, where nobody decides when to halt": ("arch.halting=fixed",),
    "arch.exploration leaves": ("arch.exploration.start=1.5",),
    "arch.temperature is below 0": ("arch.temperature.end=-1",),
    "an annealing ratio is 0.0": ("arch.exploration.ratio=0",),
    "arch.q_halt_weight is 0.0": ("arch.q_halt_weight=0",),
    "built in embedding mode, the model needs encoder mode": ("arch=etrm",),
    "arch.encoder is hybrid, but arch.encoder_set_layers is 0": ("arch=etrm", "arch.encoder=hybrid"),
    "arch.encoder_set_layers is 2, but arch.encoder is standard": ("arch=etrm", "arch.encoder_set_layers=2"),
    "arch.name 'gpt' reasons about none": ("arch=gpt",),
    "task.kind is puzzles, but data.kind is text": ("data=text",),
    "arch.name 'trm' is no language model": ("task=language", "data=text", "data.path={text}"),
    "has no puzzles: dataset.json is missing": ("data.path=nowhere",),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_cannot_be_is_refused_in_words(said: str, sudoku: Path, text: Path, tmp_path: Path) -> None:
    own = [part.format(text=text) for part in REFUSED[said]]
    path = [] if any(part.startswith("data") for part in own) else [f"data.path={sudoku}"]
    with pytest.raises(TrainerError, match=said):
        train_here("cfg_trm", *path, *own, f"output_dir={tmp_path}")


def test_splits_of_different_puzzles_are_refused_in_words(sudoku: Path, tmp_path: Path) -> None:
    puzzles(tmp_path / "maze", "maze", Mode.embedding, side=5)
    (tmp_path / "mixed").mkdir()
    (tmp_path / "mixed/train").symlink_to(sudoku / "train")
    (tmp_path / "mixed/val").symlink_to(tmp_path / "maze/val")
    with pytest.raises(TrainerError, match="kind is sudoku4 in train and maze in val"):
        train_here("cfg_trm", f"data.path={tmp_path / 'mixed'}", f"output_dir={tmp_path}")


def test_epochs_are_counted_in_whole_steps_of_groups_times_examples(sudoku: Path, tmp_path: Path) -> None:
    train_here(
        "cfg_trm",
        *SMALL,
        *SMALL_REASONER,
        f"data.path={sudoku}",
        "epochs=2",
        "data.batch_size=20",
        "log_interval=1",
        f"output_dir={tmp_path}",
    )
    # 12 groups of 4 examples: two whole batches of 20 an epoch.
    assert list(metrics(tmp_path)["loss"]) == [1, 2, 3, 4]


_HALTING_EARLY = ("arch.exploration.start=0.5", "arch.temperature.start=5", "arch.temperature.end=5")


@pytest.mark.parametrize(
    "family",
    [
        "cfg_trm",
        "cfg_trm distributed.kind=fsdp",
        "cfg_etrm arch=etrm_cached arch.encoder=hybrid arch.encoder_set_layers=1",
    ],
)
def test_two_ranks_with_two_micro_steps_are_one_process_with_four(
    family: str, sudoku: Path, colours: Path, tmp_path: Path
) -> None:
    config, *own = family.split()
    same = (
        *TINY,
        *own,
        *_HALTING_EARLY,
        f"data.path={sudoku if config == 'cfg_trm' else colours}",
        "steps=6",
        "log_interval=1",
        "device.precision=fp64",
        "optim.gradient_accumulation_steps=4",
        "ema_rate=0.9",
    )
    one, two = tmp_path / "one", tmp_path / "two"
    train_here(config, *same, f"output_dir={one}")
    train_ranks(2, two, "--config-name", config, *same, f"output_dir={two}")
    expected, found = weights(one, 6), weights(two, 6)
    assert all(torch.allclose(expected[name], found[name], rtol=0, atol=1e-12) for name in expected)
    assert metrics(one).keys() == metrics(two).keys()
    steps = metrics(one)["steps"]
    assert steps
    # Some rows halted before their last step, and those that did are the same ones.
    assert min(steps.values()) < 4
    assert metrics(two)["steps"] == steps
