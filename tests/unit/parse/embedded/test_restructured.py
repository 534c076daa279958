"""The launches of reStructuredText documents."""

from pathlib import Path

import pytest

from tests.unit.parse.embedded.reading import commands, read, word_places
from trainlint.facts.launch import Form, LaunchText
from trainlint.parse.embedded.restructured import looks_like, read_restructured
from trainlint.source import SourceFile

TREE = {"train.py": ""}
A1 = [["python", "train.py", "a=1"]]


def _read(root: Path, text: str) -> LaunchText:
    return read(read_restructured, root, "docs/start.rst", text, TREE)


BLOCKS = {
    "a code block": ("x\n\n.. code-block:: bash\n\n   python train.py a=1\n\ny\n", A1),
    "with options": (".. code:: sh\n   :linenos:\n   :caption: x\n\n   python train.py a=1\n", A1),
    "a literal block": ("Run::\n\n    python train.py a=1\n\nthen\n", A1),
    "a literal block of something else": ("Run::\n\n    train(a=1)\n", []),
    "another language": (".. code-block:: python\n\n   python train.py a=1\n", []),
    "prompts": (".. code-block:: console\n\n   $ python train.py a=1\n   done\n", A1),
    "continued": (".. code-block:: bash\n\n   python train.py \\\n     a=1\n", A1),
    "in a list": ("1. x\n\n   .. code-block:: bash\n\n      python train.py a=1\n\n2. y\n", A1),
    "prose": ("python train.py a=1\n\n.. note::\n\n   python train.py a=2\n", []),
    "windows line ends": (".. code-block:: bash\r\n\r\n   python train.py a=1\r\n", A1),
}


@pytest.mark.parametrize(("text", "expected"), BLOCKS.values(), ids=BLOCKS.keys())
def test_commands(tmp_path: Path, text: str, expected: list[list[str]]) -> None:
    found = _read(tmp_path, text)
    assert commands(found) == expected
    assert found.form is Form.RST


def test_places(tmp_path: Path) -> None:
    (job,) = _read(tmp_path, "x::\n\n  $ python train.py \\\n  >   a=1\n").jobs
    assert word_places(job) == [(3, 5), (3, 12), (4, 7)]


def test_looks_like(tmp_path: Path) -> None:
    assert looks_like(SourceFile(tmp_path, "a.rst", ".. code:: bash\n\n  python train.py\n"))
    assert not looks_like(SourceFile(tmp_path, "a.rst", "``python train.py``\n"))


def test_hostile_texts_end(tmp_path: Path) -> None:
    for text in (".. code::" * 2000, "::\n" * 5000, "x::\n\n" + " " * 50_000, ".. code-block:: bash\n"):
        _read(tmp_path, text)
