"""Scripts that give a variable the name of a module, and what the name means before and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.diff.programs import called, script

MODEL = """\
class Net:
    def __init__(self, width):
        self.width = width

    def run(self, batch):
        return batch * self.width


def scaled(width):
    return Net(2 * width)
"""
#: What is called by a script that imports `model`; constructors leave out what they call themselves.
CALLED = {
    "model = model.Net(3)\nmodel.run(1)": ["Net", "run"],
    "model = model.scaled(3)\nmodel.run(1)": ["scaled", "Net", "run"],
    "def use():\n    return model.run(1)\nmodel = model.Net(3)\nuse()": ["Net", "use", "run"],
    "def use():\n    return model.Net(3)\nuse()\nmodel = model.Net(3)": ["use", "Net", "Net"],
    "if input():\n    model = model.Net(1)\nelse:\n    model = model.Net(2)\nmodel.run(1)": [
        *("input", "Net", "Net", "run", "run")
    ],
}


@pytest.mark.parametrize("code", CALLED)
def test_name_means_the_module_until_it_is_given_to_a_variable(code: str, tmp_path: Path) -> None:
    found = script(tmp_path, {"train.py": f"import model\n{code}\n", "model.py": MODEL})
    assert [name for name in called(found) if name != "__init__"] == CALLED[code]
