"""Scripts that hand a function to jsonargparse, judged by jsonargparse itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chain.arguments.lines import lines
from tests.unit.chain.arguments.oracle import agree, ours

SCRIPT = """
from dataclasses import dataclass
from typing import List, Literal, Optional

from jsonargparse import CLI


@dataclass
class Optimizer:
    lr: float = 0.1
    decay: Optional[float] = None


def main(
    data: str,
    steps: int,
    optimizer: Optimizer = Optimizer(),
    amp: bool = False,
    sizes: List[int] = [1],
    mode: Literal["a", "b"] = "a",
    name: Optional[str] = None,
):
    pass


if __name__ == "__main__":
    CLI(main)
"""
OPTIONS = (
    "--optimizer.lr",
    "--optimizer.decay",
    "--amp",
    "--sizes",
    "--mode",
    "--name",
    "--data",
    "--optimizer",
)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("jsonargparse") / "train.py"
    path.write_text(SCRIPT)
    return path


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_takes_what_jsonargparse_takes(script: Path, data: st.DataObject) -> None:
    line = data.draw(lines(OPTIONS, ("b", "2", "True")))
    if data.draw(st.booleans()):
        line = ["folder", "3", *line]
    agree(script, line)


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("folder 3 --optimizer.lr 0.1", False),
        ("folder 3 --optimizer.rl 0.1", True),
        ("folder many", True),
        ("folder", True),
        ("folder 3 --mode c", True),
        ("folder 3 --amp", True),
    ],
)
def test_everything_is_looked_at(script: Path, line: str, refused: bool) -> None:
    verdict = ours(script, line.split())
    assert verdict.verified
    assert verdict.refused == refused
    agree(script, line.split())
