"""Scripts that define absl flags, judged by absl itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.chain.arguments.oracle import ours
from trainlint.facts.arguments import InvalidArgument, MissingArgument, UnknownArgument

SCRIPT = """
from absl import app, flags

import options

FLAGS = flags.FLAGS
flags.DEFINE_string("workdir", None, "where to")
flags.DEFINE_integer("steps", 10, "how long", lower_bound=1, upper_bound=100)
flags.DEFINE_float("lr", 0.1, "how fast")
flags.DEFINE_bool("amp", False, "half precision")
flags.DEFINE_enum("model", "small", ["small", "large"], "which")
flags.DEFINE_multi_integer("layer", [1], "layers")
flags.mark_flag_as_required("workdir")


def main(argv):
    print(FLAGS.steps, argv)


if __name__ == "__main__":
    app.run(main)
"""
OPTIONS = """
from absl import flags

flags.DEFINE_list("tags", [], "tags", short_name="t")
"""
LINES = (
    "--workdir=a",
    "-workdir a --steps 5 --lr=1e-3 --amp --model large -t a,b",
    "--workdir a --noamp --layer 1 --layer=2 data.txt --steps=7",
    "--workdir a --nosteps",
    "--workdir a --amp=maybe",
    "--workdir a --amp=T --noamp=1",
    "--workdir a --steps=101",
    "--workdir a --steps=0x10",
    "--workdir a --steps 1.5",
    "--workdir a --step=3",
    "--workdir a --model medium",
    "--workdir a --lr fast",
    "--workdir a --foo --undefok=foo",
    "--workdir a -- --foo",
    "--workdir a --steps",
    "--workdir a - b",
    "--steps=3",
    "--help",
    "--workdir=a --v=1 --logtostderr",
)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("absl")
    (folder / "options.py").write_text(OPTIONS, "utf-8")
    (folder / "train.py").write_text(SCRIPT, "utf-8")
    return folder / "train.py"


@pytest.mark.parametrize("line", LINES)
def test_absl_agrees(script: Path, line: str) -> None:
    verdict = ours(script, line.split())
    done = subprocess.run(
        [sys.executable, script, *line.split()], capture_output=True, text=True, timeout=60, check=False
    )
    accepted = done.returncode == 0 or "--help" in line
    assert verdict.refused is not accepted, (verdict.problems, done.stderr)
    assert verdict.refused or verdict.verified, verdict.check.unverified


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("--workdir=a --step=3", UnknownArgument),
        ("--workdir=a --steps=x", InvalidArgument),
        ("--steps=3", MissingArgument),
    ],
)
def test_what_is_wrong_is_told_apart(script: Path, line: str, kind: type) -> None:
    (problem,) = ours(script, line.split()).problems
    assert isinstance(problem, kind)
    if isinstance(problem, UnknownArgument):
        assert problem.nearest == "--steps"


@pytest.mark.parametrize("line", ["--flagfile=flags.txt", "--workdir=a --other=1"])
def test_what_other_code_may_define_is_not_judged(script: Path, tmp_path: Path, line: str) -> None:
    foreign = "import tensorflow_datasets\n" + SCRIPT.replace("import options\n", "")
    (tmp_path / "train.py").write_text(foreign, "utf-8")
    verdict = ours(tmp_path / "train.py", line.split())
    assert not verdict.refused
    assert not verdict.verified
