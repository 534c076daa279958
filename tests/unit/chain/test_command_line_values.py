"""The values that we say arguments have are those that the real program gets."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.chain.model import Chain
from trainlint.engine.inputs import collect
from trainlint.facts.settings import Settings
from trainlint.facts.value import Known
from trainlint.source import Files

ARGPARSE = """
import argparse, json
parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("extra", nargs="*", type=int)
parser.add_argument("--lr", "-l", type=float, default=1e-3)
parser.add_argument("--steps", type=int, default="100")
parser.add_argument("--no-cuda", action="store_true")
parser.add_argument("--keep", action="store_false")
parser.add_argument("--bias", action=argparse.BooleanOptionalAction, default=None)
parser.add_argument("--betas", type=float, nargs=2, default=[0.9, 0.95])
parser.add_argument("--tag", action="append", default=[])
parser.add_argument("--name", nargs="?", default="none")
parser.add_argument("--kind", choices=["a", "b"], dest="sort")
args = parser.parse_args()
print(json.dumps(vars(args)))
"""

EXECUTED = 'exec(open("configurator.py").read())'
OVERRIDES = f"""
import json
lr = 1e-3
steps = 100
name = "none"
bias = False
betas = [0.9, 0.95]
{EXECUTED}
print(json.dumps({{key: globals()[key] for key in ("lr", "steps", "name", "bias", "betas")}}))
"""

CONFIGURATOR = """
import sys
from ast import literal_eval
for arg in sys.argv[1:]:
    if "=" not in arg:
        exec(open(arg).read())
        continue
    key, val = arg.split("=")
    key = key[2:]
    if key not in globals():
        raise ValueError(key)
    try:
        globals()[key] = literal_eval(val)
    except (SyntaxError, ValueError):
        globals()[key] = val
"""


FIELDS = """
import argparse, json
from dataclasses import asdict, dataclass, field, fields

@dataclass
class Base:
    name: str = "none"

@dataclass
class Config(Base):
    lr: float = 1e-3
    steps: int = 100

{}
print(json.dumps(vars(parser.parse_args())))
"""
MADE = (
    """
parser = argparse.ArgumentParser()
for entry in fields(Config):
    parser.add_argument(f"--{entry.name}", type=entry.type, default=entry.default)
""",
    """
parser = argparse.ArgumentParser()
for entry in fields(Config()):
    parser.add_argument("--" + entry.name, type=entry.type, default=argparse.SUPPRESS)
""",
    """
parser = argparse.ArgumentParser()
for key, value in asdict(Config(lr=2.0)).items():
    parser.add_argument(f"--{key}", type=type(value), default=value)
""",
    """
parser = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)
for key, value in vars(Config()).items():
    parser.add_argument(f"--{key}", type=type(value))
parser.add_argument("--tag", default="x")
parser.add_argument("--keep", action="store_true")
""",
)


CLICK = """
import click, json
@click.command()
@click.option("--lr", default=0.1)
@click.option("--steps", type=int, default="7")
@click.option("--name")
@click.option("--amp/--no-amp", default=True)
@click.option("--fast", is_flag=True)
@click.option("--tag", multiple=True)
@click.option("-v", "--verbose", count=True)
@click.option("--seed", envvar="SEED", default=1)
@click.argument("out", default="here")
def main(**values):
    print(json.dumps(values))
if __name__ == "__main__":
    main()
"""
TYPER = """
import json, typer
def main(lr: float = 0.1, name: str = typer.Option("x", "--name"), amp: bool = True, out: str = "here"):
    print(json.dumps({"lr": lr, "name": name, "amp": amp, "out": out}))
if __name__ == "__main__":
    typer.run(main)
"""
FIRE = """
import fire, json
START = 3
def main(lr=-0.1, name="x", amp=True, *, start=START, betas=(0.9, 0.95)):
    print(json.dumps({"lr": lr, "name": name, "amp": amp, "start": start, "betas": betas}))
if __name__ == "__main__":
    fire.Fire(main)
"""
ABSL = """
import json
from absl import app, flags
FLAGS = flags.FLAGS
flags.DEFINE_float("lr", 0.1, "x")
flags.DEFINE_string("name", None, "x")
flags.DEFINE_bool("amp", True, "x")
flags.DEFINE_enum("kind", "a", ["a", "b"], "x")
flags.DEFINE_list("tags", "a,b", "x")
def main(argv):
    print(json.dumps({name: FLAGS[name].value for name in ("lr", "name", "amp", "kind", "tags")}))
if __name__ == "__main__":
    app.run(main)
