"""Programs that ask for environment variables, by whatever way."""

from pathlib import Path

from tests.unit.diff.programs import script
from trainlint.facts.symbols import Constant


def test_environment_variables(tmp_path: Path) -> None:
    text = """
import os
from os import environ, getenv
a = os.environ["A"]
b = environ.get("B", "1")
c = getenv("C")
d = "D" in os.environ
os.environ["E"] = "1"
"""
    found = script(tmp_path, {"train.py": text})
    names = [(entry.name, entry.default, entry.span.line) for entry in found.variables]
    assert names == [
        ("B", Constant("1"), 5),
        ("C", None, 6),
        ("A", None, 4),
        ("D", None, 7),
    ]


def test_environment_variables_that_a_function_is_given_the_names_of(tmp_path: Path) -> None:
    settings = "import os\ndef number(name, default):\n    return int(os.environ.get(name, default))\n"
    text = "from settings import number\nseed = number('SEED', 7)\nsteps = number(name='STEPS', default=9)\n"
    found = script(tmp_path, {"train.py": text, "settings.py": settings})
    assert [(entry.name, entry.default, str(entry.span)) for entry in found.variables] == [
        ("SEED", Constant(7), "train.py:2"),
        ("STEPS", Constant(9), "train.py:3"),
    ]
