"""The command line of `trainlint diff`: what is compared, what is refused with which remedy, exit codes."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import trainlint
from trainlint.cli.main import cli
from trainlint.engine.api import DiffError

TRAIN = """\
import torch

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = model(torch.ones(4, 2)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
UNUSED = TRAIN.replace("lr=0.1)", "lr=0.1)  # trainlint: intended[TL303] not so")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(TRAIN)
    (tmp_path / "new.py").write_text(TRAIN)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["diff", *words])


def test_two_programs_that_do_the_same(project: Path) -> None:
    result = run("train.py", "new.py")
    assert (result.exit_code, result.stdout) == (0, "train.py → new.py: no difference was found\n")


def test_several_references(project: Path) -> None:
    (project / "resume.py").write_text(TRAIN)
    result = run("--reference", "train.py", "--reference", "resume.py", "new.py", "--output-format", "json")
    loaded = json.loads(result.stdout)
    assert (loaded["reference"], loaded["candidate"]) == (["train.py", "resume.py"], "new.py")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name the reference and the candidate"),
        (("train.py",), "name the reference and the candidate"),
        (("train.py", "new.py", "third.py"), "each stands behind a --reference of its own"),
        (("--reference", "train.py"), "one candidate is named, not none"),
        (("--reference", "train.py", "new.py", "third.py"), "one candidate is named, not 2: new.py third.py"),
        (("train.py", "new.py", "--unsafe-fixes"), "give it with --fix"),
        (("train.py", "new.py", "--fix", "--diff"), "give one of them"),
        (("train.py", "new.py", "--select", "TL303"), "`TL303` means no rule of this command"),
        (("train.py", "new.py", "--select", "TL999"), "no rule has the code or name `TL999`"),
        (("train.py", "gone.py"), "`gone.py` is not there; name a file that is there as the candidate"),
        (("train.py", "."), "name the training script in it"),
        (("--rev", "HEAD", "train.py"), "there is no git repository"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_a_remedy(
    project: Path, words: tuple[str, ...], said: str
) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_check_refuses_rules_of_a_comparison(project: Path) -> None:
    result = CliRunner().invoke(cli, ["check", ".", "--select", "TL642"])
    assert result.exit_code == 2
    assert "`TL642` means no rule of this command" in result.stderr


@pytest.mark.parametrize("text", ["", "x = 3\n", "def main():\n    print(1)\n"])
def test_what_is_no_training_script_is_nothing_to_compare(project: Path, text: str) -> None:
    (project / "new.py").write_text(text)
    result = run("train.py", "new.py")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: new.py:1: nothing to compare: ")


def test_what_was_not_followed_is_told_where_nothing_is_seen_to_train(project: Path) -> None:
    (project / "own").mkdir()
    (project / "own" / "__init__.py").write_text("")
    (project / "new.py").write_text("import torch\nfrom own.loop import train\ntrain(torch)\n")
    result = run("train.py", "new.py")
    assert result.exit_code == 2
    assert "`new.py` trains nothing that can be seen" in result.stderr
    assert "  not followed: `own.loop` is not there (new.py:2)" in result.stderr


def test_a_script_that_does_not_parse(project: Path) -> None:
    (project / "new.py").write_text("def (:\n")
    result = run("train.py", "new.py")
    assert result.exit_code == 2
    assert "`new.py` cannot be parsed" in result.stderr


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0), (None, 0)]
)
def test_the_exit_code_counts_from_the_severity_that_is_asked_for(
    project: Path, fail_on: str | None, code: int
) -> None:
    (project / "new.py").write_text(UNUSED)
    assert run("train.py", "new.py", *(("--fail-on", fail_on) if fail_on else ())).exit_code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('select = ["TL3"]', 1),
        ('select = ["TL3", "TL642"]', 1),
        ('ignore = ["TL642"]', 0),
        ('[per-file."*.py"]\nignore = ["TL6"]', 0),
        ('[per-file."*.py"]\nselect = ["TL2"]', 1),
        ('[severity]\nunused-intended = "info"', 0),
    ],
)
def test_settings_hold_for_a_comparison_as_far_as_they_speak_of_it(
    project: Path, text: str, code: int
) -> None:
    (project / "new.py").write_text(UNUSED)
    (project / "trainlint.toml").write_text(f'fail-on = "warning"\n{text}\n')
    result = run("train.py", "new.py")
    assert (result.exit_code, result.stderr) == (code, "")


def test_another_settings_file_may_be_named(project: Path) -> None:
    (project / "new.py").write_text(UNUSED)
    (project / "other.toml").write_text('fail-on = "warning"\noutput-format = "concise"\n')
    result = run("train.py", "new.py", "--config", "other.toml")
    assert result.exit_code == 1
    assert result.stdout.startswith("new.py:4:")


def test_a_selection_that_is_for_comparisons_leaves_a_check_its_rules(project: Path) -> None:
    (project / "trainlint.toml").write_text('select = ["TL642"]\n')
    (project / "jobs.txt").write_text("[ ] python gone.py\n")
    assert CliRunner().invoke(cli, ["check", "jobs.txt"]).exit_code == 1


