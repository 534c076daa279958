"""The trainer runs without trainlint, and trainlint never imports the trainer."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imported(folder: Path) -> set[str]:
    """The top-level packages that the modules of a folder import, anywhere in them."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found


def test_the_trainer_does_without_trainlint() -> None:
    packages = imported(ROOT / "training")
    assert {"torch", "trainer"} <= packages
    assert "trainlint" not in packages


def test_trainlint_does_without_the_trainer() -> None:
    packages = imported(ROOT / "trainlint")
    assert "trainlint" in packages
    assert not packages & {"trainer", "training"}
