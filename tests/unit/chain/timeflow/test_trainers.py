"""What the trainers of libraries are told, held against what the library itself makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from transformers import TrainingArguments

from tests.unit.chain.timeflow.support import number, row, times
from trainlint.facts.schedule import Interval, TimeFlow, Unit
from trainlint.facts.value import Known

HUGGING_FACE = """
import hydra
from transformers import Trainer, TrainingArguments

{classes}

@hydra.main(config_path=".", config_name="config", version_base=None)
def main(cfg):
    arguments = TrainingArguments(output_dir="runs", {arguments})
    {after}
    Trainer(model=object(), args=arguments).train()


main()
"""
LIGHTNING = """
import hydra
import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint

class Net(lightning.LightningModule):
    def __init__(self, cfg):
        super().__init__()
        self.cfg = cfg

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters())
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=self.cfg.decay)
        {configured}

@hydra.main(config_path=".", config_name="config", version_base=None)
def main(cfg):
    trainer = lightning.Trainer({arguments})
    trainer.fit(Net(cfg))


main()
"""
CONFIG = "steps: 200\nwarmup: 20\npart: 0.1\ndecay: 50\n"


def timed(folder: Path, script: str, config: str = CONFIG, job: str = "[ ] python train.py\n") -> TimeFlow:
    """The time of the one launch of a script."""
    (folder / "train.py").write_text(script)
    (folder / "config.yaml").write_text(config)
    (folder / "jobs.txt").write_text(job)
    (found,) = times(folder)
    return found


def hugging_face(folder: Path, arguments: str, after: str = "pass", classes: str = "") -> TimeFlow:
    """The time of a run of transformers' trainer."""
    return timed(folder, HUGGING_FACE.format(arguments=arguments, after=after, classes=classes))


@pytest.mark.parametrize(
    "given",
    [
        {"max_steps": 200, "warmup_steps": 20},
        {"max_steps": 200, "warmup_steps": 0.1, "lr_scheduler_type": "cosine"},
        {"max_steps": 7, "warmup_steps": 0.3, "lr_scheduler_type": "polynomial"},
        {"max_steps": 200},
        {"max_steps": 200, "warmup_steps": 5, "lr_scheduler_type": "constant_with_warmup"},
        {"max_steps": 50, "num_train_epochs": 3, "warmup_steps": 40},
    ],
)
def test_the_warm_up_is_the_one_that_transformers_makes_of_it(given: dict[str, Any], tmp_path: Path) -> None:
    real = TrainingArguments(output_dir=str(tmp_path / "runs"), use_cpu=True, **given)
    words = ", ".join(f"{name}={value!r}" for name, value in given.items())
    found = hugging_face(tmp_path, words)
    warm = real.get_warmup_steps(real.max_steps)
    rising = [schedule for schedule in found.schedules if schedule.name == "warmup_steps"]
    assert number(rising[0].end) == warm if warm else rising == []
    falling = [
        schedule for schedule in found.schedules if schedule.name == given.get("lr_scheduler_type", "linear")
    ]
    falls = real.lr_scheduler_type != "constant_with_warmup"
    assert [row(schedule)[1:] for schedule in falling] == (
        [(warm, real.max_steps, real.max_steps)] if falls else []
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("max_steps=cfg.steps, warmup_steps=cfg.warmup", [("warmup", 0, 20, 200), ("linear", 20, 200, 200)]),
        ("max_steps=cfg.steps, warmup_ratio=cfg.part", [("part", 0, 20, 200), ("linear", 20, 200, 200)]),
        (
            "max_steps=cfg.steps, warmup_ratio=0.5, warmup_steps=2",
            [("warmup_steps", 0, 2, 200), ("linear", 2, 200, 200)],
        ),
        ("max_steps=cfg.steps, warmup_steps=9, lr_scheduler_type='constant'", []),
        ("max_steps=cfg.steps, lr_scheduler_type=cfg.missing", []),
        (
            "num_train_epochs=3, warmup_steps=cfg.warmup",
            [("warmup", 0, 20, None), ("linear", 20, None, None)],
        ),
        ("**cfg", [("linear", 0, None, None)]),
        ("**{'max_steps': cfg.steps}", [("linear", 0, 200, 200)]),
    ],
)
def test_the_schedules_of_a_trainer(
    arguments: str, expected: list[tuple[str, int, int | None, int | None]], tmp_path: Path
) -> None:
    assert [row(schedule) for schedule in hugging_face(tmp_path, arguments).schedules] == expected


@pytest.mark.parametrize(
    ("after", "classes"),
    [
        ("arguments.max_steps = 9", ""),
        ("arguments.max_steps, arguments.warmup_steps = 9, 2", ""),
    ],
)
def test_what_code_sets_later_is_not_known(after: str, classes: str, tmp_path: Path) -> None:
    found = hugging_face(tmp_path, "max_steps=cfg.steps, warmup_steps=cfg.warmup", after, classes)
    assert {number(schedule.horizon) for schedule in found.schedules} == {None}


