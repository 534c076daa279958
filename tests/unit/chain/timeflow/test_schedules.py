"""What the forms in which schedules are written come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.chain.timeflow.support import rows, timed
from trainlint.facts.schedule import Phase, Unit

CONFIG = """
steps: 100
warmup_steps: 10
anneal_steps: 40
wait: 5
ratio: 0.25
epochs: 3
per_epoch: 20
"""
STEP = """
    model(torch.zeros(1, 4)).sum().backward()
    optimizer.step()
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("min(1.0, step / cfg.anneal_steps)", ("anneal_steps", 0, 40)),
        ("min(1.0, (step + 1) / cfg.anneal_steps)", ("anneal_steps", 0, 40)),
        ("min(step, cfg.anneal_steps) / cfg.anneal_steps", ("anneal_steps", 0, 40)),
        ("max(0.1, 1.0 - step / cfg.anneal_steps)", ("anneal_steps", 0, 40)),
        ("max(0.0, (cfg.anneal_steps - step) / cfg.anneal_steps)", ("anneal_steps", 0, 40)),
        ("min(1.0, max(0, step - cfg.wait) / cfg.anneal_steps)", ("anneal_steps", 5, 45)),
        ("min(1.0, step / max(1, int(cfg.ratio * cfg.steps)))", ("ratio", 0, 25)),
        ("0.5 * (1 + torch.cos(torch.tensor(3.14 * step / cfg.anneal_steps)))", ("anneal_steps", 0, 40)),
        ("1.0 if step >= cfg.anneal_steps else 0.0", ("anneal_steps", 0, 40)),
    ],
)
def test_a_ramp_is_found_in_each_of_its_forms(
    expression: str, expected: tuple[str, float, float], tmp_path: Path
) -> None:
    loop = f"for step in range(cfg.steps):\n    beta = {expression}\n    print(beta)\n{STEP}"
    (found,) = rows(timed(tmp_path, loop, CONFIG))
    assert found == (*expected, 100)


@pytest.mark.parametrize(
    "statement",
    [
        "print(f'{step / cfg.anneal_steps:.0%}')",
        "share = cfg.ratio * step",
        "if step % cfg.anneal_steps == 0: print(step)",
        "loss = model(torch.zeros(1, 4)).sum() / cfg.anneal_steps",
        "if step >= cfg.steps - 1: print('done')",
    ],
)
def test_what_is_no_schedule_is_not_taken_for_one(statement: str, tmp_path: Path) -> None:
    loop = f"for step in range(cfg.steps):\n    {statement}\n{STEP}"
    assert rows(timed(tmp_path, loop, CONFIG)) == []


def test_a_test_against_the_bound_of_its_loop_is_no_schedule_however_little_is_known_of_it(
    tmp_path: Path,
) -> None:
    known_later = "import os\ntotal = cfg.steps * len(os.listdir('.'))\n"
    inner = "    for first in range(0, total, 2):\n        if first + 1 < total: print('one more')\n"
    loop = f"{known_later}for step in range(cfg.steps):\n{inner}{STEP}"
    assert rows(timed(tmp_path, loop, CONFIG)) == []
    # A part of the bound may be a schedule: it ends before the loop does.
    part = "for step in range(cfg.wait + cfg.anneal_steps):\n    if step < cfg.wait: print('waits')\n"
    assert rows(timed(tmp_path, f"{part}{STEP}", CONFIG)) == [("wait", 0, 5, 45)]


def test_a_counter_is_followed_through_objects_and_arguments(tmp_path: Path) -> None:
    functions = """
    class State:
        def __init__(self):
            self.step = 0


    class Head(torch.nn.Module):
        def __init__(self, cfg, total):
            super().__init__()
            self.cfg, self.total = cfg, total
            self.layer = torch.nn.Linear(4, 1)

        def forward(self, batch, global_step=0):
            price = penalty(global_step, total_steps=self.total, share=self.cfg.ratio)
            return self.layer(batch).sum() * price


    def penalty(step, *, total_steps, share):
        anneal_steps = int(total_steps * share)
        return min(1.0, step / max(1, anneal_steps))
    """
    loop = """
    state, head = State(), Head(cfg, cfg.epochs * cfg.per_epoch)
    for epoch in range(cfg.epochs):
        for _ in range(cfg.per_epoch):
            state.step += 1
            head(torch.zeros(1, 4), global_step=state.step).backward()
            optimizer.step()
    """
    time = timed(tmp_path, loop, CONFIG, functions)
    assert rows(time) == [("ratio", 0, 15, 60)]
    assert time.schedules[0].phase is Phase.ANNEAL
    assert time.schedules[0].end.ratio


