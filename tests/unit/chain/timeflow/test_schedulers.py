"""Schedulers that ask functions of the project, and those that are made of others, held against torch."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from tests.unit.chain.timeflow.support import number, row, rows, timed
from trainlint.facts.schedule import Phase
from trainlint.facts.value import Unknown

CONFIG = "steps: 100\nwarmup: 20\ntotal: 60\nleast: 0.1\n"
WARM_COSINE = """
import math

def factor(step, warmup, total, least=0.0):
    if step < warmup:
        return step / max(1, warmup)
    progress = min(1.0, (step - warmup) / max(1, total - warmup))
    return max(least, 0.5 * (1.0 + math.cos(math.pi * progress)))
"""
RISE = "def factor(step, warmup):\n    return min(1.0, (step + 1) / warmup)\n"
FALL = "def factor(step, total):\n    return max(0.0, 1.0 - step / total)\n"
LOOP = """
scheduler = {made}
for step in range(cfg.steps):
    model(torch.zeros(1, 4)).sum().backward()
    optimizer.step()
    scheduler.step()
"""


def changes(made: torch.optim.lr_scheduler.LRScheduler, steps: int) -> tuple[int, int]:
    """Between which counts the learning rate really changes."""
    rates = [made.get_last_lr()[0]]
    for _ in range(steps):
        made.optimizer.step()
        made.step()
        rates.append(made.get_last_lr()[0])
    moved = [at for at in range(steps) if not math.isclose(rates[at], rates[at + 1], rel_tol=1e-9)]
    return moved[0], moved[-1] + 1


def optimizer() -> torch.optim.Optimizer:
    """An optimizer of one parameter."""
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)


@pytest.mark.parametrize(
    ("functions", "arguments", "given"),
    [
        (WARM_COSINE, "warmup=cfg.warmup, total=cfg.total", {"warmup": 20, "total": 60}),
        (FALL, "total=cfg.total", {"total": 60}),
        (FALL, "total=cfg.steps", {"total": 100}),
    ],
)
def test_a_function_of_the_step_changes_the_rate_as_long_as_it_does_in_torch(
    functions: str, arguments: str, given: dict[str, int], tmp_path: Path
) -> None:
    names: dict[str, object] = {}
    exec(functions, names)
    factor = names["factor"]
    assert callable(factor)
    real = changes(torch.optim.lr_scheduler.LambdaLR(optimizer(), lambda step: factor(step, **given)), 100)
    made = f"torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factor(step, {arguments}))"
    found = timed(tmp_path, LOOP.format(made=made), CONFIG, functions)
    counts = [(number(schedule.start), number(schedule.end)) for schedule in found.schedules]
    assert (min(start for start, _ in counts), max(end for _, end in counts)) == real
    assert {number(schedule.horizon) for schedule in found.schedules} == {100}


@pytest.mark.parametrize(
    ("functions", "given", "expected"),
    [
        (
            WARM_COSINE,
            "warmup=cfg.warmup, total=cfg.total",
            [("warmup", Phase.WARMUP), ("total", Phase.DECAY)],
        ),
        (RISE, "warmup=cfg.total", [("total", Phase.WARMUP)]),
        (FALL, "total=cfg.total", [("total", Phase.DECAY)]),
    ],
)
def test_whether_the_rate_rises_or_falls_is_computed(
    functions: str, given: str, expected: list[tuple[str, Phase]], tmp_path: Path
) -> None:
    made = f"torch.optim.lr_scheduler.LambdaLR(optimizer, functools.partial(factor, {given}))"
    found = timed(tmp_path, LOOP.format(made=made), CONFIG, f"import functools\n{functions}")
    assert [(schedule.name, schedule.phase) for schedule in found.schedules] == expected


def test_a_scheduler_by_function_that_nobody_moves_on_is_not_applied(tmp_path: Path) -> None:
    made = "torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / cfg.warmup))"
    loop = LOOP.format(made=made).replace("    scheduler.step()\n", "")
    (found,) = timed(tmp_path, loop, CONFIG).schedules
    assert not found.applied


def test_schedulers_in_a_row_are_counted_from_the_first_step(tmp_path: Path) -> None:
    made = """torch.optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, total_iters=cfg.warmup),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=cfg.total),
        ],
        milestones=[cfg.warmup],
    )"""
    found = timed(tmp_path, LOOP.format(made=made), CONFIG)
    assert rows(found) == [("warmup", 0, 20, 100), ("total", 20, 80, 100)]
    assert [schedule.end.key for schedule in found.schedules] == ["warmup", None]
    inner = optimizer()
    parts = [
        torch.optim.lr_scheduler.LinearLR(inner, 0.1, total_iters=20),
        torch.optim.lr_scheduler.CosineAnnealingLR(inner, T_max=60),
    ]
    real = changes(torch.optim.lr_scheduler.SequentialLR(inner, parts, milestones=[20]), 80)
    assert real == (0, 80)


def test_chained_schedulers_are_counted_together(tmp_path: Path) -> None:
    made = """torch.optim.lr_scheduler.ChainedScheduler(
        [
            torch.optim.lr_scheduler.ConstantLR(optimizer, 0.1, total_iters=cfg.warmup),
            torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=cfg.total),
        ]
    )"""
    assert rows(timed(tmp_path, LOOP.format(made=made), CONFIG)) == [
        ("warmup", 0, 20, 100),
        ("total", 0, 60, 100),
    ]


@pytest.mark.parametrize(
    ("arguments", "phase"),
    [
        ("total_iters=cfg.total", Phase.WARMUP),
        ("start_factor=1.0, end_factor=0.1, total_iters=cfg.total", Phase.DECAY),
        ("0.2, 0.1, cfg.total", Phase.DECAY),
    ],
)
def test_a_line_that_falls_is_a_decay(arguments: str, phase: Phase, tmp_path: Path) -> None:
    made = f"torch.optim.lr_scheduler.LinearLR(optimizer, {arguments})"
    (found,) = timed(tmp_path, LOOP.format(made=made), CONFIG).schedules
    assert (found.phase, number(found.end)) == (phase, 60)


def test_accelerate_moves_a_schedule_on_once_for_each_rank(tmp_path: Path) -> None:
    made = """accelerator.prepare(
        torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, cfg.total * accelerator.num_processes)
    )"""
    functions = "from accelerate import Accelerator\n\naccelerator = Accelerator()"
    loop = LOOP.format(made=made)
    (alone,) = timed(tmp_path, loop, CONFIG, functions).schedules
    assert row(alone) == ("total", 0, 60, 100)
    command = "[ ] accelerate launch --num_processes 4 train.py\n"
    (many,) = timed(tmp_path, loop, CONFIG, functions, command).schedules
    assert number(many.end) == 240
    assert isinstance(many.horizon.value, Unknown)
