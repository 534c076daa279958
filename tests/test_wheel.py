"""The built wheel, installed into a fresh environment, does what the checkout does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.wheels import ROOT, installed_command, run

FIXTURE = ROOT / "fixtures" / "pipelines" / "etrm"


@pytest.fixture(scope="module")
def trainlint(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment that has only the wheel and what it depends on."""
    return installed_command(wheel, tmp_path_factory.mktemp("installed"))


def test_checks_a_job_list(trainlint: Path, tmp_path: Path) -> None:
    project = tmp_path / "etrm"
    shutil.copytree(FIXTURE, project)
    done = run(trainlint, "check", "--output-format", "concise", "jobs-demo.txt", cwd=project)
    assert done.returncode == 1, done.stderr
    assert [line.split(" ")[1] for line in done.stdout.splitlines()] == ["TL303"]


def test_carries_the_rule_pages(trainlint: Path, tmp_path: Path) -> None:
    page = run(trainlint, "rule", "TL303", cwd=tmp_path)
    assert page.returncode == 0, page.stderr
    assert page.stdout.startswith("# TL303 unknown-override-key\n")
    assert page.stdout.strip() == next(ROOT.glob("rules/*/TL303-*.md")).read_text("utf-8").strip()


def test_carries_the_packs_and_their_pages(trainlint: Path, tmp_path: Path) -> None:
    project = tmp_path / "etrm"
    shutil.copytree(FIXTURE, project)
    (project / "trainlint.toml").write_text('packs = ["trm", "nanogpt", "sft"]\n')
    done = run(
        trainlint, "check", "--select", "TRM", "--output-format", "concise", "jobs-demo.txt", cwd=project
    )
    assert {line.split(" ")[1] for line in done.stdout.splitlines()} == {"TRM006"}, done.stderr
    page = run(trainlint, "rule", "TRM006", cwd=tmp_path)
    assert page.stdout.startswith("# TRM006 encoder-layers-of-other-type\n"), page.stderr


def test_puts_nothing_beside_its_own_package(trainlint: Path) -> None:
    site = next((trainlint.parents[1] / "lib").glob("python3*")) / "site-packages"
    names = {path.name for path in site.iterdir()}
    assert "trainlint" in names
    assert not names & {"rules", "tests", "fixtures", "training", "docs"}
