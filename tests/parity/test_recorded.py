"""The commands that take their reference from elsewhere: from a file, and from the bundled trainer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import trainlint
from tests.parity.programs import REFERENCE
from tests.parity.runs import parity
from trainlint.engine.asks import Request, asked
from trainlint.parity.probe.plan import Plan
from trainlint.parity.trial import tried

if TYPE_CHECKING:
    import pytest

GPT = (
    "--config-name=cfg_gpt data.path=story.txt data.batch_size=4 data.block_size=16 arch.n_layer=1 "
    "arch.n_head=2 arch.n_embd=16 steps=8 evaluation.iters=1 generation.tokens=0 logging.tensorboard=false"
)


def test_a_run_is_kept_and_held_against(tmp_path: Path, python: str) -> None:
    (tmp_path / "train.py").write_text(REFERENCE)
    (tmp_path / "same.py").write_text(REFERENCE.replace("chosen", "picked"))
    (tmp_path / "other.py").write_text(REFERENCE.replace("lr=0.01", "lr=0.02"))
    own = ("--python", python, "--in-place")
    kept = parity(tmp_path, "train.py", "--record", "golden.jsonl", "--steps", "2", *own)
    assert kept.returncode == 0, kept.stdout + kept.stderr
    first, *made = kept.stdout.splitlines()
    assert first == "recorded   golden.jsonl: 2 updates of python train.py"
    assert any(line.startswith("made with  torch ") for line in made)
    same = parity(tmp_path, "same.py", "--against", "golden.jsonl", *own)
    assert (same.returncode, same.stdout.splitlines()[0]) == (
        0,
        "equal: the same to the last bit over 2 updates",
    )
    result = trainlint.parity(
        candidate=tmp_path / "other.py",
        candidate_folder=tmp_path,
        against=tmp_path / "golden.jsonl",
        steps=1,
        exact=True,
        python=python,
        in_place=True,
    )
    assert result.report().startswith("diverged: update 1, lr: lr\n")
    assert result.outcome.is_bounded


def test_the_bundled_trainer_is_watched_as_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("story.txt").write_text("\n".join(f"{number} of them went on to it." for number in range(400)))
    Path("mine.py").touch()
    ask = asked(Request(("mine.py",), python=python, steps=1, trainer=tuple(GPT.split())))
    place = tmp_path / "run"
    trial = tried("reference", ask.reference, Plan(ask.steps), ask.limits, place, in_place=True)
    assert (trial.updates, trial.ending) == (1, "stopped as planned"), trial.ended.last_lines
