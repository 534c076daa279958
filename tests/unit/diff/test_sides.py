"""Sides of a comparison: scripts and notebooks, read as if nothing were given."""

from pathlib import Path

import pytest

from tests.unit.diff.programs import called, calls, notebook, script, side, value
from trainlint.facts.behaviour import Call
from trainlint.facts.symbols import Setting
from trainlint.facts.value import Known, Unknown

ARGPARSE = """
import argparse
import torch
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--data", required=True)
parser.add_argument("--fast", action="store_true")
parser.add_argument("--spare", type=int, default=3)
parser.add_argument("out")
args = parser.parse_args()
if __name__ == "__main__":
    torch.optim.SGD([], lr=args.lr)
    open(args.out), print(args.data, args.fast)
"""


def test_arguments_at_their_defaults(tmp_path: Path) -> None:
    found = script(tmp_path, {"train.py": ARGPARSE})
    assert (value(found, "lr"), value(found, "fast")) == (0.1, False)
    assert value(found, "data") is value(found, "out") is Unknown
    assert "torch.optim.SGD" in called(found)


def test_options_of_a_parser(tmp_path: Path) -> None:
    options = {option.name: option for option in script(tmp_path, {"train.py": ARGPARSE}).options}
    assert {name: option.form for name, option in options.items()} == {
        "lr": "--name value",
        "data": "--name value",
        "fast": "--name",
        "spare": "--name value",
        "out": "name",
    }
    assert {name for name, option in options.items() if option.default is None} == {"data", "out"}
    assert {name for name, option in options.items() if not option.read} == {"spare"}
    assert options["lr"].span.line == 5


CONFIGURATOR = """
import sys
from ast import literal_eval
for arg in sys.argv[1:]:
    if '=' not in arg:
        exec(open(arg).read())
    else:
        key, val = arg.split('=')
        key = key[2:]
        if key in globals():
            globals()[key] = literal_eval(val)
        else:
            raise ValueError(key)
"""
GLOBALS = """
import torch
lr = 0.1
steps = 10
device = 'cuda' if torch.cuda.is_available() else 'cpu'
config_keys = [k for k, v in globals().items() if isinstance(v, (int, float, str))]
exec(open({}).read())
torch.optim.SGD([], lr=lr)
for i in range(steps):
    torch.save(device, 'x')
"""


def test_globals_that_a_constant_file_overrides(tmp_path: Path) -> None:
    files = {"train.py": GLOBALS.format("'configurator.py'"), "configurator.py": CONFIGURATOR}
    found = script(tmp_path, files)
    assert [(option.name, option.form) for option in found.options] == [
        *((name, "--name=value") for name in ("lr", "steps", "device")),
        ("settings file", "name"),
    ]
    assert (value(found, "lr"), value(found, "steps"), value(found, "device")) == (0.1, 10, Unknown)


def test_a_file_to_execute_that_only_the_run_knows(tmp_path: Path) -> None:
    found = script(tmp_path, {"train.py": GLOBALS.format("input()"), "configurator.py": CONFIGURATOR})
    assert found.options == ()
    assert any("exec" in problem.reason and problem.span.line == 7 for problem in found.problems)


def test_globals_that_a_loop_of_the_script_overrides(tmp_path: Path) -> None:
    own = GLOBALS.replace("exec(open({}).read())", CONFIGURATOR.replace("{}", "{{}}"))
    found = script(tmp_path, {"train.py": own})
    assert [option.name for option in found.options] == ["lr", "steps", "device", "settings file"]
    made = next(event for event in calls(found) if getattr(event.callee, "name", "") == "torch.optim.SGD")
    assert made.keyword("lr") == Setting(("lr",), plain=True)
    assert not any("exec" in problem.reason for problem in found.problems)


@pytest.mark.parametrize(
    ("path", "place"), [("configurator.py", "old/configurator.py"), ("old/configurator.py",) * 2]
)
def test_a_script_may_be_started_in_its_folder_or_above(tmp_path: Path, path: str, place: str) -> None:
    files = {"old/train.py": GLOBALS.format(repr(path)), place: CONFIGURATOR}
    assert len(script(tmp_path, files, "old/train.py").options) == 4


COMMANDS = """
import argparse, torch
parser = argparse.ArgumentParser()
below = parser.add_subparsers(dest="command")
train = below.add_parser("train")
train.add_argument("--lr", type=float, default=0.1)
train.add_argument("--batch", type=int, default=8)
check = below.add_parser("check")
check.add_argument("--batch", type=int, default=1)
args = parser.parse_args()
torch.optim.SGD([], lr=args.lr)
print(args.batch)
"""


def test_arguments_of_commands(tmp_path: Path) -> None:
    found = script(tmp_path, {"train.py": COMMANDS})
    assert (value(found, "lr"), value(found, "batch"), value(found, "command")) == (0.1, Unknown, Unknown)
    assert {"lr", "batch"} <= {option.name for option in found.options}


FIELDS = """
import argparse, torch
from dataclasses import dataclass, fields
@dataclass
class Config:
    lr: float = 0.1
    steps: int = 5
parser = argparse.ArgumentParser()
for entry in fields(Config):
    parser.add_argument(f"--{entry.name}", type=entry.type, default=argparse.SUPPRESS)
config = Config(**vars(parser.parse_args()))
torch.optim.SGD([], lr=config.lr)
print(config.steps)
"""


