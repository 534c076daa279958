"""Scripts that are broken, strange or huge: each pair ends soon, with an answer and without a traceback."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainlint.cli.main import cli

GOOD = """\
import os
import torch
lr = 0.1
model = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=lr)
for step in range(10):
    loss = model(torch.randn(4, 2)).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"step {step} loss {loss.item():.4f}")
"""
RATE = 'lr = float(os.environ.get("X", "1"))\n'
NESTED = "the code is nested too deeply to be compared"


def _with_rate(code: str) -> str:
    return GOOD.replace("lr = 0.1\n", code)


#: A script, and what the comparison with a plain one says: None where there is nothing to tell but no fault.
SCRIPTS: dict[str, tuple[str, str | None]] = {
    "empty": ("", "nothing to compare: `it.py` calls nothing"),
    "comments": ("# a\n\n'''b'''\n", "nothing to compare: `it.py` calls nothing"),
    "no training": ('print("hello")\n', "nothing to compare: `it.py` trains nothing that can be seen"),
    "no Python": ("To be, or not to be\n", "cannot be parsed"),
    "a syntax error": (GOOD + "def (:\n", "cannot be parsed"),
    "a null byte": (GOOD + "\0", "cannot read"),
    "a mark in front": ("\ufeff" + GOOD, None),
    "an import of itself": ("import it\nfrom it import *\n" + GOOD, None),
    "imports in a circle": ("import one\n" + GOOD, None),
    "stars in a circle": ("from star import *\nfrom missing import *\nfrom torch.nn import *\n" + GOOD, None),
    "missing modules": ("import gone.a\nfrom .rel import x\nfrom ...far import y\ngone.a(x)\n" + GOOD, None),
    "recursion": (_with_rate("def f(n):\n    return f(n - 1) + g(n) if n else 0\ng = f\nlr = f(10)\n"), None),
    "steps by recursion": (
        GOOD.replace("for step in range(10):", "def go(step):") + "    go(step + 1)\ngo(0)\n",
        None,
    ),
    "functions of themselves": (_with_rate("f = lambda x: f(f)(x)\nlr = f(f)\n"), None),
    "classes of themselves": (
        _with_rate("class A(A): pass\nclass B(C): pass\nclass C(B): pass\nb = B()\nb.b = b\nlr = b.b.b.lr\n"),
        None,
    ),
    "lists of themselves": (
        _with_rate("l = []\nl.append(l)\nd = {}\nd['d'] = d\nlr = l[0][0] or d['d']['d']\n"),
        None,
    ),
    "text that is executed": (
        _with_rate(
            "import sys\nlr = 1\nexec(open('no.py').read())\nexec(open(sys.argv[1]).read())\nexec('lr = 2')\n"
        ),
        None,
    ),
    "computed attributes": (
        "import sys, importlib\nclass C:\n    def __getattr__(self, n): return getattr(self, '_' + n)\n"
        "c = C()\nsetattr(c, input(), 3)\nglobals()['q'] = c.a.b[0]()\n"
        "m = importlib.import_module(sys.argv[1])\nm.x = 1\n" + GOOD,
        None,
    ),
    "divisions by zero": (_with_rate("lr = 1 / 0 + 1 % 0 + 0 ** -1\nz = 1e400\nlr = lr + z - z\n"), None),
    "giant numbers": (_with_rate("lr = 9 ** 9 ** 9 ** 9\nb = 1 << 10 ** 9\nc = 'a' * 10 ** 10\n"), None),
    "several things caught": (GOOD + "try:\n    pass\nexcept* ValueError:\n    import json\n", None),
    "patterns": (
        GOOD + "match loss:\n    case [x, *y] if x: model.eval()\n    case {'a': 1, **z}: pass\n",
        None,
    ),
    "loops without end": (
        GOOD + "while True:\n    while True:\n        if loss: break\n    optimizer.step()\n",
        None,
    ),
    "deep loops": (
        GOOD
        + "".join(f"{'  ' * i}for i{i} in range(3):\n" for i in range(19))
        + "  " * 19
        + "optimizer.step()\n",
        None,
    ),
    "deep branches": (
        GOOD + "".join(f"{' ' * i}if x{i}:\n" for i in range(95)) + " " * 95 + "optimizer.step()\n",
        None,
    ),
    "deep brackets": (_with_rate(f"lr = {'(' * 150}0.1{')' * 150}\n"), None),
    "deep calls": (_with_rate(f"lr = {'f(' * 80}1{')' * 80}\n"), None),
    "deep signs": (_with_rate(f"lr = {'-' * 900}0.1\n"), NESTED),
    "deep attributes": (_with_rate(f"lr = torch{'.a' * 2000}\n"), NESTED),
    "deep methods": (_with_rate(f"lr = torch{'.a()' * 1000}\n"), NESTED),
    "a long sum": (_with_rate(f"{RATE}lr = {'+'.join(['lr'] * 3000)}\n"), "nested too deeply"),
    "many branches": (
        GOOD + "if a:\n    pass\n" + "".join(f"elif a{i}:\n    b = {i}\n" for i in range(1500)),
        NESTED,
    ),
    "many values of a variable": (_with_rate(RATE + "lr = lr * lr + 1\n" * 40), None),
    "a variable that is changed on many paths": (
        _with_rate(RATE + "".join(f"if lr > {i}:\n    lr = lr + {i}\n" for i in range(60))),
        None,
    ),
    "many texts": (GOOD + "".join(f"    print(f'value {i} {{loss * {i}}}')\n" for i in range(600)), None),
    "a large table": (GOOD + f"T = {dict.fromkeys(map(str, range(5000)))}\nprint(T)\n", None),
}
OTHERS = {
    "one.py": "import two\nfrom two import y\nx = 1\n",
    "two.py": "import one\nfrom one import x\ny = x\n",
    "star.py": "from stars import *\nfrom star import *\n",
    "stars.py": "from star import *\nlr = 3\n",
}
NOTEBOOKS = {
    "no JSON": '{"cells": [',
    "no cells": "[]",
    "odd cells": '{"cells": [{"cell_type": "code", "source": 5}, {"cell_type": "code"}, 7], "nbformat": 4}',
}


def compared(folder: Path, name: str, text: str, words: tuple[str, str]) -> tuple[int, str]:
    """What the command says of two scripts in a folder, and how it ends."""
    for other, content in {**OTHERS, "good.py": GOOD, name: text}.items():
        (folder / other).write_text(content)
    started = time.process_time()
    result = CliRunner().invoke(cli, ["diff", *words], catch_exceptions=False)
    assert time.process_time() - started < 12
    assert result.exit_code in (0, 1, 2)
    return result.exit_code, result.output


@pytest.mark.parametrize("about", SCRIPTS)
def test_scripts(about: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text, expected = SCRIPTS[about]
    for words in (("good.py", "it.py"), ("it.py", "good.py"), ("it.py", "it.py")):
        code, output = compared(tmp_path, "it.py", text, words)
        assert (code == 2) is (expected is not None), output
        assert expected is None or expected in output


def test_functions_that_double_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    functions = (f"def f{i}(x):\n    return f{i + 1}(x) + f{i + 1}(x)\n" for i in range(40))
    code, output = compared(
        tmp_path, "it.py", _with_rate("".join(functions) + "lr = f0(1)\n"), ("good.py", "it.py")
    )
    assert code == 2
    assert "there is too much code" in output


@pytest.mark.parametrize("about", NOTEBOOKS)
def test_notebooks(about: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, output = compared(tmp_path, "it.ipynb", NOTEBOOKS[about], ("good.py", "it.ipynb"))
    assert code == 2
    assert "it.ipynb" in output


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.py").mkdir()
    for name in ("folder.py", "gone.py"):
        code, output = compared(tmp_path, "it.py", "", ("good.py", name))
        assert code == 2
        assert name in output
