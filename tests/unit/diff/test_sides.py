"""Sides of a comparison: scripts, notebooks and revisions, read as if nothing were given."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.diff.revisions import at_revision
from trainlint.diff.sides import NothingToCompare, Script, Side, SideError, read_side, refuse_empty
from trainlint.facts.behaviour import Call
from trainlint.facts.settings import Settings
from trainlint.facts.symbols import Constant, Setting
from trainlint.facts.value import Known, Unknown
from trainlint.source import Files


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def side(root: Path, files: dict[str, str], *paths: str) -> Side:
    write(root, files)
    named = tuple(Path(path) for path in paths or ("train.py",))
    return read_side("candidate", named, Builder(Files(root), Settings()))


def script(root: Path, files: dict[str, str], *paths: str) -> Script:
    (found,) = side(root, files, *paths).scripts
    return found


def notebook(*cells: str) -> str:
    listed = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def calls(found: Script) -> list[Call]:
    return [event for event in found.behaviour.events if isinstance(event, Call)]


def called(found: Script) -> list[str]:
    """The names of what is called, in order."""
    return [str(getattr(event.callee, "name", "?")) for event in calls(found)]


def value(found: Script, name: str) -> object:
    known = found.evaluation.value(Setting((name,)))
    return known.value if isinstance(known, Known) else Unknown


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
        (name, "--name=value") for name in ("lr", "steps", "device")
    ]
    assert (value(found, "lr"), value(found, "steps"), value(found, "device")) == (0.1, 10, Unknown)


@pytest.mark.parametrize(
    ("path", "place"), [("configurator.py", "old/configurator.py"), ("old/configurator.py",) * 2]
)
def test_a_script_may_be_started_in_its_folder_or_above(tmp_path: Path, path: str, place: str) -> None:
    files = {"old/train.py": GLOBALS.format(repr(path)), place: CONFIGURATOR}
    assert len(script(tmp_path, files, "old/train.py").options) == 3


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


# What cannot be read


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"def (:\n", "cannot be parsed"),
        (b"\x80\x02}q\x00.", "binary"),
        (b"x = '\xff'\n", "not UTF-8"),
        (b"!ls\nx = 1\n", "cannot be parsed"),
    ],
)
def test_files_that_are_no_python(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "train.py").write_bytes(content)
    with pytest.raises(SideError, match=reason) as caught:
        side(tmp_path, {})
    assert caught.value.remedy


@pytest.mark.parametrize("content", ["", "{}", "[1", json.dumps({"cells": 3})])
def test_files_that_are_no_notebook(tmp_path: Path, content: str) -> None:
    with pytest.raises(SideError, match=r"cannot read `n\.ipynb`"):
        side(tmp_path, {"n.ipynb": content}, "n.ipynb")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SideError, match=r"`gone\.py` is not there"):
        side(tmp_path, {}, "gone.py")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SideError, match="`src` is a folder"):
        side(tmp_path, {"src/train.py": ""}, "src")


def test_an_enormous_file(tmp_path: Path) -> None:
    with (tmp_path / "train.py").open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    with pytest.raises(SideError, match="larger than"):
        side(tmp_path, {})


@pytest.mark.parametrize("text", ["", "import torch\n", "def main():\n    print(1)\n", "x = 3\n"])
def test_what_does_nothing_is_nothing_to_compare(tmp_path: Path, text: str) -> None:
    with pytest.raises(NothingToCompare, match="nothing to compare") as caught:
        refuse_empty(side(tmp_path, {"train.py": text}))
    assert caught.value.side == "candidate"


# What is survived


def test_a_module_that_is_missing(tmp_path: Path) -> None:
    found = script(tmp_path, {"train.py": "from own import gone\nprint(gone.run())\n", "own/__init__.py": ""})
    assert any("own.gone" in problem.reason for problem in found.problems)


def test_a_module_that_does_not_parse(tmp_path: Path) -> None:
    found = script(
        tmp_path, {"train.py": "import torch, own\ntorch.manual_seed(1)\nown.run()\n", "own.py": "def (\n"}
    )
    assert "torch.manual_seed" in called(found)
    assert any(problem.span.file == "own.py" for problem in found.problems)


def test_modules_that_import_one_another(tmp_path: Path) -> None:
    files = {
        "train.py": "import a\na.run()\n",
        "a.py": "import b\ndef run():\n    b.go()\n",
        "b.py": "import a, torch\ndef go():\n    torch.manual_seed(2)\n",
    }
    assert "torch.manual_seed" in called(script(tmp_path, files))


def test_functions_that_call_themselves(tmp_path: Path) -> None:
    text = (
        "import torch\ndef f(n):\n    torch.manual_seed(n)\n    return f(n - 1)\nf(3)\ng = lambda: g()\ng()\n"
    )
    assert "torch.manual_seed" in called(script(tmp_path, {"train.py": text}))


def test_star_imports_and_attributes_by_computed_names(tmp_path: Path) -> None:
    files = {
        "train.py": "from own import *\nimport torch\nrun()\ngetattr(torch, 'manual' + '_seed')(1)\n"
        "setattr(torch, input(), 2)\n",
        "own.py": "import torch\ndef run():\n    torch.save(1, 'x')\n",
    }
    assert "torch.save" in called(script(tmp_path, files))


def test_a_file_to_execute_that_only_the_run_knows(tmp_path: Path) -> None:
    found = script(tmp_path, {"train.py": GLOBALS.format("input()"), "configurator.py": CONFIGURATOR})
    assert found.options == ()
    assert any("exec" in problem.reason and problem.span.line == 7 for problem in found.problems)


@pytest.mark.parametrize(
    "call",
    [
        "exec(open('settings.py').read())",
        "exec(compile(open('settings.py').read(), 'settings.py', 'exec'))",
        "from pathlib import Path\nexec(Path('settings.py').read_text())",
        "with open('settings.py') as file:\n    exec(file.read())",
    ],
)
def test_a_file_of_settings_that_is_executed(tmp_path: Path, call: str) -> None:
    text = f"import torch\nlr = 0.1\nsteps = 3\n{call}\ntorch.optim.SGD([], lr=lr)\nprint(steps)\n"
    found = script(tmp_path, {"work/train.py": text, "work/settings.py": "lr = 0.2\n"}, "work/train.py")
    made = next(event for event in calls(found) if getattr(event.callee, "name", "") == "torch.optim.SGD")
    assert made.keyword("lr") == Constant(0.2)
    assert not any("exec" in problem.reason for problem in found.problems)


def test_a_file_that_executes_itself(tmp_path: Path) -> None:
    text = "import torch\ntorch.manual_seed(1)\nexec(open('train.py').read())\n"
    assert "torch.manual_seed" in called(script(tmp_path, {"train.py": text}))


# Revisions


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ("git", *identity, *arguments), cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, files: dict[str, str]) -> str:
        write(self.root, files)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a state")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    root = tmp_path / "repository"
    root.mkdir()
    found = Repository(root)
    found.commit(
        {
            "src/train.py": "import own\nown.seed()\n",
            "src/own.py": "import torch\ndef seed():\n    torch.manual_seed(1)\n",
        }
    )
    found.commit(
        {"src/own.py": "import torch\ndef seed():\n    torch.manual_seed(22)\n", "src/late.py": "print(1)\n"}
    )
    return found


@pytest.fixture
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    own = tmp_path / "temporary"
    own.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(own))
    yield
    assert list(own.iterdir()) == []


@pytest.mark.usefixtures("nothing_left")
def test_a_revision_is_read_with_the_modules_that_it_had(repository: Repository) -> None:
    files = Files(repository.root)
    with at_revision(files, "HEAD~1", (Path("src/train.py"),)) as paths:
        (found,) = read_side("reference", paths, Builder(files, Settings())).scripts
        seed = next(
            event
            for event in found.behaviour.events
            if getattr(getattr(event, "callee", None), "name", "") == "torch.manual_seed"
        )
        assert isinstance(seed, Call)
        assert getattr(seed.positional[0], "value", None) == 1
        assert found.facts.module.display == "src/train.py@HEAD~1"
        assert seed.span.file == "src/own.py@HEAD~1"
        shown = files.shown("src/own.py@HEAD~1")
        assert shown is not None
        assert "manual_seed(1)" in shown.text
        then = paths[0]
        assert then.is_file()
    assert not then.exists()


@pytest.mark.usefixtures("nothing_left")
def test_the_folder_goes_when_something_fails(repository: Repository) -> None:
    files = Files(repository.root)
    with pytest.raises(KeyError), at_revision(files, "HEAD", (Path("src/train.py"),)):
        raise KeyError


def test_a_revision_seen_from_a_folder_below(repository: Repository) -> None:
    files = Files(repository.root / "src")
    with at_revision(files, "main", (Path("train.py"),)) as paths:
        assert files.display(paths[0]) == "train.py@main"


def test_a_package_beside_the_script_is_that_of_the_revision(repository: Repository) -> None:
    files = {"scripts/train.py": "from own.seeds import seed\nseed()\n", "src/own/__init__.py": ""}
    text = "import torch\ndef seed():\n    torch.manual_seed({})\n"
    repository.commit({**files, "src/own/seeds.py": text.format(1)})
    repository.commit({"src/own/seeds.py": text.format(2)})
    files_read = Files(repository.root)
    with at_revision(files_read, "HEAD~1", (Path("scripts/train.py"),)) as paths:
        (found,) = read_side("reference", paths, Builder(files_read, Settings())).scripts
    made = next(event for event in calls(found) if getattr(event.callee, "name", "") == "torch.manual_seed")
    assert made.positional == (Constant(1),)
    assert made.span.file == "src/own/seeds.py@HEAD~1"


def test_a_repository_reached_by_a_link(repository: Repository, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(repository.root, target_is_directory=True)
    files = Files(link)
    with at_revision(files, "HEAD", (Path("src/train.py"),)) as paths:
        assert files.display(paths[0]) == "src/train.py@HEAD"


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize(
    ("revision", "path", "reason"),
    [
        ("HEAD~9", "src/train.py", "`HEAD~9` is no revision"),
        ("nowhere", "src/train.py", "`nowhere` is no revision"),
        ("--all", "src/train.py", "`--all` is no revision"),
        ("", "src/train.py", "`` is no revision"),
        ("HEAD~1", "src/late.py", r"`src/late.py` is not there at `HEAD~1`"),
        ("HEAD", "src/gone.py", r"`src/gone.py` is not there at `HEAD`"),
        ("HEAD", "src", r"`src` is not there at `HEAD`|no file"),
    ],
)
def test_revisions_that_are_not_there(repository: Repository, revision: str, path: str, reason: str) -> None:
    with (
        pytest.raises(SideError, match=reason) as caught,
        at_revision(Files(repository.root), revision, (Path(path),)),
    ):
        pass
    assert caught.value.remedy


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.fspath(tmp_path.parent))
    write(tmp_path, {"train.py": ""})
    with (
        pytest.raises(SideError, match="no git repository"),
        at_revision(Files(tmp_path), "HEAD", (Path("train.py"),)),
    ):
        pass


def test_no_git(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with (
        pytest.raises(SideError, match="git is not installed"),
        at_revision(Files(repository.root), "HEAD", (Path("src/train.py"),)),
    ):
        pass
