"""The static table of a fixture against its own functions, run over all steps of the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.pipelines import PIPELINES
from tests.unit.chain.timeflow.support import number, times

PIPELINE = PIPELINES / "time-flow"
Table = dict[str, tuple[float | None, float | None, float | None]]
#: Runs the schedule functions of the pipeline for every step of a run and prints their values.
PROBE = """
import json, sys
from hydra import compose, initialize_config_dir
from utils.annealing import compute_epsilon, compute_expansion_penalty, compute_q_temperature, q_values_wait
from utils.config import TrainConfig
from utils.data import load_metadata
from utils.optim import cosine_schedule_with_warmup
from utils.training import total_training_steps
with initialize_config_dir(sys.argv[1], version_base=None):
    config = TrainConfig(**compose("cfg_train", sys.argv[2:]))
total = total_training_steps(config, load_metadata(config.data_path))
def rate(step, total, config):
    return cosine_schedule_with_warmup(step, base_lr=config.lr, warmup_steps=config.lr_warmup_steps,
        decay_steps=config.lr_decay_steps or total, min_ratio=config.lr_min_ratio)
laws = {"rate": rate, "penalty": compute_expansion_penalty, "temperature": compute_q_temperature,
    "epsilon": compute_epsilon, "wait": q_values_wait}
values = {name: [float(law(step, total, config)) for step in range(total + 1)] for name, law in laws.items()}
print(json.dumps({"total": total, "values": values}))
"""
RUNS = [
    "",
    "epochs=30 schedule=cosine",
    "global_batch_size=8 q_temperature_wait_steps=15 q_temperature_anneal_steps=50",
    "expansion_anneal_steps=21 dqn_warmup_steps=9 lr_decay_steps=40 lr_warmup_steps=4",
]
#: Schedules by the beginning of their name in the table.
LAWS = {"penalty": "expansion_", "temperature": "q_temperature_", "epsilon": "epsilon_", "wait": "dqn_"}


def values(overrides: str) -> dict[str, list[float]]:
    """What the functions give at every step."""
    words = [sys.executable, "-c", PROBE, str(PIPELINE / "config"), *overrides.split()]
    environment = {**os.environ, "PYTHONPATH": str(PIPELINE), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        words, cwd=PIPELINE, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    printed: dict[str, dict[str, list[float]]] = json.loads(done.stdout)
    return {**printed["values"], "total": [float(str(printed["total"]))]}


def table(overrides: str, folder: Path) -> Table:
    """What `--show-schedules` says."""
    for entry in PIPELINE.iterdir():
        if entry.name not in ("jobs.txt", "expected"):
            (folder / entry.name).symlink_to(entry)
    (folder / "jobs.txt").write_text(f"[ ] python train.py {overrides}\n")
    (time,) = times(folder)
    return {s.name: (number(s.start), number(s.end), number(s.horizon)) for s in time.schedules}


def edges(rows: Table, start: str) -> tuple[float, float]:
    """Start and end of the schedule whose name begins so."""
    return next((low or 0.0, high or 0.0) for name, (low, high, _) in rows.items() if name.startswith(start))


def moves(law: list[float], first: float, last: float) -> None:
    """The value changes between two steps and nowhere else."""
    changing = [step for step in range(1, len(law)) if abs(law[step] - law[step - 1]) > 1e-12]
    assert changing
    assert abs(changing[0] - 1 - first) <= 1
    assert abs(changing[-1] - min(last, len(law) - 1)) <= 1


@pytest.mark.parametrize("overrides", RUNS)
def test_the_table_says_what_the_functions_do(overrides: str, tmp_path: Path) -> None:
    real, static = values(overrides), table(overrides, tmp_path)
    (total,) = real["total"]
    assert {most for _, _, most in static.values()} == {total}
    for law, start in LAWS.items():
        first, last = edges(static, start)
        moves(real[law], last if law == "wait" else first, last)
    warm, decay = (
        static["lr_warmup_steps"],
        edges(static, "lr_decay" if "lr_decay" in overrides else "cosine"),
    )
    top = real["rate"].index(max(real["rate"]))
    assert (warm[1], decay[0]) == (top, top)
    moves(real["rate"], warm[0] or 0.0, decay[1])
