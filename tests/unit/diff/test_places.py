"""What is left early by `return`, against the other side of an `if`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.diff.programs import is_other, is_same

N = "n = int(os.environ.get('N', 5))\n"
F = "def f():\n    if n > 3:\n        return 1\n    return 2\nvalue = f()"
G = "def f():\n    if n > 3:\n        if n > 9:\n            return 0\n        return 1\n    return 2\n"
G += "value = f()"
H = "def f():\n    x = 2\n    if n > 3:\n        x = 1\n    return x\nvalue = f()"
SAME = [
    (
        N + F,
        N + "value = 1 if n > 3 else 2",
    ),
    (
        N + G,
        N + "value = 0 if n > 9 else 1 if n > 3 else 2",
    ),
    (
        N + H,
        N + "value = 1 if n > 3 else 2",
    ),
    (
        N + F,
        N + H,
    ),
]
OTHER = [
    (
        N + F,
        N + "value = 2 if n > 3 else 1",
    ),
    (
        N + F,
        N + G,
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_a_value(one: str, other: str, tmp_path: Path) -> None:
    assert is_same(tmp_path, one, other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_values(one: str, other: str, tmp_path: Path) -> None:
    assert is_other(tmp_path, one, other)
