"""Which loops over the command line set a script's globals."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from trainlint.chain.arguments.override_loop import as_code, own_loop
from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.module import read_module
from trainlint.source import Files, SourceFile

LOOP = """
for word in sys.argv[1:]:
    key, value = word.lstrip('-').split('=')
    globals()[key] = type(globals()[key])(value)
"""


def module(root: Path, text: str) -> ModuleFacts:
    (root / "train.py").write_text(text)
    source = Files(root).read(root / "train.py")
    assert isinstance(source, SourceFile)
    return read_module(source)


def test_a_loop_of_the_script(tmp_path: Path) -> None:
    script = module(tmp_path, f"import sys\nlr = 0.1\n{LOOP}print(lr)\n")
    found = own_loop(script)
    assert found is not None
    assert found[0] == 2
    assert [type(node) for node in as_code(script, *found).tree.body] == [ast.Import, ast.For]


@pytest.mark.parametrize(
    "text",
    [
        "from sys import argv\nlr = 0.1\nfor word in argv[1:]:\n    globals()[word[:2]] = 1\n",
        "import sys\nlr = 0.1\nwords = sys.argv[1:]\nfor word in words:\n    vars()[word] = 1\n",
        "import sys\nlr = 0.1\nfor word in sys.argv[1:]:\n    globals().update({word: 1})\n",
        "import sys\nlr = 0.1\nplace = 1\nwhile place < len(sys.argv):\n    globals()[sys.argv[place]] = 1\n",
        "import sys\nlr = 1\nif sys.argv[1:]:\n    for word in sys.argv[1:]:\n        globals()[word] = 1\n",
    ],
)
def test_other_forms(tmp_path: Path, text: str) -> None:
    assert own_loop(module(tmp_path, text)) is not None


def test_a_function_that_is_called(tmp_path: Path) -> None:
    body = LOOP.replace("\n", "\n    ")
    text = f"import sys\nlr = 0.1\ndef given():{body}\n{{}}steps = 3\ngiven()\n"
    found = own_loop(module(tmp_path, text.format("")))
    assert found is not None
    assert found[0] == 4
    assert own_loop(module(tmp_path, text.format("").replace("\ngiven()", "\n"))) is None


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nlr = 0.1\nfor word in sys.argv[1:]:\n    print(globals()[word])\n",
        "import sys\nfor name in ('a', 'b'):\n    globals()[name] = sys.argv\nprint(vars())\n",
        "import sys\nseen = {}\nfor word in sys.argv[1:]:\n    seen[word] = str()\n",
    ],
)
def test_loops_that_set_nothing_by_the_command_line(tmp_path: Path, text: str) -> None:
    assert own_loop(module(tmp_path, text)) is None