"""


def built(folder: Path, script: str, arguments: str) -> Chain:
    (folder / "train.py").write_text(script)
    (folder / "configurator.py").write_text(CONFIGURATOR)
    (folder / "small.py").write_text(
        "import time\nlr = 3e-4\nname = 'small-' + str(time.time())\nsteps = 5 * 8\n"
    )
    (folder / "jobs.txt").write_text(f"[ ] python train.py {arguments}\n")
    files, settings = Files(folder), Settings()
    return Builder(files, settings).build(collect(["jobs.txt"], files, settings).texts[0].jobs[0])


def real(folder: Path, arguments: str) -> dict[str, object]:
    command = [sys.executable, "train.py", *shlex.split(arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "arguments",
    [
        "x",
        "x 1 2 3",
        "--lr 0.5 x",
        "x --lr=0.5 -l 2",
        "x -l2",
        "x --ste 7 --no-cuda --keep",
        "x --bias",
        "x --no-bias --betas 0.1 0.2",
        "x --tag a --tag=b --name",
        "x --name run --kind b",
        "--lr 1e-4 -- -x",
    ],
)
def test_argparse(tmp_path: Path, arguments: str) -> None:
    check = built(tmp_path, ARGPARSE, arguments).command_line
    assert check is not None
    assert check.values is not None
    expected = real(tmp_path, arguments)
    known = {name: value.value for name, value in check.values.items() if isinstance(value, Known)}
    assert known == {name: expected[name] for name in known}
    assert {"lr", "steps", "data", "no_cuda", "sort"} <= set(known)


@pytest.mark.parametrize("arguments", ["", "--lr=0.5 --name=y"])
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (CLICK, {"lr", "steps", "name", "amp", "fast", "verbose", "out"}),
        (TYPER, {"lr", "name", "amp", "out"}),
        (FIRE, {"lr", "name", "amp", "start"}),
        (ABSL, {"lr", "name", "amp", "kind"}),
    ],
    ids=["click", "typer", "fire", "absl"],
)
def test_defaults_of_other_libraries(tmp_path: Path, script: str, expected: set[str], arguments: str) -> None:
    check = built(tmp_path, script, arguments).command_line
    assert check is not None
    assert check.values is not None
    known = {name: value.value for name, value in check.values.items() if isinstance(value, Known)}
    there = real(tmp_path, arguments)
    assert {name: value for name, value in known.items() if name in there} == {
        name: there[name] for name in known if name in there
    }
    assert arguments or expected <= known.keys()


@pytest.mark.parametrize("arguments", ["", "--lr=0.5", "--steps 7 --name x"])
@pytest.mark.parametrize("made", MADE)
def test_options_made_from_the_fields_of_a_dataclass(tmp_path: Path, made: str, arguments: str) -> None:
    check = built(tmp_path, FIELDS.replace("{}", made), arguments).command_line
    assert check is not None
    assert check.values is not None
    known = {name: value.value for name, value in check.values.items() if name != "help"}
    assert known == real(tmp_path, arguments)
    assert all(use.parser.open is None for use in check.reading.uses)


@pytest.mark.parametrize(
    "arguments", ["", "--lr=0.5", "small.py", "small.py --steps=7 --bias=True", "--name=x-y --betas=[1,2]"]
)
@pytest.mark.parametrize("text", [OVERRIDES, OVERRIDES.replace(EXECUTED, CONFIGURATOR)])
def test_overrides_of_globals(tmp_path: Path, arguments: str, text: str) -> None:
    check = built(tmp_path, text, arguments).command_line
    assert check is not None
    assert check.values is not None
    expected = real(tmp_path, arguments)
    known = {name: value.value for name, value in check.values.items() if isinstance(value, Known)}
    assert {name: known[name] for name in expected if name in known} == {
        name: expected[name] for name in expected if name in known
    }
    assert set(expected) - set(known) <= ({"name"} if "small.py" in arguments else set())


def test_places_of_values(tmp_path: Path) -> None:
    check = built(tmp_path, OVERRIDES, "small.py --steps=7").command_line
    assert check is not None
    assert check.values is not None
    places = {name: str(check.values[name].span) for name in ("lr", "steps", "bias")}
    assert places == {"lr": "small.py:2", "steps": "jobs.txt:1", "bias": "train.py:6"}
    assert check.values["steps"].span.column == len("[ ] python train.py small.py --steps=7")


@pytest.mark.parametrize("arguments", ["x $MORE", "$MORE --lr 1"])
def test_words_that_may_be_anything_leave_nothing_known(tmp_path: Path, arguments: str) -> None:
    check = built(tmp_path, ARGPARSE, arguments).command_line
    assert check is not None
    assert check.values is None or not isinstance(check.values["data"], Known) or arguments.startswith("x")


def test_a_value_of_the_environment_is_unknown_alone(tmp_path: Path) -> None:
    check = built(tmp_path, ARGPARSE, 'x --lr "$LR"').command_line
    assert check is not None
    assert check.values is not None
    assert not isinstance(check.values["lr"], Known)
    assert check.values["steps"] == check.values["steps"].__class__(100, check.values["steps"].span)
