"""Small programs written, the calls that cannot be right looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.diff.breaches import breaches
from trainlint.diff.sides import read_side
from trainlint.facts.effects import Broken
from trainlint.facts.settings import Settings
from trainlint.source import Files


def found(root: Path, text: str) -> list[tuple[Broken, str, str, int]]:
    (root / "train.py").write_text(text)
    side = read_side("candidate", (root / "train.py",), Builder(Files(root), Settings()))
    modules = [module for script in side.scripts for module in script.facts.loaded]
    each = breaches(modules, [script.behaviour for script in side.scripts])
    return [(one.broken, one.name, one.detail, one.span.line) for one in each]


BROKEN = {
    "def f(a, b):\n    return a\nprint(f(1))\n": (Broken.NOT_GIVEN, "f", "b", 3),
    "def f(a, *, b):\n    return a\nprint(f(1))\n": (Broken.NOT_GIVEN, "f", "b", 3),
    "def f(a):\n    return a\nprint(f(1, 2))\n": (Broken.NOT_TAKEN, "f", "2 instead of 1", 3),
    "def f(a):\n    return a\nprint(f(1, c=2))\n": (Broken.NOT_TAKEN, "f", "c", 3),
    "def f(a):\n    print(a)\nx = f(1)\n": (Broken.NOTHING_RETURNED, "f", "", 3),
    "class A:\n    def run(self, a):\n        return a\nprint(A().run())\n": (
        Broken.NOT_GIVEN,
        "run",
        "a",
        4,
    ),
    "class A:\n    def run(self):\n        return 1\nA().go()\n": (Broken.NO_SUCH_METHOD, "go", "A", 4),
}
FINE = (
    "from dataclasses import dataclass\n@dataclass\nclass A:\n    b: int\n    def __post_init__(self):\n"
    "        print(self.b)\nx = A(**{'b': 1})\n",
    "def f(a, b=1):\n    return a\nprint(f(1))\n",
    "def f(*a, **b):\n    return a\nprint(f(1, 2, c=3))\n",
    "def f(a, b):\n    return a\ngiven = [1, 2]\nprint(f(*given))\n",
    "def f(a, b):\n    return a\nprint(list(map(f, [1], [2])))\n",
    "def f(a):\n    raise ValueError(a)\nx = f(1)\n",
    "def f(a):\n    print(a)\nf(1)\n",
    "import threading\ndef f(a):\n    print(a)\nx = threading.Thread(target=f, args=(1,))\nx.start()\n",
    "def f(a):\n    yield a\nfor x in f(1):\n    print(x)\n",
    "import functools\n@functools.partial\ndef f(a, b):\n    return a\nprint(f(1))\n",
    "from base import Base\nclass A(Base):\n    pass\nA().go()\n",
    "class A:\n    def __getattr__(self, name):\n        return print\nA().go()\n",
    "class A:\n    pass\na = A()\na.go = print\na.go()\n",
    "class A:\n    pass\na = A()\nfor name in input().split():\n    setattr(a, name, print)\na.go()\n",
    "class A:\n    pass\ntry:\n    A().go()\nexcept AttributeError:\n    pass\n",
    "class A:\n    pass\nclass B(A):\n    def go(self):\n        return 1\nB().go()\n",
)


@pytest.mark.parametrize("text", BROKEN)
def test_call_that_cannot_be_right(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == [BROKEN[text]]


@pytest.mark.parametrize("text", FINE)
def test_call_that_may_be_right(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == []
