"""Options that a loop makes: their defaults, and the place at which each is stated."""

from pathlib import Path

import pytest

from tests.unit.diff.test_sides import script
from trainlint.facts.arguments import COMMAND_LINE, FILE, LATER
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


MERGED = """
import argparse, collections, json, yaml
parser = argparse.ArgumentParser()
parser.add_argument("--config")
parser.add_argument("--rate", type=float, default=0.1)
args = parser.parse_args()
{code}
"""
READ = "file = yaml.safe_load(open(args.config))\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (READ + "both = {**file, **vars(args)}", [(COMMAND_LINE, True)]),
        (READ + "both = {**vars(args), **file}", [(FILE, True)]),
        (READ + "both = vars(args) | file", [(FILE, True)]),
        (READ + "both = collections.ChainMap(vars(args), file)", [(COMMAND_LINE, True)]),
        (READ + "vars(args).update(file)", [(FILE, True)]),
        (READ + "args.__dict__.update({k: v for k, v in file.items() if v})", [(FILE, True)]),
        (READ + "for k, v in file.items():\n    setattr(args, k, v)", [(FILE, True)]),
        ("if args.config:\n    vars(args).update(json.load(open(args.config)))", [(FILE, False)]),
        (READ + "both = {}\nboth.update(file)\nboth.update(vars(args))", [(COMMAND_LINE, True)]),
        (READ + "print(file, args)", []),
        ("both = {**vars(args), 'rate': 1}", []),
    ],
)
def test_which_settings_have_the_last_say(
    tmp_path: Path, code: str, expected: list[tuple[str, bool]]
) -> None:
    found = script(tmp_path, {"train.py": MERGED.format(code=code)})
    assert [(merge.last, merge.certain) for merge in found.merges] == expected


SAYS = """
import sys
{first}
{second}
"""
FILES = "for word in sys.argv[1:]:\n    if '=' not in word:\n        exec(open(word).read())"
WORDS = "for word in sys.argv[1:]:\n    if '=' in word:\n        key, text = word.split('=')"
SETS = "\n        globals()[key] = type(globals()[key])(text)"
IN_SHORT = FILES.replace("open(word)", "open(os.path.join('config', word + '.py'))")
BOTH = FILES + "\n    else:\n        key, text = word.split('=')" + SETS


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (FILES, WORDS + SETS, COMMAND_LINE),
        (f"import os\n{IN_SHORT}", WORDS + SETS, COMMAND_LINE),
        (WORDS + SETS, FILES, FILE),
        (BOTH, "", LATER),
    ],
)
def test_which_word_of_code_over_globals_has_the_last_say(
    tmp_path: Path, first: str, second: str, expected: str
) -> None:
    files = {
        "train.py": "rate = 0.1\nexec(open('configurator.py').read())\nprint(rate)\n",
        "configurator.py": SAYS.format(first=first, second=second),
    }
    assert [merge.last for merge in script(tmp_path, files).merges] == [expected]
