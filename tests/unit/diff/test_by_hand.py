"""Loops over the command line that a program writes itself."""

from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.diff.by_hand import read_by_hand
from trainlint.facts.module import ModuleFacts
from trainlint.facts.settings import Settings
from trainlint.source import Files


def module(root: Path, code: str) -> ModuleFacts:
    (root / "train.py").write_text(f"import sys\n{code}\n")
    found = Builder(Files(root), Settings()).library.read(root / "train.py")
    assert isinstance(found, ModuleFacts)
    return found


@pytest.mark.parametrize(
    ("code", "ways", "line"),
    [
        (
            "for word in sys.argv[1:]:\n    if word.startswith('--'):\n        k, _, v = word.partition('=')",
            ("--name=value",),
            4,
        ),
        ("for word in sys.argv[1:]:\n    k, v = word.split('=', 1)", ("name=value",), 3),
        (
            "words = iter(sys.argv[1:])\nfor word in words:\n"
            "    if word[:2] == '--':\n        v = next(words)",
            ("--name value",),
            5,
        ),
        (
            "def read(arguments=None):\n    words = arguments or sys.argv\n    i = 1\n"
            "    while i < len(words):\n        k, v = words[i], words[i + 1]\n        i += 2",
            ("name value",),
            6,
        ),
        ("words = sys.argv[1:]\nwhile words:\n    k, v = words.pop(0), words.pop(0)", ("name value",), 4),
    ],
)
def test_ways(tmp_path: Path, code: str, ways: tuple[str, ...], line: int) -> None:
    (found,) = read_by_hand([module(tmp_path, code)])
    assert (found.ways, found.span.line) == (ways, line)


@pytest.mark.parametrize(
    "code",
    [
        "print(sys.argv)",
        "for word in sys.argv:\n    print(word)",
        "for line in open('a'):\n    k, v = line.split('=')",
        "def outer():\n    words = sys.argv\ndef inner(words):\n    for w in words:\n        w.split('=')",
    ],
)
def test_what_takes_no_options_apart(tmp_path: Path, code: str) -> None:
    assert list(read_by_hand([module(tmp_path, code)])) == []
