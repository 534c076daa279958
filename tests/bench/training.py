"""Prints how many tokens a second the trainer trains on, beside a plain PyTorch loop over the same model.

Both train by turns in this process, without evaluation, logs and checkpoints; the best turn of each counts.

Usage: PYTHONPATH=training python -m tests.bench.training
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor
from trainer.data.tokens import TokenWindows
from trainer.loop import train
from trainer.run import Run
from trainer.throughput import flops_per_token, model_flops_utilisation

from tests.training import plain
from tests.training.runs import assembled


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A model and its batches."""

    name: str
    vocabulary: int
    layers: int
    heads: int
    width: int
    block: int
    batch: int
    #: Steps of one turn, and turns of each.
    steps: int
    turns: int
    overrides: tuple[str, ...] = ()


CPU = Shape(
    name="GPT of 4 layers, 128 wide, fp32",
    vocabulary=256,
    layers=4,
    heads=4,
    width=128,
    block=64,
    batch=12,
    steps=20,
    turns=10,
)
GPU = Shape(
    name="GPT-2 124M, bf16, compiled",
    vocabulary=50304,
    layers=12,
    heads=12,
    width=768,
    block=1024,
    batch=16,
    steps=20,
    turns=5,
    overrides=("device.precision=bf16", "device.compile=true", "device.tf32=true"),
)


class Stopwatch:
    """A reporter that shows nothing and takes the time between the line before some steps and that after."""

    def __init__(self) -> None:
        self.said = [0.0, 0.0]
        self.seconds = 0.0

    def say(self, line: str) -> None:
        """When it was said; what an evaluation finds is said before the steps of a turn, and after them."""
        self.said = [self.said[1], time.perf_counter()]

    def record(self, step: int, values: dict[str, float]) -> None:
        """Steps have a learning rate, evaluations have not."""
        if "lr" in values:
            self.seconds = self.said[1] - self.said[0]

    def advance(self, step: int, total: int, now: str) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def ours(shape: Shape, device: str, folder: Path) -> Run:
    """The trainer's parts for a shape."""
    text = folder / "text.txt"
    # As many characters as the vocabulary has tokens; beyond the plane in which some code points are no text.
    letters = "".join(chr(0x20000 + number) for number in range(shape.vocabulary))
    text.write_text(letters * (2 + 200_000 // shape.vocabulary), encoding="utf-8")
    arch = f"n_layer={shape.layers} n_head={shape.heads} n_embd={shape.width} dropout=0".split()
    return assembled(
        "cfg_gpt",
        *(f"arch.{number}" for number in arch),
        *(f"data.path={text}", f"data.batch_size={shape.batch}", f"data.block_size={shape.block}"),
        *("steps=1000000", "log_interval=1000000", "evaluation.iters=1", "evaluation.interval=1000000"),
        *("checkpoint.enabled=false", "logging.tensorboard=false", f"output_dir={folder}"),
        *(f"device.name={device}", *shape.overrides),
    )


def random_windows(tokens: Tensor, shape: Shape, device: torch.device) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches as scripts draw them."""
    while True:
        starts = torch.randint(len(tokens) - shape.block, (shape.batch,)).tolist()
        both = torch.stack([tokens[start : start + shape.block + 1] for start in starts])
        if device.type == "cuda":
            both = both.pin_memory().to(device, non_blocking=True)
        yield both[:, :-1].contiguous(), both[:, 1:].contiguous()


def plainly(run: Run, shape: Shape, device: torch.device) -> Iterator[tuple[Tensor, Tensor]]:
    """The plain loop over the model itself: where a copy lies in memory makes more of a difference."""
    called = torch.compile(run.model) if run.config.device.compile else run.model
    optim = run.config.optim
    recipe = plain.Recipe(
        steps=run.total_steps,
        accumulation=1,
        peak=optim.learning_rate,
        floor=optim.learning_rate * optim.min_lr_ratio,
        warmup=int(run.total_steps * optim.warmup_ratio),
        weight_decay=optim.weight_decay,
        betas=(optim.betas[0], optim.betas[1]),
        eps=optim.eps,
        clip=optim.grad_clip,
    )

    def logits(inputs: Tensor) -> Tensor:
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            return called(inputs).float()

    assert isinstance(run.batches.source, TokenWindows)
    windows = run.batches.source.tokens
    tokens = torch.from_numpy(windows[0 : len(windows)]).long()
    optimizer = plain.Library(plain.decaying(run.model, recipe.weight_decay), recipe)
    return plain.train(run.model, logits, random_windows(tokens, shape, device), optimizer, recipe)


def turns(run: Run, shape: Shape) -> Callable[[], float]:
    """Seconds of the next turn of the trainer; the evaluations around it are not in them."""
    watch = Stopwatch()
    run.reporter = watch

    def turn() -> float:
        assert train(run, start_step=run.progress.step or 1, n_steps=shape.steps)
        return watch.seconds

    return turn


def plain_turns(run: Run, shape: Shape, device: torch.device) -> Callable[[], float]:
    """Seconds of the next turn of the plain loop, up to the loss of its last step."""
    steps = plainly(run, shape, device)

    def turn() -> float:
        started = time.perf_counter()
        (*_, (loss, _)) = islice(steps, shape.steps)
        float(loss)
        return time.perf_counter() - started

    return turn


def compare(shape: Shape, name: str) -> None:
    """Print tokens a second of both loops, their ratio and, where the peak is known, the MFU."""
    device = torch.device(name)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        run = ours(shape, name, Path(folder))
        both = turns(run, shape), plain_turns(run, shape, device)
        # The first turn of each warms up and compiles.
        seconds = [[turn() for turn in both] for _ in range(shape.turns + 1)][1:]
        run.batches.close()
    tokens = shape.steps * shape.batch * shape.block
    here, there = (tokens / min(turn[number] for turn in seconds) for number in (0, 1))
    verdict = "ok" if here >= there else "UNDER"
    print(f"{shape.name:<42} {here:10,.0f} tokens/s  plain loop {there:10,.0f} tokens/s", end="  ")
    print(f"ratio {here / there:.3f}   at least 1.000  {verdict}", end="")
    mfu = model_flops_utilisation(here, flops_per_token(run.model, shape.block), device, 1)
    print(f"  MFU {mfu:.1%}" if mfu is not None else "")


def main() -> None:
    torch.set_num_threads(1)
    compare(CPU, "cpu")
    if torch.cuda.is_available():
        compare(GPU, "cuda")
    else:
        print(f"{GPU.name}: NOT MEASURED, there is no CUDA device here", file=sys.stderr)


if __name__ == "__main__":
    main()