def test_a_check_does_not_mind_what_is_said_of_differences(project: Path) -> None:
    (project / "new.py").write_text(UNUSED + "x = 1  # trainlint: ignore[TL642] no\n")
    (project / "jobs.txt").write_text("[ ] python new.py\n")
    result = CliRunner().invoke(
        cli, ["check", "jobs.txt", "--select", "TL005,TL006", "--output-format", "concise"]
    )
    assert result.exit_code == 0
    assert "TL0" not in result.stdout


def test_a_revision(project: Path) -> None:
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], cwd=project, check=True)
    result = run("--rev", "HEAD", "train.py", "--output-format", "json")
    loaded = json.loads(result.stdout)
    assert (result.exit_code, loaded["reference"], loaded["candidate"]) == (0, ["train.py@HEAD"], "train.py")
    assert run("--rev", "HEAD", "train.py", "new.py").exit_code == 0
    assert "is no revision" in run("--rev", "v9", "train.py").stderr


@pytest.mark.parametrize("output_format", ["text", "concise", "json", "github", "sarif", "markdown"])
def test_every_format_is_printed(project: Path, output_format: str) -> None:
    (project / "new.py").write_text(UNUSED)
    result = run("train.py", "new.py", "--output-format", output_format)
    assert "TL642" in result.stdout


def test_nothing_to_mend_leaves_all_as_it_is(project: Path) -> None:
    assert run("train.py", "new.py", "--diff").output == ""
    assert run("train.py", "new.py", "--fix").exit_code == 0
    assert (project / "new.py").read_text() == TRAIN


def test_a_rules_page_is_printed(project: Path) -> None:
    result = CliRunner().invoke(cli, ["rule", "unused-intended"])
    assert result.stdout.startswith("# TL642 unused-intended\n")
    assert "TL642 unused-intended (warning)" in CliRunner().invoke(cli, ["rule", "--all"]).stdout


def test_from_python(project: Path) -> None:
    (project / "new.py").write_text(UNUSED)
    result = trainlint.diff("train.py", Path("new.py"))
    assert [(found.code, found.span.line) for found in result.findings] == [("TL642", 4)]
    assert (result.intended, result.not_checked) == ((), ())
    assert result.report("concise").startswith("new.py:4:")
    assert trainlint.diff(["train.py", "new.py"], "new.py", ignore=["TL642"]).findings == ()
    assert trainlint.diff("train.py", "new.py", root=project).findings == result.findings


@pytest.mark.parametrize(
    ("reference", "options", "said"),
    [
        ("gone.py", {}, "`gone.py` is not there"),
        ([], {}, "name at least one script"),
        ("train.py", {"select": ["TL303"]}, "TL303"),
        ("train.py", {"revision": "HEAD"}, "no git repository"),
    ],
)
def test_from_python_what_cannot_be_compared_is_an_error(
    project: Path, reference: str | list[str], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(DiffError, match=re.escape(said)):
        trainlint.diff(reference, "new.py", **options)


def test_the_function_stays_one_when_the_part_of_its_name_is_imported() -> None:
    importlib.import_module("trainlint.diff.sides")
    assert callable(trainlint.diff)


def test_what_is_mechanical_is_mended_in_the_candidate_alone(project: Path) -> None:
    (project / "new.py").write_text(UNUSED)
    (project / "train.py").write_text(UNUSED)
    result = run("train.py", "new.py", "--fix")
    assert result.exit_code == 0
    assert (project / "new.py").read_text() == TRAIN
    assert (project / "train.py").read_text() == UNUSED
    assert result.stdout.splitlines()[-1] == "train.py → new.py: 1 warning; 1 fixed"


def test_what_would_be_mended_is_shown_and_left(project: Path) -> None:
    (project / "new.py").write_text(UNUSED)
    result = run("train.py", "new.py", "--diff")
    assert result.exit_code == 1
    assert "-optimizer = torch.optim.SGD(model.parameters(), lr=0.1)  # trainlint: intended" in result.stdout
    assert "+optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n" in result.stdout
    assert (project / "new.py").read_text() == UNUSED


def test_a_module_that_both_sides_use_is_not_changed(project: Path) -> None:
    shared = "# trainlint: intended[TL303] no\nrate = 0.1\n"
    (project / "shared.py").write_text(shared)
    for name in ("train.py", "new.py"):
        (project / name).write_text(f"from shared import rate\n{TRAIN.replace('0.1', 'rate')}")
    result = run("train.py", "new.py", "--fix", "--output-format", "concise")
    assert result.stdout.startswith("shared.py:1:1 TL642")
    assert (project / "shared.py").read_text() == shared


def test_a_candidate_that_cannot_be_written_is_told(project: Path) -> None:
    (project / "new.py").write_text(UNUSED)
    (project / f".new.py.{os.getpid()}.new").mkdir()
    result = run("train.py", "new.py", "--fix")
    assert result.exit_code == 2
    assert "error: new.py: it was not mended: is a directory" in result.stderr
    assert (project / "new.py").read_text() == UNUSED
