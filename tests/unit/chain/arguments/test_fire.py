"""Scripts that hand functions to fire, judged by fire itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chain.arguments.lines import lines
from tests.unit.chain.arguments.oracle import agree, ours
from trainlint.facts.arguments import MissingArgument, UnknownArgument

FUNCTION = """
import fire


def main(base_model: str, data_path, batch_size: int = 4, lr=1e-3, *, use_lora=True, note=None):
    print(base_model)


if __name__ == "__main__":
    fire.Fire(main)
"""
CHOICE = """
import fire


def train(model, *paths, lr=0.1):
    pass


def evaluate(model, **settings):
    pass


if __name__ == "__main__":
    fire.Fire({"train": train, "eval": evaluate})
"""
OPTIONS = (
    "--base_model",
    "--base-model",
    "--data_path",
    "--batch_size",
    "--lr",
    "--use_lora",
    "--nouse_lora",
    "-l",
    "-b",
)


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fire") / "train.py"
    path.write_text(FUNCTION)
    return path


@pytest.fixture(scope="module")
def choice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fire") / "train.py"
    path.write_text(CHOICE)
    return path


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_function_takes_what_fire_takes(function: Path, data: st.DataObject) -> None:
    line = data.draw(lines(OPTIONS, ("llama", "data")))
    if data.draw(st.booleans()):
        line = ["--base_model", "llama", "--data_path=d", *line]
    agree(function, line)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_choice_of_functions(choice: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["train", "eval", "tran"]))
    agree(choice, [name, *data.draw(lines(("--model", "--lr", "--split"), ("x", "y")))])


def test_names_what_is_wrong(function: Path) -> None:
    assert ours(function, ["llama", "--data_path", "d", "--lr", "1"]).verified
    (problem,) = ours(function, ["llama", "d", "--batchsize", "4"]).problems
    assert isinstance(problem, UnknownArgument)
    assert problem.nearest == "--batch_size"
    (missing,) = ours(function, ["--data_path", "d"]).problems
    assert isinstance(missing, MissingArgument)
