"""A program is stopped and started again: what does not come back is named, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.parity.runs import parity
from trainlint.facts.parity import ParityOutcome, Phase, Verdict
from trainlint.parity.bounds import Bounds
from trainlint.parity.launch import Limits
from trainlint.parity.probe.plan import Plan
from trainlint.parity.resumed import resumed
from trainlint.parity.sides import Side
from trainlint.parity.trial import Trial, tried

PROGRAM = """\
import sys
import torch
from torch import nn

torch.manual_seed(7)
rows = torch.randn(64, 6)
model = nn.Sequential(nn.Linear(6, 12), nn.Dropout(0.2), nn.Linear(12, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, 1.0, 6)
first = 0
if len(sys.argv) > 1:
    kept, wanted = torch.load("1.pt", weights_only=False), sys.argv[1].split(",")
    if "model" in wanted:
        model.load_state_dict(kept["model"])
    if "optimizer" in wanted:
        lr = optimizer.param_groups[0]["lr"]
        optimizer.load_state_dict(kept["optimizer"])
        if "scheduler" not in wanted:
            optimizer.param_groups[0]["lr"] = lr
    if "scheduler" in wanted:
        scheduler.load_state_dict(kept["scheduler"])
        optimizer.param_groups[0]["lr"] = scheduler.get_last_lr()[0]
    if "random" in wanted:
        torch.set_rng_state(kept["random"])
    if "step" in wanted:
        first = kept["step"]
for step in range(first, 8):
    batch = rows[8 * step : 8 * step + 8]
    loss = nn.functional.mse_loss(model(batch), batch.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    if step % 2 == 1:
        kept = {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "scheduler": scheduler.state_dict(),
            "random": torch.get_rng_state(),
            "step": step + 1,
        }
        torch.save(kept, f"{step}.pt")
"""
ALL = ["model", "optimizer", "scheduler", "random", "step"]
Resume = Callable[..., ParityOutcome]


@pytest.fixture(scope="module")
def resume(tmp_path_factory: pytest.TempPathFactory, python: str) -> Resume:
    """Resumes the program with other parts of its checkpoint; what does not depend on them runs once."""
    folder = tmp_path_factory.mktemp("resume")
    # A folder with a comma is copied: an interpreter that runs already sees none that is laid over another.
    project = folder / "pro,ject"
    project.mkdir()
    (project / "train.py").write_text(PROGRAM)
    side = Side("program", project / "train.py", (), project, (("OMP_NUM_THREADS", "1"),), python)
    limits = Limits(240, 8 << 30)
    made: dict[str, Trial] = {}

    def start(name: str, of: Side, plan: Plan, after: Trial | None = None) -> Trial:
        key = f"{of.arguments} {plan}"
        if key not in made:
            place = folder / str(len(made))
            made[key] = tried(name, of, plan, limits, place, in_place=False, after=after)
        return made[key]

    def resume(parts: list[str], steps: int = 5, at: int = 3, atol: float | None = None) -> ParityOutcome:
        words = (",".join(parts),)
        return resumed(
            lambda name, _, plan: start(name, side, plan),
            lambda name, plan, stopped: start(name, replace(side, arguments=words), plan, stopped),
            steps,
            at,
            Bounds(atol=atol),
            compiled=False,
        )

    return resume


def test_what_comes_back_whole_is_equal(resume: Resume) -> None:
    """The run is stopped after its third update and goes on after its second, where it saved last."""
    outcome = resume(ALL)
    assert outcome.verdict is Verdict.EQUAL
    assert [run.name for run in outcome.runs] == ["uninterrupted", "stopped", "resumed"]


@pytest.mark.parametrize(
    ("lost", "phase", "said"),
    [
        ("optimizer", Phase.UPDATE, "the optimizer begins anew"),
        ("scheduler", Phase.LR, "the schedule does not go on where it stood"),
        ("random", Phase.FORWARD, "dropout's generator did not come back"),
        ("step", Phase.BATCH, "the data do not go on where they stood"),
        ("model", Phase.INIT, "the weights did not come back"),
    ],
)
def test_what_does_not_come_back_is_named(resume: Resume, lost: str, phase: Phase, said: str) -> None:
    outcome = resume([part for part in ALL if part != lost])
    first = outcome.divergences[0]
    assert (outcome.verdict, first.phase) == (Verdict.DIVERGED, phase)
    assert said in first.cause
    assert first.step in (-1, 2)


@pytest.mark.parametrize(("atol", "verdict"), [(1e-9, Verdict.DIVERGED), (100.0, Verdict.WITHIN)])
def test_numbers_may_be_off_by_what_the_user_allows(resume: Resume, atol: float, verdict: Verdict) -> None:
    outcome = resume([part for part in ALL if part != "optimizer"], atol=atol)
    assert outcome.verdict is verdict


def test_a_run_that_saves_nothing_before_it_is_stopped_says_nothing(resume: Resume) -> None:
    outcome = resume(ALL, steps=3, at=1)
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert "in its first 1 updates it saves nothing" in outcome.missing[0]


def test_the_command_resumes_in_the_copy_that_was_left(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(PROGRAM)
    words = ["train.py", "--steps", "4", "--resume-at", "2", "--resume-args", ",".join(ALL)]
    done = parity(tmp_path, *words)
    assert done.stdout.startswith("equal: "), done.stdout + done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["train.py"]
    refused = parity(tmp_path, "train.py", "--steps", "2", "--resume-at", "2")
    assert refused.returncode == 2
    assert "a run of 2 updates that is stopped after 2 leaves none" in refused.stderr
