"""One program is watched: what it does in an update, and its modes beside those that its code shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.pipelines import copy_pipeline
from tests.parity.programs import REFERENCE
from tests.parity.runs import parity

STEPS = ("--observe", "--steps", "4", "--env", "WANDB_MODE=disabled")
STATE = "state        "


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        (
            "pretrain_etrm.py",
            [
                "batches      1 forward pass with each",
                f"{STATE}3 of 4 passes begin with what the pass before gave, 3 of them with another batch",
                "act_mode     seen dynamic, read dynamic (",
                "encoder      seen at every step, read re-encoded (",
            ],
        ),
        (
            "pretrain_etrm_old.py",
            [
                "batches      2 forward passes with each",
                f"{STATE}2 of 4 passes begin with what the pass before gave, 0 of them with another batch",
                "act_mode     seen fixed, read fixed (",
            ],
        ),
        (
            "pretrain_etrm_online.py",
            [
                "state        no pass begins with what the pass before gave",
                "part         model.encoder: 1 call in a pass",
                "part         model.core: 3 calls in a pass",
                "act_mode     seen fixed, read fixed (",
                "encoder      seen at fewer steps than the rest, read cached (",
            ],
        ),
    ],
)
def test_modes_are_seen_as_they_are_read(tmp_path: Path, python: str, script: str, lines: list[str]) -> None:
    done = parity(copy_pipeline("etrm", tmp_path), script, *STEPS, "--python", python, "--in-place")
    assert done.returncode == 0, done.stdout + done.stderr
    for line in lines:
        assert any(found.startswith(line) for found in done.stdout.splitlines()), (line, done.stdout)


def test_what_an_update_has_and_what_comes_after_it(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(REFERENCE)
    done = parity(tmp_path, "train.py", "--observe", "--steps", "2")
    assert done.stdout.splitlines()[:7] == [
        "watched      2 updates of python train.py",
        "an update    2 forward passes, 2 backward passes, 1 optimizer step",
        "batches      1 forward pass with each",
        "state        no pass begins with what the pass before gave",
        "evaluations  2 passes, after update 1, 2",
        "checkpoints  2 files, after update 1, 2",
        "ranks        1",
    ]


def test_a_program_that_does_not_train_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("raise SystemExit('no data')")
    done = parity(tmp_path, "train.py", "--observe")
    assert (done.returncode, "no data" in done.stdout) == (2, True)
