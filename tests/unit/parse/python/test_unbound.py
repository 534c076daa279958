"""Names that nothing binds, and names that something does."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.parse.python.module import read_module
from trainlint.parse.python.unbound import unbound
from trainlint.source import SourceFile

LEFT = {
    "print(losses)": ["losses"],
    "def f():\n    x = 1\ndef g():\n    return x": ["x"],
    "class A:\n    size = 1\n    def f(self):\n        return size": ["size"],
    "def f(x=y):\n    return x": ["y"],
    "[a for b in range(3)]": ["a"],
    "run(lambda x: x + z)": ["run", "z"],
    "class A:\n    if 1:\n        size = 1\n        def f(self):\n            return size": ["size"],
    "def f():\n    try:\n        x = 1\n    finally:\n        pass\n    return x + y": ["y"],
}
FINE = (
    "import a.b as c, d.e\nprint(c, d)",
    "def f():\n    global x\n    x = 1\ndef g():\n    return x",
    "def f():\n    def g():\n        return x\n    x = 1\n    return g",
    "class A:\n    size = 1\n    double = 2 * size\n",
    "for i, (j, *k) in []:\n    print(i, j, k)",
    "with open('a') as f, open('b') as (g, h):\n    print(f, g, h)",
    "try:\n    import wandb\nexcept ImportError as error:\n    print(error)\n    wandb = None\nprint(wandb)",
    "if (n := 3) > 2:\n    print(n)",
    "print([y for x in [] for y in x if (z := y)], z)",
    "match []:\n    case [a, *b]:\n        print(a, b)\n    case {'k': c, **d}:\n        print(c, d)",
    "def f(x: Tensor) -> Tensor:\n    y: Tensor = x\n    return y",
    "exec(open('settings.py').read())\nprint(batch_size)",
    "try:\n    unicode\nexcept NameError:\n    unicode = str",
    "class A:\n    size = 1\n    def f(self, size=size):\n        return size",
    "print(__file__, __name__, len, NotImplementedError)",
)


def left(text: str) -> list[str]:
    module = read_module(SourceFile(Path("/p/m.py"), "m.py", text))
    return [name.id for name, _ in unbound(module)]


@pytest.mark.parametrize("text", LEFT)
def test_name_that_nothing_binds(text: str) -> None:
    assert left(text) == LEFT[text]


@pytest.mark.parametrize("text", FINE)
def test_name_that_something_binds(text: str) -> None:
    assert left(text) == []


def test_own_code_binds_all_its_names() -> None:
    with open(unbound.__code__.co_filename, encoding="utf-8") as file:
        assert left(file.read()) == []
