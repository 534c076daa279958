"""Runs of the trainer inside the test process, and what they leave."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import torch
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig
from safetensors.torch import load_file
from torch import Tensor
from trainer.assembly import assemble
from trainer.configuration.load import load_config_fresh_from_env
from trainer.configuration.store import register
from trainer.data.puzzles.build import BuildConfig, build
from trainer.data.puzzles.metadata import Mode
from trainer.device import select_device, set_numbers
from trainer.distributed import Ranks
from trainer.run import Run
from trainer.session import run

TRAINING = Path(__file__).resolve().parents[2] / "training"

#: So small that a step takes milliseconds.
SMALL = (
    *("data.batch_size=4", "data.block_size=16", "evaluation.iters=2", "evaluation.interval=4"),
    "logging.tensorboard=false",
)
SMALL_GPT = ("arch.n_layer=2", "arch.n_head=2", "arch.n_embd=16")
SMALL_REASONER = (
    "arch.hidden_size=16",
    "arch.num_heads=2",
    "arch.n_layer=1",
    "arch.H_cycles=2",
    "arch.L_cycles=2",
    "arch.halt_max_steps=4",
)


def composed(config_name: str, *overrides: str) -> DictConfig:
    """What Hydra makes of a config of the trainer."""
    register()
    with initialize_config_dir(str(TRAINING / "config"), version_base="1.3"):
        return compose(config_name, list(overrides))


def train_here(config_name: str, *overrides: str) -> None:
    """One session in this process, on one thread of the CPU."""
    torch.set_num_threads(1)
    explicit = [override.split("=", 1)[0].lstrip("+~") for override in overrides]
    run(composed(config_name, *overrides), explicit)


def assembled(config_name: str, *overrides: str) -> Run:
    """The parts of a fresh run, before its first step, on one thread."""
    torch.set_num_threads(1)
    explicit = [override.split("=", 1)[0].lstrip("+~") for override in overrides]
    loaded = load_config_fresh_from_env(composed(config_name, *overrides), {}, explicit)
    set_numbers(loaded.config.device)
    device = select_device(loaded.config.device.name)
    return assemble(loaded.config, loaded.record, None, Ranks(), device)


def weights(output: Path, step: int) -> dict[str, Tensor]:
    """The weights of one checkpoint."""
    return load_file(output / "checkpoints" / f"step_{step:08d}" / "weights.safetensors")


def metrics(output: Path) -> dict[str, dict[int, float]]:
    """The numbers that a run recorded, by name and step."""
    found: dict[str, dict[int, float]] = {}
    with (output / "metrics.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["name"], {})[int(row["step"])] = float(row["value"])
    return found


def puzzles(path: Path, kind: str, mode: Mode, **others: int) -> Path:
    """A few puzzles of a kind, in a folder."""
    build(BuildConfig(output_dir=path, kind=kind, mode=mode, train_groups=12, val_groups=6, **others))
    return path


def story(path: Path, characters: int = 4000) -> Path:
    """A text that a model can learn: sums, one a line."""
    lines, number = [], 0
    while sum(map(len, lines)) < characters:
        a, b = number * 7 % 23, number * 5 % 19
        lines.append(json.dumps(f"{a} + {b} = {a + b}") + "\n")
        number += 1
    path.write_text("".join(lines), encoding="utf-8")
    return path
