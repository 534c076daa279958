"""What can be set of a program: options, variables of the environment, fields and globals."""

from __future__ import annotations

from pathlib import Path

from tests.unit.diff.programs import TRAINING, side
from trainlint.diff.settings import settings_of
from trainlint.diff.terms import Terms
from trainlint.facts.effects import ENVIRONMENT, FIELD, GLOBAL, Option
from trainlint.facts.terms import Sort
from trainlint.facts.uses import is_given

HEAD = "import argparse, os\nimport torch\nparser = argparse.ArgumentParser()\n"
PARSED = "args = parser.parse_args()\n"


def found(root: Path, options: str, code: str = "", **modules: str) -> dict[str, Option]:
    files = {"train.py": HEAD + options + PARSED + code + TRAINING}
    files |= {f"{name}.py": text for name, text in modules.items()}
    return {f"{option.name} {option.form}": option for option in settings_of(side(root, files), Terms())}


def defaults(root: Path, options: str, code: str = "", **modules: str) -> dict[str, object]:
    """What stands in for each setting by its name; the sort of a term that is no constant."""
    terms = {option.name: option.default for option in found(root, options, code, **modules).values()}
    return {name: term.value if term.sort is Sort.CONSTANT else term.sort for name, term in terms.items()}


def test_options_with_their_defaults(tmp_path: Path) -> None:
    options = (
        "parser.add_argument('--lr', type=float, default=0.5)\n"
        "parser.add_argument('--data', required=True)\n"
        "parser.add_argument('--fast', action='store_true')\n"
        "parser.add_argument('--out', default=os.path.join(os.getcwd(), input()))\n"
    )
    names = defaults(tmp_path, options)
    assert names == {"lr": 0.5, "data": Sort.NOTHING, "fast": False, "out": Sort.UNKNOWN}


def test_variables_of_the_environment(tmp_path: Path) -> None:
    code = "seed = int(os.environ.get('SEED', '7'))\nname = os.environ['NAME']\n"
    settings = found(tmp_path, "", code)
    assert {name: term.default.value for name, term in settings.items()} == {
        f"SEED {ENVIRONMENT}": 7,
        f"NAME {ENVIRONMENT}": None,
    }


def test_globals_and_fields_are_set_by_code_alone(tmp_path: Path) -> None:
    config = (
        "class Config:\n    width: int = 8\n    depth = -2\n    name: str\n\nLIMIT = 2 * 3\nOTHER = [1]\n"
    )
    settings = found(tmp_path, "", "import config\n", config=config)
    assert {name: is_given(option) for name, option in settings.items()} == {
        f"LIMIT {GLOBAL}": False,
        f"width {FIELD}": False,
        f"depth {FIELD}": False,
    }
    assert settings[f"depth {FIELD}"].default.value == -2


def test_option_goes_before_a_global_of_its_name(tmp_path: Path) -> None:
    names = found(tmp_path, "parser.add_argument('--lr', type=float, default=0.5)\n", "lr = 0.25\n")
    assert [option.default.value for option in names.values()] == [0.5]
