"""Dictionaries made by comprehensions, those whose names the code states written out."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.diff.sides import read_side
from trainlint.facts.behaviour import Call
from trainlint.facts.settings import Settings
from trainlint.facts.symbols import Constant, External, Table
from trainlint.source import Files

HEAD = """
import argparse
import torch
NAMES = (*("width", "depth"), "rate")
args = argparse.ArgumentParser().parse_args()
"""
WRITTEN_OUT = {
    "{name: getattr(args, name) for name in NAMES}": ["width", "depth", "rate"],
    "{name: str(getattr(args, name)) for name in ['a']}": ["a"],
}
OPEN = (
    "{name: getattr(args, name) for name in input().split()}",
    "{name: getattr(args, name) for name in NAMES if input()}",
    "{name: torch.load(name) for name in NAMES}",
    "{one + other: 1 for one in NAMES for other in NAMES}",
)


def printed(root: Path, text: str) -> Table:
    (root / "train.py").write_text(f"{HEAD}print({text})\n")
    script = read_side("reference", (root / "train.py",), Builder(Files(root), Settings())).scripts[0]
    shown = [
        event.positional[0]
        for event in script.behaviour.events
        if isinstance(event, Call) and isinstance(event.callee, External) and event.callee.name == "print"
    ]
    (table,) = shown
    assert isinstance(table, Table)
    return table


@pytest.mark.parametrize("text", WRITTEN_OUT)
def test_each_name_is_a_key(text: str, tmp_path: Path) -> None:
    table = printed(tmp_path, text)
    names = [key.value for key, _ in table.entries if isinstance(key, Constant)]
    assert (names, table.open) == (WRITTEN_OUT[text], False)


@pytest.mark.parametrize("text", OPEN)
def test_other_keys_are_not_known(text: str, tmp_path: Path) -> None:
    assert printed(tmp_path, text).open
