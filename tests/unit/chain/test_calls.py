"""The calls that we say a script makes are those that it makes, in that order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.chain.calls import script_calls
from trainlint.engine.inputs import collect
from trainlint.facts.calls import CallsFacts, FromCommand
from trainlint.facts.settings import Settings
from trainlint.facts.value import Known
from trainlint.source import Files

#: A library whose calls leave a trace, and a project that calls it in many ways.
LIBRARY = """
def mark(name=None, **more):
    print(name)
    return mark


def each(function, items):
    return [function(item) for item in items]
"""
HELPERS = """
from lib import each, mark


class Base:
    def prepare(self):
        mark("base")


class Job(Base):
    def __init__(self, name):
        mark("init")
        self.name = name

    def run(self):
        self.prepare()
        mark("run")


def formatted(items):
    def one(item):
        return mark("one")

    return each(one, items)


def unused():
    mark("unused")
"""


def calls(folder: Path, script: str) -> CallsFacts:
    site = folder / "site"
    (site / "lib").mkdir(parents=True)
    (site / "lib" / "__init__.py").write_text(LIBRARY)
    project = folder / "project"
    project.mkdir(exist_ok=True)
    (project / "helpers.py").write_text(HELPERS)
    (project / "train.py").write_text(script)
    (project / "jobs.txt").write_text("[ ] python train.py\n")
    files, settings = Files(project), Settings()
    chain = Builder(files, settings).build(collect(["jobs.txt"], files, settings).texts[0].jobs[0])
    assert chain.script is not None
    return script_calls(chain.script)


def traced(folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "train.py"],
        cwd=folder / "project",
        env={"PYTHONPATH": str(folder / "site")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    "body",
    [
        'mark("a")\nmark("b")',
        'def late():\n    mark("late")\n\nmark("a")\nlate()',
        'if __name__ == "__main__":\n    mark("main")',
        "from helpers import formatted\nformatted([1])",
        'import helpers as h\nmark("a")\nh.Job("x").run()\nmark("b")',
        'from helpers import Job\n\ndef main(job):\n    mark("main")\n    job.run()\n\nmain(Job("x"))',
        'from lib import each\neach(lambda item: mark("lambda"), [1])\nmark("after")',
        'def outer():\n    def inner():\n        mark("inner")\n    mark("outer")\n    inner()\n\nouter()',
        'for _ in [1]:\n    mark("loop")\nwith open("train.py") as text:\n    mark("with")',
        'try:\n    mark("try")\nfinally:\n    mark("finally")',
        'import functools\n\ndef f(name):\n    mark("f")\n\nfunctools.partial(f, "x")()',
    ],
)
def test_the_order_is_that_of_the_run(tmp_path: Path, body: str) -> None:
    found = calls(tmp_path, f"from lib import mark\n\n{body}\n")
    named = [
        call.arguments[0].value.value
        for call in found.calls
        if call.name == "lib.mark" and isinstance(call.arguments[0].value, Known)
    ]
    assert named == traced(tmp_path)
    assert all(call.certain for call in found.calls)


def test_a_condition_is_no_certainty(tmp_path: Path) -> None:
    found = calls(
        tmp_path, "import sys\nfrom lib import mark\nif len(sys.argv) > 3:\n    mark('a')\nmark('b')\n"
    )
    assert [call.certain for call in found.calls if call.name == "lib.mark"] == [False, True]


def test_arguments_of_the_command_line(tmp_path: Path) -> None:
    script = """
import argparse
from lib import mark

def go(args, rate):
    mark(lr=args.lr, rate=rate, decay=0.1, steps=len("x"))

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
arguments = parser.parse_args()
go(arguments, arguments.lr)
"""
    (call,) = [call for call in calls(tmp_path, script).calls if call.name == "lib.mark"]
    kinds = {entry.name: (type(entry.value).__name__, entry.literal) for entry in call.arguments}
    assert kinds == {
        "lr": ("FromCommand", False),
        "rate": ("FromCommand", False),
        "decay": ("Known", True),
        "steps": ("Unknown", False),
    }
    assert [entry.value.name for entry in call.arguments if isinstance(entry.value, FromCommand)] == [
        "lr",
        "lr",
    ]


def test_what_dead_code_calls_is_not_mentioned(tmp_path: Path) -> None:
    script = "from lib import mark, each\nimport helpers\n\ndef dead():\n    each(1)\n\nmark('a')\n"
    found = calls(tmp_path, script)
    assert "mark" in found.mentioned
    assert "each" not in found.mentioned


def test_names_of_what_is_not_known(tmp_path: Path) -> None:
    script = (
        "import lib\n\ndef f(tokenizer):\n    tokenizer.apply(1)\n    lib.load('x').map(2)\n\nf(lib.get())\n"
    )
    assert [call.name for call in calls(tmp_path, script).calls] == [
        "lib.get",
        "train.f",
        "lib.get.apply",
        "lib.load",
        "lib.load.map",
    ]


def test_code_that_is_nested_by_the_thousand_is_not_followed_to_its_end(tmp_path: Path) -> None:
    deep = " + ".join(["x"] * 980)
    found = calls(tmp_path, f"from lib import mark\nx = 1\nmark('a')\ny = {deep}\nmark('b')\n")
    assert not found.complete
    assert "mark" in found.mentioned


def test_a_package_that_imports_from_itself(tmp_path: Path) -> None:
    script = "from own import Trainer\nfrom lib import mark\nmark('a')\nTrainer('b')\n"
    (tmp_path / "project" / "own").mkdir(parents=True)
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import trainer, Trainer\n"
    (tmp_path / "project" / "own" / "__init__.py").write_text(text)
    found = calls(tmp_path, script)
    assert found.complete
    assert [call.name for call in found.calls] == ["lib.mark", "own.Trainer"]