def test_epochs_are_counted_in_epochs(tmp_path: Path) -> None:
    loop = """
    for epoch in range(cfg.epochs):
        beta = min(1.0, epoch / cfg.wait)
        print(beta)
        for _ in range(cfg.per_epoch):
            model(torch.zeros(1, 4)).sum().backward()
            optimizer.step()
    """
    time = timed(tmp_path, loop, CONFIG)
    assert rows(time) == [("wait", 0, 5, 3)]
    assert time.schedules[0].unit is Unit.EPOCH


@pytest.mark.parametrize(
    "loop",
    [
        "step = 0\nwhile step < cfg.steps:\n    step += 1\n    print(min(1.0, step / cfg.wait))\n",
        "step = 0\nwhile True:\n    if step >= cfg.steps:\n        break\n    step += 1\n"
        "    rate = min(1.0, step / cfg.wait)\n",
        "step = 0\nwhile True:\n    step += 1\n    rate = min(1.0, step / cfg.wait)\n",
        "for step in range(1, cfg.steps + 1):\n    rate = min(1.0, step / cfg.wait)\n",
    ],
)
def test_the_bound_of_a_loop_is_the_length_of_the_run(loop: str, tmp_path: Path) -> None:
    endless = "while True" in loop and "break" not in loop
    ending = "    if step > cfg.steps:\n        break\n" if endless else ""
    rate = loop.replace("print(min(1.0, step / cfg.wait))", "rate = min(1.0, step / cfg.wait)")
    (found,) = rows(timed(tmp_path, f"{rate}{STEP}{ending}", CONFIG))
    assert found == ("wait", 0, 5, 100)


def test_a_schedule_that_the_config_switches_off_is_left_out(tmp_path: Path) -> None:
    functions = "def rate(step, cfg):\n    return min(1.0, step / cfg.anneal_steps)\n"
    use = "    lr = rate(step, cfg) if cfg.decay else 1.0\n    print(lr)\n"
    loop = f"for step in range(cfg.steps):\n{use}{STEP}"
    assert rows(timed(tmp_path, loop, f"{CONFIG}decay: true\n", functions)) == [("anneal_steps", 0, 40, 100)]
    assert rows(timed(tmp_path, loop, f"{CONFIG}decay: false\n", functions)) == []


@pytest.mark.parametrize(
    ("made", "called", "expected"),
    [
        (
            "CosineAnnealingLR(optimizer, T_max=cfg.anneal_steps)",
            "scheduler.step()",
            ("anneal_steps", 0, 40, 60),
        ),
        (
            "LinearLR(optimizer, total_iters=cfg.warmup_steps)",
            "scheduler.step()",
            ("warmup_steps", 0, 10, 60),
        ),
        ("LinearLR(optimizer)", "scheduler.step()", ("LinearLR", 0, 5, 60)),
        (
            "OneCycleLR(optimizer, 0.1, cfg.epochs * cfg.per_epoch)",
            "scheduler.step()",
            ("OneCycleLR", 0, 60, 60),
        ),
    ],
)
def test_schedulers_of_torch(
    made: str, called: str, expected: tuple[str, float, float, float], tmp_path: Path
) -> None:
    loop = f"""
    scheduler = torch.optim.lr_scheduler.{made}
    for epoch in range(cfg.epochs):
        for _ in range(cfg.per_epoch):
            model(torch.zeros(1, 4)).sum().backward()
            optimizer.step()
            {called}
    """
    assert rows(timed(tmp_path, loop, CONFIG)) == [expected]


def test_a_scheduler_that_is_moved_on_once_an_epoch_counts_epochs(tmp_path: Path) -> None:
    loop = """
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=cfg.epochs)
    for epoch in range(cfg.epochs):
        for _ in range(cfg.per_epoch):
            model(torch.zeros(1, 4)).sum().backward()
            optimizer.step()
        scheduler.step()
    """
    (schedule,) = timed(tmp_path, loop, CONFIG).schedules
    assert (schedule.unit, schedule.applied) == (Unit.EPOCH, True)
    assert rows(timed(tmp_path, loop, CONFIG)) == [("CosineAnnealingLR", 0, 3, 3)]
