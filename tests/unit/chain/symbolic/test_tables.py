"""Dictionaries of code: what is looked up by a value of the config, and what is put there later on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.chain.symbolic.said import said

TASKS = """
    from functools import partial

    class Long:
        @staticmethod
        def batches(split, size=1):
            probe(1, split)
            return size

    class Short:
        @staticmethod
        def batches(split, size=1):
            probe(2, split)
            return 2 * size

    table = {"long": Long, "short": Short}

    def main(cfg):
"""


@pytest.mark.parametrize(("name", "size"), [("long", 3), ("short", 6)])
def test_a_method_of_a_class_that_is_looked_up(tmp_path: Path, name: str, size: int) -> None:
    found = said(tmp_path, TASKS + '        probe(3, table[cfg.task].batches("train", 3))\n', task=name)
    reached = 1 if name == "long" else 2
    assert found[reached] == (True, "train")
    assert found[3 - reached][0] is False
    assert found[3] == (True, size)


@pytest.mark.parametrize(("name", "size"), [("long", 5), ("short", 10)])
def test_one_of_several_functions_with_arguments_fixed(tmp_path: Path, name: str, size: int) -> None:
    program = (
        TASKS + '        fixed = partial(table[cfg.task].batches, size=5)\n        probe(3, fixed("val"))\n'
    )
    found = said(tmp_path, program, task=name)
    assert found[1 if name == "long" else 2] == (True, "val")
    assert found[3] == (True, size)


@pytest.mark.parametrize("put", ["[event] = [called]", "[event].append(called)"])
def test_functions_in_a_dictionary_with_a_default(tmp_path: Path, put: str) -> None:
    program = f"""
    from collections import defaultdict

    def called(value):
        probe(1, value)

    def main(cfg):
        hooks = defaultdict(list)
        event = "end"
        hooks{put}
        for hook in hooks.get("end", []):
            hook(7)
    """
    assert said(tmp_path, program)[1][1] == 7
