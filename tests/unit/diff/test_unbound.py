"""Small programs written, the variables without a value looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.diff.carried import Carried
from trainlint.diff.normal import Normal
from trainlint.diff.sides import read_side
from trainlint.diff.terms import Terms
from trainlint.diff.unbound import unset
from trainlint.facts.settings import Settings
from trainlint.source import Files

HEAD = (
    "import argparse, torch.distributed as dist\n"
    "parser = argparse.ArgumentParser()\n"
    "parser.add_argument('--steps', type=int, default=5)\n"
    "parser.add_argument('--quiet', action='store_true')\n"
    "args = parser.parse_args()\n"
    "rank = dist.get_rank()\n"
)
UNSET = {
    "if rank == 0:\n    x = 1\nprint(x)": [("x", "on rank 1 of 2 processes")],
    "if rank == 0:\n    x = 1\ny = x + 1\nprint(x)": [("x", "on rank 1 of 2 processes")] * 2,
    "if args.quiet:\n    x = 1\nprint(x)": [("x", "")],
    "if not args.quiet:\n    x = 1\nprint(x)": [("x", "with another `quiet`")],
    "for step in range(9):\n    if step > 0:\n        x = 1\n    print(x)": [("x", "")],
}
FINE = (
    "if rank == 0:\n    x = 1\nif rank == 0:\n    print(x)",
    "if rank == 0:\n    x = 1\nelse:\n    x = 2\nprint(x)",
    "if rank == 0:\n    x = 1\nelse:\n    raise SystemExit\nprint(x)",
    "if args.quiet:\n    x = 1\nif args.quiet and rank == 0:\n    print(x)",
    "for step in range(9):\n    if step % 4 == 0:\n        x = 1\n    if step % 2 == 0:\n        print(x)",
    "if input():\n    x = 1\nprint(x)",
    "for step in range(args.steps):\n    x = 1\nprint(x)",
    "if rank == 0:\n    x = 1\ntry:\n    print(x)\nexcept NameError:\n    pass",
)


def found(root: Path, text: str) -> list[tuple[str, str]]:
    (root / "train.py").write_text(HEAD + text + "\n")
    script = read_side("candidate", (root / "train.py",), Builder(Files(root), Settings())).scripts[0]
    normal = Normal(Terms(), script.evaluation, Carried.of([script.behaviour]))
    return [(one.name, one.detail) for one in unset(script.behaviour, normal)]


@pytest.mark.parametrize("text", UNSET)
def test_variable_without_a_value(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == UNSET[text]


@pytest.mark.parametrize("text", FINE)
def test_variable_that_is_set_wherever_it_is_used(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == []
