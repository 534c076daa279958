"""Sides that cannot be read, and those that are hard to: what is refused, and what is survived."""

import json
from pathlib import Path

import pytest

from tests.unit.diff.programs import called, calls, script, side
from trainlint.diff.compare import compare
from trainlint.diff.sides import NothingToCompare, SideError
from trainlint.facts.symbols import Constant


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"def (:\n", "cannot be parsed"),
        (b"\x80\x02}q\x00.", "binary"),
        (b"x = '\xff'\n", "not UTF-8"),
        (b"!ls\nx = 1\n", "cannot be parsed"),
    ],
)
def test_files_that_are_no_python(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "train.py").write_bytes(content)
    with pytest.raises(SideError, match=reason) as caught:
        side(tmp_path, {})
    assert caught.value.remedy


@pytest.mark.parametrize("content", ["", "{}", "[1", json.dumps({"cells": 3})])
def test_files_that_are_no_notebook(tmp_path: Path, content: str) -> None:
    with pytest.raises(SideError, match=r"cannot read `n\.ipynb`"):
        side(tmp_path, {"n.ipynb": content}, "n.ipynb")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SideError, match=r"`gone\.py` is not there"):
        side(tmp_path, {}, "gone.py")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SideError, match="`src` is a folder"):
        side(tmp_path, {"src/train.py": ""}, "src")


def test_an_enormous_file(tmp_path: Path) -> None:
    with (tmp_path / "train.py").open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    with pytest.raises(SideError, match="larger than"):
        side(tmp_path, {})


@pytest.mark.parametrize("text", ["", "import torch\n", "def main():\n    print(1)\n", "x = 3\n"])
def test_what_does_nothing_is_nothing_to_compare(tmp_path: Path, text: str) -> None:
    with pytest.raises(NothingToCompare, match="nothing to compare") as caught:
        compare(*[side(tmp_path, {"train.py": text})] * 2)
    assert caught.value.side == "candidate"


# What is survived


def test_a_module_that_is_missing(tmp_path: Path) -> None:
    found = script(tmp_path, {"train.py": "from own import gone\nprint(gone.run())\n", "own/__init__.py": ""})
    assert any("own.gone" in problem.reason for problem in found.problems)


def test_a_module_that_does_not_parse(tmp_path: Path) -> None:
    found = script(
        tmp_path, {"train.py": "import torch, own\ntorch.manual_seed(1)\nown.run()\n", "own.py": "def (\n"}
    )
    assert "torch.manual_seed" in called(found)
    assert any(problem.span.file == "own.py" for problem in found.problems)


def test_modules_that_import_one_another(tmp_path: Path) -> None:
    files = {
        "train.py": "import a\na.run()\n",
        "a.py": "import b\ndef run():\n    b.go()\n",
        "b.py": "import a, torch\ndef go():\n    torch.manual_seed(2)\n",
    }
    assert "torch.manual_seed" in called(script(tmp_path, files))


def test_functions_that_call_themselves(tmp_path: Path) -> None:
    text = (
        "import torch\ndef f(n):\n    torch.manual_seed(n)\n    return f(n - 1)\nf(3)\ng = lambda: g()\ng()\n"
    )
    assert "torch.manual_seed" in called(script(tmp_path, {"train.py": text}))


def test_star_imports_and_attributes_by_computed_names(tmp_path: Path) -> None:
    files = {
        "train.py": "from own import *\nimport torch\nrun()\ngetattr(torch, 'manual' + '_seed')(1)\n"
        "setattr(torch, input(), 2)\n",
        "own.py": "import torch\ndef run():\n    torch.save(1, 'x')\n",
    }
    assert "torch.save" in called(script(tmp_path, files))


@pytest.mark.parametrize(
    "call",
    [
        "exec(open('settings.py').read())",
        "exec(compile(open('settings.py').read(), 'settings.py', 'exec'))",
        "from pathlib import Path\nexec(Path('settings.py').read_text())",
        "with open('settings.py') as file:\n    exec(file.read())",
    ],
)
def test_a_file_of_settings_that_is_executed(tmp_path: Path, call: str) -> None:
    text = f"import torch\nlr = 0.1\nsteps = 3\n{call}\ntorch.optim.SGD([], lr=lr)\nprint(steps)\n"
    found = script(tmp_path, {"work/train.py": text, "work/settings.py": "lr = 0.2\n"}, "work/train.py")
    made = next(event for event in calls(found) if getattr(event.callee, "name", "") == "torch.optim.SGD")
    assert made.keyword("lr") == Constant(0.2)
    assert not any("exec" in problem.reason for problem in found.problems)


def test_a_file_that_executes_itself(tmp_path: Path) -> None:
    text = "import torch\ntorch.manual_seed(1)\nexec(open('train.py').read())\n"
    assert "torch.manual_seed" in called(script(tmp_path, {"train.py": text}))
