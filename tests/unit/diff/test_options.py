"""Options that a loop makes: their defaults, and the place at which each is stated."""

from pathlib import Path

import pytest

from tests.unit.diff.test_sides import script
from trainlint.facts.value import Known

LOOP = """
import argparse, json, os, yaml
from pathlib import Path

{read}
parser = argparse.ArgumentParser()
for name, default in defaults.items():
    parser.add_argument("--" + name, type=type(default), default=default)
print(parser.parse_args().rate)
"""
YAML = "# settings\nrate: 0.1\nscale: 1e-3\nsteps: 10\nname: ''\n"
JSON = '{\n"rate": 0.1,\n"scale": 1e-3,\n"steps": 10,\n"name": ""}\n'


@pytest.mark.parametrize(
    ("read", "file", "text"),
    [
        ("defaults = yaml.safe_load(Path(__file__).with_name('a.yaml').read_text())", "a.yaml", YAML),
        ("defaults = yaml.safe_load((Path(__file__).parent / 'a.yaml').open())", "a.yaml", YAML),
        ("with open('a.yaml') as file:\n    defaults = yaml.safe_load(file)", "a.yaml", YAML),
        (
            "here = os.path.dirname(__file__)\ndefaults = json.load(open(os.path.join(here, 'a.json')))",
            "a.json",
            JSON,
        ),
        (
            "def read(path):\n    return json.loads(path.read_text())\ndefaults = read(Path('a.json'))",
            "a.json",
            JSON,
        ),
    ],
)
def test_defaults_of_a_file(tmp_path: Path, read: str, file: str, text: str) -> None:
    found = script(tmp_path, {"train.py": LOOP.format(read=read), file: text}).options
    known = {option.name: option.default for option in found}
    # To PyYAML a number with an exponent and no point is a text.
    scale = "1e-3" if file.endswith("yaml") else 0.001
    expected = {"rate": 0.1, "scale": scale, "steps": 10, "name": ""}
    assert {name: value.value for name, value in known.items() if isinstance(value, Known)} == expected
    assert {option.name: (option.span.file, option.span.line) for option in found} == {
        name: (file, line) for line, name in enumerate(expected, 2)
    }
    assert len({option.told for option in found}) == 1


def test_defaults_of_a_dictionary(tmp_path: Path) -> None:
    read = "defaults = dict(\n    rate=0.1,\n    steps=10,\n)"
    found = script(tmp_path, {"train.py": LOOP.format(read=read)}).options
    assert [(option.name, option.span.line) for option in found] == [("rate", 6), ("steps", 7)]


@pytest.mark.parametrize("read", ["defaults = yaml.safe_load(open('none.yaml'))", "defaults = yaml.load(f)"])
def test_a_file_that_is_not_known_makes_no_options(tmp_path: Path, read: str) -> None:
    assert script(tmp_path, {"train.py": LOOP.format(read=read)}).options == ()
