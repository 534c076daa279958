"""Which numbers of two programs have one name and other values."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.diff.constants import changed, named
from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.module import read_module
from trainlint.source import Files, SourceFile


def module(root: Path, name: str, text: str) -> ModuleFacts:
    root.mkdir(exist_ok=True)
    (root / name).write_text(text)
    source = Files(root).read(root / name)
    assert isinstance(source, SourceFile)
    return read_module(source)


def numbers(root: Path, text: str) -> dict[str, object]:
    found = named(module(root, "train.py", text))
    return {f"{entry.scope}.{entry.name}".lstrip("."): entry.value for entry in found}


def differing(root: Path, one: str, other: str, taken: frozenset[str] = frozenset()) -> list[str]:
    mine, theirs = module(root / "a", "train.py", one), module(root / "b", "train.py", other)
    return [entry.name for entry in changed([mine], [theirs], taken)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lr = 1e-3\nsteps: int = 8 * 64\nname = 'x'\nused = lr * 2\n", {"lr": 1e-3, "steps": 512}),
        (
            "class Settings:\n    decay = -0.5\n    bias: bool = True\n",
            {"Settings.decay": -0.5, "Settings.bias": True},
        ),
        (
            "def train(model, lr=0.1, *, steps=3):\n    size = 4\n",
            {"train.lr": 0.1, "train.steps": 3, "train.size": 4},
        ),
        ("if __name__ == '__main__':\n    steps = 3\n", {"steps": 3}),
        ("def outer():\n    def inner():\n        size = 4\n", {"outer.inner.size": 4}),
        ("a = b = 3\n(c, d) = 1, 2\n", {}),
    ],
)
def test_numbers_with_a_name(tmp_path: Path, text: str, found: dict[str, object]) -> None:
    assert numbers(tmp_path, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "step = 0\nwhile step < 3:\n    step += 1\n",
        "step = 0\nfor step in range(3):\n    pass\n",
        "step = 0\ndef advance():\n    global step\n    step = 1\n",
        "size = 1\nsize = 2\n",
        "def train(size=1):\n    size = size or 3\n",
    ],
)
def test_numbers_that_change_as_the_program_runs(tmp_path: Path, text: str) -> None:
    assert numbers(tmp_path, text) == {}


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("lr = 1.0\nsize = 8\n", "lr = 1\nsize = 4\n", ["size"]),
        ("size = 8\n", "def main():\n    size = 4\n", ["size"]),
        ("fast = True\n", "fast = 1\n", ["fast"]),
        ("size = 8\n", "length = 4\n", []),
        ("def a(n=1): pass\ndef b(n=1): pass\n", "def a(n=2): pass\ndef b(n=3): pass\n", ["a.n", "b.n"]),
        ("def a(n=1): pass\ndef b(n=2): pass\n", "def c(n=3): pass\ndef d(n=4): pass\n", []),
    ],
)
def test_what_has_changed(tmp_path: Path, one: str, other: str, names: list[str]) -> None:
    assert sorted(differing(tmp_path, one, other)) == names


def test_a_name_that_is_taken_says_where_it_stands(tmp_path: Path) -> None:
    assert differing(tmp_path, "lr = 1\n", "lr = 2\n", frozenset({"lr"})) == ["train.lr"]