def test_a_class_of_the_project_may_have_defaults_of_its_own(tmp_path: Path) -> None:
    script = HUGGING_FACE.replace("TrainingArguments(output", "Own(output").format(
        arguments="warmup_steps=cfg.warmup",
        after="pass",
        classes="class Own(TrainingArguments):\n    max_steps: int = 300",
    )
    found = timed(tmp_path, script)
    assert {number(schedule.horizon) for schedule in found.schedules} == {None}
    assert any("`Own` has a default of its own" in unknown.reason for unknown in found.unverified)


def test_the_arguments_of_the_command_line(tmp_path: Path) -> None:
    script = """
from transformers import HfArgumentParser, Trainer, TrainingArguments

parser = HfArgumentParser((TrainingArguments,))
(arguments,) = parser.parse_args_into_dataclasses()
Trainer(model=object(), args=arguments).train()
"""
    command = (
        "[ ] python train.py --output_dir runs --max_steps 90 --warmup_steps 30 --lr_scheduler_type=cosine\n"
    )
    found = timed(tmp_path, script, job=command)
    assert [row(schedule) for schedule in found.schedules] == [
        ("warmup_steps", 0, 30, 90),
        ("cosine", 30, 90, 90),
    ]


def lightning(folder: Path, arguments: str, configured: str = "return optimizer") -> TimeFlow:
    """The time of a run of Lightning's trainer."""
    return timed(folder, LIGHTNING.format(arguments=arguments, configured=configured))


@pytest.mark.parametrize(
    ("arguments", "total"),
    [
        ("max_steps=cfg.steps", 200),
        ("max_steps=cfg.steps, max_epochs=-1", 200),
        ("max_steps=cfg.steps, max_epochs=3", None),
        ("max_epochs=3", None),
        ("max_steps=cfg.steps, max_time='00:01:00:00'", None),
        ("max_steps=cfg.steps, fast_dev_run=True", None),
        ("max_steps=cfg.steps, fast_dev_run=False", 200),
    ],
)
def test_the_length_of_a_run_of_lightning(arguments: str, total: int | None, tmp_path: Path) -> None:
    found = lightning(tmp_path, arguments)
    assert (found.total.value if isinstance(found.total, Known) else None) == total


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        (
            "return {'optimizer': optimizer, 'lr_scheduler': {'scheduler': scheduler, 'interval': 'step'}}",
            (200, Unit.STEP),
        ),
        ("return [optimizer], [{'scheduler': scheduler, 'interval': 'step'}]", (200, Unit.STEP)),
        ("return [optimizer], [scheduler]", (None, Unit.EPOCH)),
        ("return {'optimizer': optimizer, 'lr_scheduler': scheduler}", (None, Unit.EPOCH)),
    ],
)
def test_lightning_moves_schedulers_after_steps_or_epochs(
    configured: str, expected: tuple[int | None, Unit], tmp_path: Path
) -> None:
    (schedule,) = lightning(tmp_path, "max_steps=cfg.steps", configured).schedules
    assert (number(schedule.horizon), schedule.unit) == expected
    assert number(schedule.end) == 50
    assert schedule.applied


def test_a_scheduler_that_is_not_given_to_lightning_has_no_row(tmp_path: Path) -> None:
    assert lightning(tmp_path, "max_steps=cfg.steps").schedules == ()


def test_epochs_of_lightning_move_a_scheduler_as_often_as_they_are(tmp_path: Path) -> None:
    (schedule,) = lightning(tmp_path, "max_epochs=30", "return [optimizer], [scheduler]").schedules
    assert (number(schedule.horizon), schedule.unit) == (30, Unit.EPOCH)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            "max_steps=40, val_check_interval=10, check_val_every_n_epoch=None, accumulate_grad_batches=4",
            [(10, 160, Unit.BATCH)],
        ),
        ("max_steps=40, val_check_interval=10", [(1, None, Unit.EPOCH)]),
        ("max_steps=40, val_check_interval=0.5, check_val_every_n_epoch=None", []),
        ("max_epochs=40, check_val_every_n_epoch=3", [(3, 40, Unit.EPOCH)]),
        (
            "max_steps=40, check_val_every_n_epoch=None, callbacks=[ModelCheckpoint(every_n_train_steps=60)]",
            [(60, 40, Unit.STEP)],
        ),
    ],
)
def test_what_lightning_does_every_so_often(
    arguments: str, expected: list[tuple[int, int | None, Unit]], tmp_path: Path
) -> None:
    assert [_every(interval) for interval in lightning(tmp_path, arguments).intervals] == expected


def _every(interval: Interval) -> tuple[float | None, float | None, Unit]:
    return number(interval.every), number(interval.horizon), interval.unit
