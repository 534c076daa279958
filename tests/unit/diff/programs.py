"""Small programs written, the sides of a comparison that they are out."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.diff.sides import Script, Side, read_side
from trainlint.engine.compare import Ask, compare
from trainlint.facts.behaviour import Call
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind, Program
from trainlint.facts.settings import Settings
from trainlint.facts.symbols import Setting
from trainlint.facts.value import Known, Unknown
from trainlint.source import Files


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def side(root: Path, files: dict[str, str], *paths: str) -> Side:
    write(root, files)
    named = tuple(Path(path) for path in paths or ("train.py",))
    return read_side("candidate", named, Builder(Files(root), Settings()))


def script(root: Path, files: dict[str, str], *paths: str) -> Script:
    (found,) = side(root, files, *paths).scripts
    return found


def notebook(*cells: str) -> str:
    listed = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def calls(found: Script) -> list[Call]:
    return [event for event in found.behaviour.events if isinstance(event, Call)]


def called(found: Script) -> list[str]:
    """The names of what is called, in order."""
    return [str(getattr(event.callee, "name", "?")) for event in calls(found)]


def value(found: Script, name: str) -> object:
    known = found.evaluation.value(Setting((name,)))
    return known.value if isinstance(known, Known) else Unknown


TRAINING = """\
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = model(torch.ones(2, 4)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def held(root: Path, reference: str, candidate: str) -> Comparison:
    """Two programs held against each other."""
    write(root, {"reference.py": reference, "candidate.py": candidate})
    found = compare(Ask(("reference.py",), "candidate.py"), Files(root), Settings())
    assert isinstance(found, Comparison)
    return found


def program(root: Path, text: str) -> Program:
    """What a program does."""
    return held(root, text, text).candidate


def seeded(root: Path, *codes: str) -> Comparison:
    """Two programs that are seeded by what each code calls `value`."""
    head = "import os\nimport torch\n"
    texts = [f"{head}{code}\ntorch.manual_seed(value)\n{TRAINING}" for code in codes]
    return held(root, *texts)


def is_same(root: Path, one: str, other: str) -> bool:
    """Whether what two codes call `value` is known to be the same."""
    (pair,) = seeded(root, one, other).pairs_of(Kind.SEED)
    return pair.differences == ()


def is_other(root: Path, one: str, other: str) -> bool:
    """Whether what two codes call `value` is known to differ."""
    (pair,) = seeded(root, one, other).pairs_of(Kind.SEED)
    return any(entry.certain for entry in pair.differences)


def values_held(
    same: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]]
) -> Callable[[str, str, bool, Path], None]:
    """The test of a table: pairs of codes whose `value` is the same, and pairs whose is another."""
    cases = [(*pair, True) for pair in same] + [(*pair, False) for pair in other]

    @pytest.mark.parametrize(("one", "two", "alike"), cases)
    def test(one: str, two: str, alike: bool, tmp_path: Path) -> None:
        assert (is_same if alike else is_other)(tmp_path, one, two)

    return test
