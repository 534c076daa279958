"""Scripts that parse dataclasses with tyro, pyrallis, draccus or simple_parsing, judged by these."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chain.arguments.lines import lines
from tests.unit.chain.arguments.oracle import agree, ours, theirs
from trainlint.facts.arguments import MissingArgument, UnknownArgument

CLASSES = """
import enum
from dataclasses import dataclass, field
from typing import Dict, List, Literal, Optional, Tuple

import {library}


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


@dataclass
class Optimizer:
    lr: float = 1e-3
    betas: Tuple[float, float] = (0.9, 0.99)
    weight_decay: Optional[float] = None


@dataclass
class Config:
    run_name: str
    optimizer: Optimizer = field(default_factory=Optimizer)
    use_amp: bool = False
    limit: Optional[int] = None
    color: Color = Color.RED
    mode: Literal["a", "b"] = "a"
    sizes: List[int] = field(default_factory=lambda: [1])
    steps: int = 3
    scores: Dict[str, int] = field(default_factory=dict)
    made: int = field(default=0, init=False)

"""
STARTS = {
    "tyro": '\nif __name__ == "__main__":\n    tyro.cli(Config)\n',
    "pyrallis": (
        '\n@pyrallis.wrap()\ndef main(cfg: Config):\n    pass\n\n\nif __name__ == "__main__":\n    main()\n'
    ),
    "simple_parsing": '\nif __name__ == "__main__":\n    simple_parsing.parse(Config)\n',
    "draccus": '\nif __name__ == "__main__":\n    draccus.parse(Config)\n',
}
OPTIONS = (
    *(
        "--optimizer.lr",
        "--optimizer.betas",
        "--optimizer.weight_decay",
        "--optimizer.weight-decay",
        "--use_amp",
    ),
    *("--use-amp", "--no-use-amp", "--limit", "--color", "--mode", "--sizes", "--steps", "--lr", "--scores"),
    *("--run-name", "--optimizer"),
)
VALUES = ("RED", "b", "2", "True", "[1, 2]", "true")


def without_literal(text: str) -> str:
    """Pyrallis knows no `Literal`."""
    return text.replace('    mode: Literal["a", "b"] = "a"\n', "")


@pytest.fixture(scope="module", params=sorted(STARTS))
def script(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = request.param
    path = tmp_path_factory.mktemp(library) / "train.py"
    text = CLASSES.format(library=library) + STARTS[library]
    if library == "simple_parsing":
        text = text.replace("    scores: Dict[str, int] = field(default_factory=dict)\n", "")
    path.write_text(without_literal(text) if library != "tyro" else text)
    return path


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_takes_what_the_library_takes(script: Path, data: st.DataObject) -> None:
    line = data.draw(lines(OPTIONS, VALUES))
    if data.draw(st.booleans()):
        line = ["--run_name", "first", *line]
    agree(script, line)


def test_names_what_is_wrong(script: Path) -> None:
    (missing,) = ours(script, []).problems
    assert isinstance(missing, MissingArgument)
    prefix = "--" if "simple" in script.read_text() else "--optimizer."
    (unknown,) = ours(script, ["--run_name", "x", f"{prefix}weight_decy", "1"]).problems
    assert isinstance(unknown, UnknownArgument)
    assert unknown.nearest in (f"{prefix}weight_decay", f"{prefix}weight-decay")
    assert ours(script, ["--run_name", "x", f"{prefix}lr", "0.1"]).verified


@pytest.mark.parametrize(
    "text",
    [
        "run_name: x\n",
        "run_name: x\noptimizer:\n  lr: 0.1\n",
        "run_name: x\noptimizer:\n  rl: 0.1\n",
        "steps: 3\n",
    ],
)
@pytest.mark.parametrize("library", ["pyrallis", "draccus"])
def test_reads_the_file_that_holds_values(tmp_path: Path, library: str, text: str) -> None:
    path, config = tmp_path / "train.py", tmp_path / "config.yaml"
    path.write_text(without_literal(CLASSES.format(library=library) + STARTS[library]))
    config.write_text(text)
    verdict = ours(path, ["--config_path", "config.yaml"])
    assert verdict.refused == (theirs(path, ["--config_path", str(config)]) is not None)


def test_a_function_with_a_dataclass(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    main = "\ndef main(config: Config, seed: int = 0):\n    pass\n"
    start = f'{main}\nif __name__ == "__main__":\n    tyro.cli(main)\n'
    path.write_text(CLASSES.format(library="tyro") + start)
    for line in (["--config.run-name", "x"], ["--run-name", "x"], ["--config.run_name", "x", "--seed", "y"]):
        assert ours(path, line).verified
        agree(path, line)


def test_alternatives_leave_the_rest_unchecked(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    text = CLASSES.format(library="tyro").replace(
        "optimizer: Optimizer =", "optimizer: Optional[Optimizer] ="
    )
    path.write_text(text + STARTS["tyro"])
    verdict = ours(path, ["optimizer:optimizer", "--optimizer.lr", "3", "--anything"])
    assert not verdict.refused
    assert not verdict.verified


def test_a_class_that_others_register_with_leaves_the_rest_unchecked(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    text = CLASSES.format(library="draccus").replace(
        "class Optimizer:", "class Optimizer(draccus.ChoiceRegistry):"
    )
    path.write_text(without_literal(text) + STARTS["draccus"])
    verdict = ours(path, ["--run_name", "x", "--optimizer.type", "adam"])
    assert not verdict.refused
    assert not verdict.verified