def test_options_whose_class_has_the_defaults(tmp_path: Path) -> None:
    options = script(tmp_path, {"train.py": FIELDS}).options
    known = [(option.name, option.default.value, option.span.line) for option in options if option.default]
    assert known == [("lr", 0.1, 6), ("steps", 5, 7)]


ABSL = """
from absl import app, flags
import torch
FLAGS = flags.FLAGS
flags.DEFINE_float("lr", 0.1, "x")
def main(argv):
    torch.optim.SGD([], lr=FLAGS.lr)
app.run(main)
"""


def test_flags_of_the_script_alone(tmp_path: Path) -> None:
    found = script(tmp_path, {"train.py": ABSL})
    assert [(option.name, option.read) for option in found.options] == [("lr", True)]
    assert value(found, "lr") == 0.1


HYDRA = """
import hydra, torch
@hydra.main(config_path='conf', config_name='c', version_base=None)
def main(cfg):
    torch.optim.SGD([], lr=cfg.opt.lr)
if __name__ == '__main__':
    main()
"""


def test_hydra_without_overrides(tmp_path: Path) -> None:
    config = "opt:\n  lr: 0.3\nseed: ${opt.lr}\nneeded: ???\n"
    found = script(tmp_path, {"train.py": HYDRA, "conf/c.yaml": config})
    values = {option.name: option.default for option in found.options}
    assert {name: known.value for name, known in values.items() if isinstance(known, Known)} == {
        "opt.lr": 0.3,
        "seed": 0.3,
    }
    assert {option.name for option in found.options if option.read} == {"opt.lr"}
    lr = found.evaluation.value(Setting(("opt", "lr")))
    assert isinstance(lr, Known)
    assert lr.value == 0.3


def test_hydra_whose_config_cannot_be_composed(tmp_path: Path) -> None:
    found = script(tmp_path, {"train.py": HYDRA})
    assert "torch.optim.SGD" in called(found)
    assert isinstance(found.evaluation.value(Setting(("opt", "lr"))), Unknown)
    assert any("composed" in problem.reason for problem in found.problems)


def test_two_scripts_of_a_side_share_their_modules(tmp_path: Path) -> None:
    files = {
        "a.py": "import both\nboth.go()\n",
        "b.py": "import both\nboth.go()\n",
        "both.py": "def go(): print()\n",
    }
    found = side(tmp_path, files, "a.py", "b.py")
    assert found.files == ("a.py", "both.py", "b.py")
    first, second = (entry.facts.loaded[1] for entry in found.scripts)
    assert first is second


def test_a_notebook_is_followed_into_its_folder(tmp_path: Path) -> None:
    cells = ("!wget data\nimport torch\n", "import local\n", "model = local.build(width=8)\n")
    files = {
        "work/n.ipynb": notebook(*cells),
        "work/local.py": "import torch\ndef build(width):\n    return torch.nn.Linear(width, 2)\n",
    }
    found = script(tmp_path, files, "work/n.ipynb")
    events = [event for event in found.behaviour.events if isinstance(event, Call)]
    linear = next(event for event in events if getattr(event.callee, "name", "") == "torch.nn.Linear")
    assert linear.span.file == "work/local.py"
    build = next(event for event in events if event.inside is not None)
    lines = files["work/n.ipynb"].split("\n")
    assert "local.build" in lines[build.span.line - 1]
    assert any("!wget data" in problem.reason for problem in found.problems)


def test_a_cell_may_write_the_module_that_the_next_imports(tmp_path: Path) -> None:
    cells = (
        "%%writefile net.py\nimport torch\ndef build():\n    return torch.nn.Linear(1, 2)\n",
        "import net\nnet.build()\n",
    )
    found = script(tmp_path, {"n.ipynb": notebook(*cells)}, "n.ipynb")
    assert "torch.nn.Linear" in called(found)
    assert not (tmp_path / "net.py").exists()


def test_a_script_of_cells_with_magics(tmp_path: Path) -> None:
    found = script(tmp_path, {"train.py": "# %%\n!ls\nimport torch\n# %%\ntorch.manual_seed(3)\n"})
    assert called(found) == ["torch.manual_seed"]
    assert [problem.span.line for problem in found.problems] == [2]


@pytest.mark.parametrize("package", [{"pkg/__init__.py": "", "pkg/run/__init__.py": ""}, {}])
def test_a_script_with_relative_imports_is_a_module_of_its_package(
    tmp_path: Path, package: dict[str, str]
) -> None:
    files = {
        "pkg/run/train.py": "from ..model import build\nfrom .part import go\nbuild()\ngo()\n",
        "pkg/model.py": "import torch\ndef build():\n    torch.nn.Linear(1, 2)\n",
        "pkg/run/part.py": "import torch\nfrom pkg.model import build\ndef go():\n    torch.manual_seed(1)\n",
    }
    found = script(tmp_path, {**package, **files}, "pkg/run/train.py")
    assert {"torch.nn.Linear", "torch.manual_seed"} <= set(called(found))
    assert found.problems == ()
