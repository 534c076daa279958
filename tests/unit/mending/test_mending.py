"""Small programs that lost something, the texts that `--fix --unsafe-fixes` makes of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainlint.cli.main import cli

HEAD = """\
import os
import torch
import torch.nn.functional as F

world_size = int(os.environ.get("WORLD_SIZE", 1))
accumulation = 8
"""
SHARED = """\
assert accumulation % world_size == 0
accumulation //= world_size
"""
MADE = """\
x = torch.randn(8, 4)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""
LOOP = """\
for step in range(10):
    for micro_step in range(accumulation):
        loss = F.mse_loss(model(x), x.sum(1, keepdim=True))
        (loss / accumulation).backward()
    optimizer.step()
    optimizer.zero_grad()
"""
REFERENCE = HEAD + SHARED + MADE + LOOP


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*options: str, names: tuple[str, str] = ("train.py", "new.py")) -> str:
    result = CliRunner().invoke(
        cli, ["diff", *names, "--output-format", "concise", *options], catch_exceptions=False
    )
    return result.output


def mended(candidate: str, reference: str = REFERENCE) -> str:
    """What becomes of a candidate, whose finding is gone then if anything was changed."""
    Path("train.py").write_bytes(reference.encode())
    Path("new.py").write_bytes(candidate.encode())
    assert " TL6" in run()
    left = run("--fix", "--unsafe-fixes")
    after = Path("new.py").read_bytes().decode()
    if after != candidate:
        compile(after, "new.py", "exec")
        assert " TL6" not in left
    assert Path("train.py").read_bytes().decode() == reference
    return after


def test_a_division_that_is_lost_comes_back_with_its_check() -> None:
    assert mended(HEAD + MADE + LOOP) == HEAD + SHARED + MADE + LOOP


def test_a_division_that_was_not_checked_comes_back_without_a_check() -> None:
    unchecked = "accumulation //= world_size\n"
    assert mended(HEAD + MADE + LOOP, HEAD + unchecked + MADE + LOOP) == HEAD + unchecked + MADE + LOOP


def test_a_check_that_is_lost_comes_back() -> None:
    assert mended(HEAD + "accumulation //= world_size\n" + MADE + LOOP) == REFERENCE


def test_safe_fixes_leave_what_would_change_numbers() -> None:
    Path("train.py").write_text(REFERENCE)
    Path("new.py").write_text(HEAD + MADE + LOOP)
    assert "TL603" in run("--fix")
    assert Path("new.py").read_text() == HEAD + MADE + LOOP
    assert "+accumulation //= world_size\n" in run("--diff", "--unsafe-fixes")


def test_no_name_is_written_that_is_not_known_at_the_place() -> None:
    """The candidate has the number of processes only in a function that does not meet the accumulation."""
    inside = (
        "def processes():\n    world_size = int(os.environ.get('WORLD_SIZE', 1))\n    return world_size\n"
    )
    head = "import os\nimport torch\nimport torch.nn.functional as F\n\naccumulation = 8\n"
    candidate = head + inside + MADE + LOOP
    assert mended(candidate) == candidate


@pytest.mark.parametrize("where", ["if model:\n    ", "for _ in x:\n    ", "try:\n    "])
def test_a_name_that_only_some_ways_bind_is_not_written(where: str) -> None:
    end = "except OSError:\n    pass\n" if where.startswith("try") else ""
    bound = f'{where}world_size = int(os.environ.get("WORLD_SIZE", 1))\n{end}'
    head = "import os\nimport torch\nimport torch.nn.functional as F\n\naccumulation = 8\n"
    candidate = head + MADE + bound + LOOP
    assert mended(candidate) == candidate


def test_a_name_that_is_bound_on_all_ways_is_written_behind_them() -> None:
    head = """\
import os
import torch
import torch.nn.functional as F

accumulation = 8
if int(os.environ.get("RANK", -1)) != -1:
    processes = int(os.environ["WORLD_SIZE"])
else:
    processes = 1
"""
    divided = "assert accumulation % processes == 0\naccumulation //= processes\n"
    assert mended(head + MADE + LOOP) == head + divided + MADE + LOOP


