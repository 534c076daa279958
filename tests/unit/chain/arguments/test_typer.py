"""Scripts that read their command line with typer, judged by typer itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chain.arguments.lines import lines
from tests.unit.chain.arguments.oracle import agree, ours

FUNCTION = """
from enum import Enum
from pathlib import Path
from typing import Annotated, List, Optional, Tuple

import typer


class Split(str, Enum):
    train = "train"
    test = "held-out"


def main(
    source: Path,
    count: int,
    names: Optional[List[str]] = typer.Argument(None),
    lr: float = 0.1,
    max_steps: Optional[int] = None,
    split: Split = Split.train,
    shuffle: bool = True,
    force: Annotated[bool, typer.Option("--force", "-f")] = False,
    tag: List[str] = typer.Option([], "--tag", "-t"),
    size: Tuple[int, int] = (1, 2),
    ratio: float = typer.Option(0.5, min=0, max=1),
    seed: Annotated[int, typer.Option(help="needed")] = ...,
    verbose: int = typer.Option(0, "--verbose", "-v", count=True),
):
    pass


if __name__ == "__main__":
    typer.run(main)
"""
APP = """
import typer

app = typer.Typer()
data = typer.Typer()


@app.command()
def train_model(name: str, lr: float = 0.1):
    pass


@app.command("eval")
def evaluate(split: str = typer.Option(...)):
    pass


@data.command()
def load(path: str):
    pass


@data.command()
def store(path: str, force: bool = False):
    pass


app.add_typer(data, name="data")


if __name__ == "__main__":
    app()
"""
OPTIONS = (
    *("--lr", "--max-steps", "--max_steps", "--split", "--shuffle", "--no-shuffle", "--force", "-f", "--tag"),
    *("-t", "--size", "--ratio", "--seed", "-v", "-fv", "--no-force", "--help"),
)


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("typer") / "train.py"
    path.write_text(FUNCTION)
    return path


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("typer") / "train.py"
    path.write_text(APP)
    return path


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_function_takes_what_typer_takes(function: Path, data: st.DataObject) -> None:
    line = data.draw(lines(OPTIONS, ("held-out", "2", "test")))
    if data.draw(st.booleans()):
        line = ["data", "3", "--seed", "3", *line]
    agree(function, line)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_an_app_takes_what_typer_takes(app: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["train-model", "eval", "data", "data load", "data store", "dta"]))
    line = data.draw(lines(("--lr", "--split", "--force", "--help"), ("x",)))
    agree(app, [*name.split(), *line])


def test_everything_is_looked_at(function: Path) -> None:
    assert ours(function, ["d", "3", "--seed", "1"]).verified
    (problem,) = ours(function, ["d", "3", "--seed", "1", "--max_steps", "3"]).problems
    assert getattr(problem, "nearest", None) == "--max-steps"
