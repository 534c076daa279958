"""Scripts that read dataclasses with HfArgumentParser, judged by transformers itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.chain.arguments.oracle import agree, ours, theirs
from trainlint.facts.arguments import InvalidArgument, MissingArgument, UnknownArgument

SCRIPT = """
from dataclasses import dataclass, field
from enum import Enum
from typing import List, Literal, Optional, Union

from transformers import HfArgumentParser


class Schedule(Enum):
    linear = "linear"
    cosine = "cosine-annealing"


@dataclass
class Base:
    seed: int = 0


@dataclass
class ModelArguments:
    model_name: str = field(metadata={"help": "the model", "aliases": ["-m"]})
    use_lora: bool = False
    shuffle: bool = True
    packed: Optional[bool] = None
    sizes: List[int] = field(default_factory=lambda: [1, 2])
    names: Optional[List[str]] = None
    lr: float = 1e-3
    limit: Optional[int] = None
    kind: Literal["a", "b"] = "a"
    schedule: Schedule = Schedule.linear
    report: Union[str, int] = 3
    saved: Union[None, str, List[str]] = None
    split: str = field(default="train", metadata={"choices": ["train", "test"]})
    hidden: int = field(default=3, init=False)


@dataclass
class DataArguments(Base):
    data_path: str = None


def main():
    parser = HfArgumentParser((ModelArguments, DataArguments))
    model, data = parser.parse_args_into_dataclasses()


if __name__ == "__main__":
    main()
"""
NAME = ["--model_name", "x"]
LINES = [
    [],
    NAME,
    ["-m", "x"],
    ["--model-name", "x"],
    ["--model_nam", "x"],
    [*NAME, "--use_lora"],
    [*NAME, "--use_lora", "True"],
    [*NAME, "--use_lora=no"],
    [*NAME, "--use_lora", "maybe"],
    [*NAME, "--no_shuffle"],
    [*NAME, "--no-shuffle"],
    [*NAME, "--no_shuffle", "true"],
    [*NAME, "--no_use_lora"],
    [*NAME, "--shuffle", "0"],
    [*NAME, "--packed"],
    [*NAME, "--packed", "yes"],
    [*NAME, "--sizes", "3", "4"],
    [*NAME, "--sizes", "3", "x"],
    [*NAME, "--sizes"],
    [*NAME, "--names", "a", "b"],
    [*NAME, "--lr", "1e-4"],
    [*NAME, "--lr", "fast"],
    [*NAME, "--limit", "1.5"],
    [*NAME, "--limit", "7"],
    [*NAME, "--kind", "c"],
    [*NAME, "--kind", "b"],
    [*NAME, "--schedule", "cosine"],
    [*NAME, "--schedule", "cosine-annealing"],
    [*NAME, "--split", "valid"],
    [*NAME, "--split", "test"],
    [*NAME, "--hidden", "4"],
    [*NAME, "--report", "a"],
    [*NAME, "--report", "4"],
    [*NAME, "--saved", "a", "b"],
    [*NAME, "--saved", "a"],
    [*NAME, "--seed", "4"],
    [*NAME, "--see", "4"],
    [*NAME, "--data_path", "d", "extra"],
    [*NAME, "--data-path=d"],
    [*NAME, "--learning_rate", "1"],
]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hf") / "train.py"
    path.write_text(SCRIPT)
    return path


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_says_what_transformers_says(script: Path, line: list[str]) -> None:
    verdict = ours(script, line)
    assert verdict.verified
    agree(script, line)


def test_names_what_is_wrong(script: Path) -> None:
    (missing,) = ours(script, []).problems
    assert isinstance(missing, MissingArgument)
    (unknown,) = ours(script, [*NAME, "--use_loar"]).problems
    assert isinstance(unknown, UnknownArgument)
    assert unknown.nearest == "--use_lora"
    (invalid,) = ours(script, [*NAME, "--limit", "many"]).problems
    assert isinstance(invalid, InvalidArgument)
    assert (invalid.expected, invalid.defined and invalid.defined.line) == ("an integer", 28)


FILE_SCRIPT = SCRIPT.replace(
    "    model, data = parser.parse_args_into_dataclasses()",
    """    import sys
    if len(sys.argv) == 2 and sys.argv[1].endswith(".json"):
        model, data = parser.parse_json_file(sys.argv[1])
    else:
        model, data = parser.parse_args_into_dataclasses()""",
)


@pytest.mark.parametrize(
    "text",
    [
        '{"model_name": "x"}',
        '{"model_name": "x", "sed": 3}',
        '{"use_lora": true}',
        '{"model_name": "x", "data_path": "d", "lr": "any text"}',
        "{}",
    ],
)
def test_reads_a_file_in_the_place_of_arguments(tmp_path: Path, text: str) -> None:
    path, config = tmp_path / "train.py", tmp_path / "args.json"
    path.write_text(FILE_SCRIPT)
    config.write_text(text)
    assert ours(path, ["args.json"]).verified
    verdict = ours(path, ["args.json"])
    assert verdict.refused == (theirs(path, [str(config)]) is not None)
    agree(path, ["--model_name", "x"])
    agree(path, ["--model_nam", "args.json"])