CLASSES = """\
class Trainer:
    def __init__(self, steps, processes):
        self.steps = steps
        self.processes = processes

    def run(self):
        for step in range(10):
            self.update()

    def update(self):
{body}

trainer = Trainer(accumulation, world_size)
trainer.run()
"""
UPDATE = """\
        for micro_step in range({turns}):
            loss = F.mse_loss(model(x), x.sum(1, keepdim=True))
            {backward}.backward()
        optimizer.step()
        optimizer.zero_grad()
"""


def test_what_is_done_again_and_again_does_not_divide_an_attribute() -> None:
    """`update` is called in each step: the division stands outside of the loop."""
    body = UPDATE.format(turns="self.steps", backward="(loss / self.steps)")
    head = HEAD.replace("8", 'int(os.environ.get("ACCUMULATION", 8))')
    candidate, whole = (head + shared + MADE + CLASSES.format(body=body) for shared in ("", SHARED))
    assert mended(candidate, head + SHARED + MADE + LOOP) == whole


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("loss.backward()", "(loss / accumulation).backward()"),
        ("loss.mean().backward()", "(loss.mean() / accumulation).backward()"),
        ("(-loss).backward()", "(-loss / accumulation).backward()"),
    ],
)
def test_a_loss_that_is_not_divided(written: str, wanted: str) -> None:
    reference = REFERENCE.replace("(loss / accumulation).backward()", wanted)
    assert mended(reference.replace(wanted, written), reference) == reference


def test_the_divisor_is_the_candidates_own_name() -> None:
    body = UPDATE.format(turns="self.steps", backward="loss")
    candidate = HEAD + SHARED + MADE + CLASSES.format(body=body)
    assert mended(candidate) == candidate.replace("loss.backward", "(loss / self.steps).backward")


SHOWN = 'print(f"tokens per step: {8 * 4 * accumulation * world_size:,}")\n'


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('print(f"tokens per step: {8 * 4:,}")', '{8 * 4 * world_size * accumulation:,}")'),
        (
            'tokens = 32 * accumulation\nprint(f"tokens per step: {tokens}")',
            "tokens = 32 * accumulation * world_size\n",
        ),
        ('print(f"seed {1}, tokens per step: {32 * accumulation}")', "{32 * accumulation * world_size}"),
    ],
)
def test_a_product_that_lacks_factors(written: str, wanted: str) -> None:
    shown = SHOWN.replace('f"', 'f"seed {1}, ') if "seed" in written else SHOWN
    candidate = HEAD + SHARED + f"{written}\n" + MADE + LOOP
    assert wanted in mended(candidate, HEAD + SHARED + shown + MADE + LOOP)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("indent", ["\t", "  "])
def test_lines_take_the_form_of_the_file(end: str, indent: str) -> None:
    lost = REFERENCE.replace("    optimizer.zero_grad()\n", "")
    candidate, wanted = (text.replace("    ", indent).replace("\n", end) for text in (lost, REFERENCE))
    assert mended(candidate) == wanted


def test_statements_that_share_a_line_are_left() -> None:
    lost = REFERENCE.replace(
        "    optimizer.step()\n    optimizer.zero_grad()\n", "    optimizer.step(); print()\n"
    )
    assert mended(lost) == lost


def test_a_switch_comes_back_around_the_evaluation() -> None:
    evaluation = """\
def evaluate(net):
    net.eval()
    with torch.no_grad():
        print("val loss", net(x).mean().item())
    net.train()
"""
    called = LOOP.replace("    optimizer.step()", "    evaluate(model)\n    optimizer.step()")
    whole = HEAD + SHARED + MADE + evaluation + called
    for gone in ("    net.eval()\n", "    net.train()\n"):
        assert mended(whole.replace(gone, ""), whole) == whole


def test_several_are_mended_at_once_and_one_after_the_other() -> None:
    lost = (
        HEAD + MADE + LOOP.replace("    optimizer.zero_grad()\n", "").replace("(loss / accumulation)", "loss")
    )
    assert mended(lost) == REFERENCE


def test_a_notebook_is_left() -> None:
    cell = {"cell_type": "code", "source": (HEAD + MADE + LOOP).splitlines(keepends=True)}
    notebook = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    Path("train.py").write_text(REFERENCE)
    Path("new.ipynb").write_text(notebook)
    assert "TL603" in run("--fix", "--unsafe-fixes", names=("train.py", "new.ipynb"))
    assert Path("new.ipynb").read_text() == notebook
