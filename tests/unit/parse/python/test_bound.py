"""Blocks of code, and whether a name has a value at a marked line; Python runs each way and agrees."""

from __future__ import annotations

import ast
import itertools
from contextlib import suppress
from textwrap import dedent

import pytest

from trainlint.parse.python.bound import is_bound

#: Programs that ask `way(n)` for the way they take; the marked line is looked at.
BOUND = [
    "x = 1\nmark()",
    "x: int = 1\nmark()",
    "a, (x, *b) = 1, (2, 3)\nmark()",
    "if way(0):\n    x = 1\nelse:\n    x = 2\nmark()",
    "if way(0):\n    x = 1\n    mark()",
    "if way(0):\n    raise SystemExit\nelse:\n    x = 1\nmark()",
    "with open(__file__) as x:\n    mark()",
    "with open(__file__):\n    x = 1\nmark()",
    "for x in (1, 2):\n    mark()",
    "try:\n    x = 1\nexcept ValueError:\n    x = 2\nmark()",
    "try:\n    x = 1\nexcept ValueError:\n    raise\nmark()",
    "try:\n    way(0)\nfinally:\n    x = 1\nmark()",
    "import os as x\nmark()",
    "import x.y\nmark()",
    "def x(): pass\nmark()",
    "class x: pass\nmark()",
    "x = 1\nfor y in ():\n    mark()\nmark()",
    "x = 1\nwhile way(0):\n    if way(1):\n        mark()\n        break\nmark()",
]
UNBOUND = [
    "mark()\nx = 1",
    "x: int\nmark()",
    "if way(0):\n    x = 1\nmark()",
    "if way(0):\n    x = 1\nelif way(1):\n    pass\nelse:\n    x = 1\nmark()",
    "for x in range(way(0)):\n    pass\nmark()",
    "while way(0):\n    x = 1\n    break\nmark()",
    "try:\n    way(0)\n    x = 1\nexcept ZeroDivisionError:\n    pass\nmark()",
    "x = 1\ndel x\nmark()",
    "x = 1\nif way(0):\n    del x\nmark()",
    "def f():\n    x = 1\nmark()",
    "y = [x for x in (1, 2)]\nmark()",
]


def marked(text: str) -> list[int]:
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return [call.lineno for call in calls if ast.unparse(call.func) == "mark"]


class Run:
    """One way through a program; loops that would not end are left."""

    def __init__(self, ways: tuple[int, ...]) -> None:
        self.ways, self.asked = ways, 0
        self.found = set[bool]()
        self.names: dict[str, object] = {"__file__": __file__, "way": self.way, "mark": self.mark}

    def way(self, number: int) -> int:
        self.asked += 1
        if self.asked > 9:
            raise SystemExit
        return self.ways[number]

    def mark(self) -> None:
        self.found.add("x" in self.names)


def seen(text: str) -> set[bool]:
    """Whether `x` has a value at the marks, in each way that a run can take."""
    found = set[bool]()
    for ways in itertools.product((0, 1), repeat=2):
        run = Run(ways)
        with suppress(SystemExit, ModuleNotFoundError):
            exec(text, run.names)  # the text is one of this file
        found |= run.found
    return found


@pytest.mark.parametrize("text", BOUND)
def test_a_name_that_has_a_value(text: str) -> None:
    body = ast.parse(dedent(text)).body
    assert all(is_bound(body, "x", line) for line in marked(text))
    assert seen(text) <= {True}


@pytest.mark.parametrize("text", UNBOUND)
def test_a_name_that_may_have_none(text: str) -> None:
    body = ast.parse(dedent(text)).body
    assert not any(is_bound(body, "x", line) for line in marked(text))
    # What only an exception leads to is not run.
    assert False in seen(text) or "except" in text
