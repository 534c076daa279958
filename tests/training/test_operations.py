"""Operations are decided on a given loss, done once, recorded, and done again on resume."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from trainer.configuration.operations import OperationConfig, OperationKind
from trainer.errors import TrainerError
from trainer.scheduler import TrainingScheduler

from tests.training.runs import SMALL, SMALL_GPT, metrics, train_here, weights

SAME = (*SMALL, *SMALL_GPT, "steps=12", "checkpoint.keep_last=9", "evaluation.interval=2", "log_interval=1")
OPERATIONS = (
    "freeze=[tokens,blocks.0]",
    "operations=[{kind:scale_learning_rate,value:0.5,from_step:2},"
    "{kind:set_batch_size,value:6,from_step:4},"
    "{kind:unfreeze,modules:[blocks.0],from_step:4},"
    "{kind:set_learning_rate,value:0.01,from_step:8},"
    "{kind:unfreeze,modules:[tokens],from_step:8}]",
)


def test_a_resumed_run_has_the_operations_from_before_and_after_the_cut(text: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    same = (*SAME, f"data.path={text}", "optim.law=constant", "optim.warmup_ratio=0")
    same = (*same, *OPERATIONS)
    train_here("cfg_gpt", *same, f"output_dir={whole}")
    shutil.copytree(whole, cut)
    for folder in (cut / "checkpoints").glob("step_*"):
        if folder.name > "step_00000006":
            shutil.rmtree(folder)
    train_here("cfg_gpt", *same, f"output_dir={cut}")

    expected, found = weights(whole, 12), weights(cut, 12)
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert metrics(cut) == metrics(whole)
    rates = metrics(whole)["lr"]
    # What is set off by the evaluation after step 2 holds from step 3 on.
    assert [rates[step] for step in (2, 3, 8, 9)] == pytest.approx([1e-3, 5e-4, 5e-4, 1e-2])
    log = (whole / "train.log").read_text()
    assert "step 4: a micro-batch has 6 samples from here on" in log
    assert "step 8: tokens is trained from here on" in log
    assert (
        "done before the checkpoint, and again now: a micro-batch has 6" in (cut / "resume.log").read_text()
    )


def test_frozen_modules_do_not_change_until_they_are_unfrozen(text: Path, tmp_path: Path) -> None:
    same = (*SAME, f"data.path={text}", f"output_dir={tmp_path}", "checkpoint.keep_last=99")
    train_here("cfg_gpt", *same, "checkpoint.interval=2", *OPERATIONS)
    at = {step: weights(tmp_path, step) for step in (2, 4, 6, 8, 10)}

    def changed(name: str, earlier: int, later: int) -> bool:
        return not torch.equal(at[earlier][name], at[later][name])

    assert not changed("blocks.0.up.weight", 2, 4)
    assert changed("blocks.0.up.weight", 4, 6)
    assert not changed("tokens.weight", 4, 8)
    assert changed("tokens.weight", 8, 10)
    assert changed("blocks.1.up.weight", 2, 4)


def test_the_scheduler_decides_on_the_loss_that_it_is_given() -> None:
    halve = OperationConfig(kind=OperationKind.scale_learning_rate, value=0.5, below=2.0)
    done: list[OperationConfig] = []

    def operate(operation: OperationConfig) -> str:
        done.append(operation)
        return "halved"

    scheduler = TrainingScheduler([halve, halve])
    assert scheduler.check_and_execute_operations(1, 2.5, operate) == []
    # Twice in the list is twice in the run, and then never again.
    assert scheduler.check_and_execute_operations(2, 2.0, operate) == ["halved", "halved"]
    assert scheduler.check_and_execute_operations(3, 1.0, operate) == []
    resumed = TrainingScheduler([halve, halve])
    assert resumed.load_state_dict(scheduler.state_dict(), operate) == ["halved", "halved"]
    assert resumed.check_and_execute_operations(4, 1.0, operate) == []
    assert done == [halve] * 4


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["operations=[{kind:set_batch_size,value:2}]"], "needs below or from_step"),
        (["operations=[{kind:unfreeze,value:2,from_step:1}]"], "needs modules and no value"),
        (["operations=[{kind:set_learning_rate,from_step:1}]"], "needs a value and no modules"),
        (["operations=[{kind:set_learning_rate,value:-1,from_step:1}]"], "must be above 0"),
        (["operations=[{kind:set_batch_size,value:2.5,from_step:1}]"], "no whole number of samples"),
        (["operations=[{kind:unfreeze,modules:[head],from_step:1}]"], "'head', which freeze does not"),
        (["freeze=[nothing]"], "no module of the model is named 'nothing'"),
        (["freeze=[tokens,positions,blocks,norm,head]"], "freeze leaves nothing to train"),
        (["freeze=[tokens]", "lora.enabled=true"], "nothing for freeze to name"),
    ],
)
def test_operations_that_cannot_be_done_are_refused(
    overrides: list[str], message: str, text: Path, tmp_path: Path
) -> None:
    with pytest.raises(TrainerError, match=message):
        train_here("cfg_gpt", *SAME, f"data.path={text}", f"output_dir={tmp_path}", *overrides)
