"""Ways to type an option, by what its parser knows of it."""

from pathlib import Path

import pytest

from tests.unit.diff.test_sides import script

GLOBALS = "rate = 0.1\nflag = False\nname = 'a'\n"
READ = """
import sys
for word in sys.argv[1:]:
    {}
"""


def ways(root: Path, code: str, name: str, **files: str) -> set[str]:
    found = script(root, {"train.py": code, **{f"{key}.py": text for key, text in files.items()}})
    return next(set(option.ways) for option in found.options if option.name == name)


@pytest.mark.parametrize(
    ("arguments", "name", "expected"),
    [
        ('"--rate", type=float', "rate", {"--rate value", "--rate=value"}),
        ('"-r", "--rate"', "rate", {"-r value", "-r=value", "--rate value", "--rate=value"}),
        ('"--amp", action="store_true"', "amp", {"--amp"}),
        ('"--amp", action=argparse.BooleanOptionalAction', "amp", {"--amp", "--no-amp"}),
        ('"--amp", nargs="?", const=True', "amp", {"--amp", "--amp value", "--amp=value"}),
        ('"--size", nargs=2', "size", {"--size value value"}),
        ('"files", nargs="*"', "files", {"value"}),
    ],
)
def test_argparse(tmp_path: Path, arguments: str, name: str, expected: set[str]) -> None:
    code = (
        "import argparse\np = argparse.ArgumentParser()\n"
        f"p.add_argument({arguments})\nprint(p.parse_args().{name})\n"
    )
    assert ways(tmp_path, code, name) == expected


def test_names_of_options_in_a_loop_over_the_fields_of_a_dataclass(tmp_path: Path) -> None:
    code = """
import argparse
from dataclasses import dataclass, fields

@dataclass
class Config:
    learning_rate: float = 0.1
    use_amp: bool = False

parser = argparse.ArgumentParser()
for field in fields(Config):
    if field.type is bool:
        parser.add_argument(f"--{field.name}", action="store_true")
        continue
    parser.add_argument("--" + field.name.replace("_", "-"), type=field.type, default=argparse.SUPPRESS)
print(Config(**vars(parser.parse_args())))
"""
    assert ways(tmp_path, code, "learning_rate") == {"--learning-rate value", "--learning-rate=value"}
    assert ways(tmp_path, code, "use_amp") == {"--use_amp"}


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        (
            'k, _, v = word.lstrip("-").partition("="); globals()[k] = type(globals()[k])(v)',
            "rate",
            {"--rate=value", "rate=value"},
        ),
        ("assert word[2:] in globals(); globals()[word[2:]] = True", "flag", {"--flag"}),
        ('k, v = word[2:].split("="); assert k in globals(); globals()[k] = v', "name", {"--name=value"}),
        ("print(word, globals())", "rate", set()),
    ],
)
def test_code_that_sets_globals_is_tried(tmp_path: Path, line: str, name: str, expected: set[str]) -> None:
    code = f"{GLOBALS}exec(open('configurator.py').read())\nprint(rate, flag, name)\n"
    assert ways(tmp_path, code, name, configurator=READ.format(line)) == expected


@pytest.mark.parametrize(
    ("line", "expected"), [("exec(open(word).read(), globals())", {"value"}), ("globals()[word] = 1", None)]
)
def test_a_word_that_names_a_file_of_settings(tmp_path: Path, line: str, expected: set[str] | None) -> None:
    code = f"{GLOBALS}exec(open('configurator.py').read())\nprint(rate)\n"
    files = {"train.py": code, "configurator.py": READ.format(line)}
    found = {option.name: set(option.ways) for option in script(tmp_path, files).options}
    assert found.get("settings file") == expected
