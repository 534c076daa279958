"""The hook in the real pre-commit, in a real repository, installed from a clone of this one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: All that a build needs; nothing that a checkout collects beside it.
SHIPPED = (
    ".pre-commit-hooks.yaml",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "rules",
    "training",
    "trainlint",
)

SCRIPT = """\
import hydra


@hydra.main(version_base=None, config_path="config", config_name="cfg")
def main(config):
    print(config.optim.lr)


if __name__ == "__main__":
    main()
"""


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main")
    command = ("git", *identity, *arguments)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def commit(folder: Path, message: str) -> subprocess.CompletedProcess[str]:
    assert git(folder, "add", "--all").returncode == 0
    return git(folder, "commit", "--message", message)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout as a repository that pre-commit can clone."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    assert git(folder, "init").returncode == 0
    assert commit(folder, "hooks").returncode == 0
    return folder


@pytest.fixture
def project(tmp_path: Path, hooks: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project whose commits go through the hook."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "project"
    (folder / "config" / "optim").mkdir(parents=True)
    (folder / "jobs.txt").write_text("[ ] python train.py optim=adam optim.lr=0.1\n")
    (folder / "train.py").write_text(SCRIPT)
    (folder / "config" / "cfg.yaml").write_text("defaults:\n  - optim: adam\n  - _self_\n")
    (folder / "config" / "optim" / "adam.yaml").write_text("lr: 0.01\n")
    revision = git(hooks, "rev-parse", "HEAD").stdout.strip()
    configuration = f"repos:\n- repo: {hooks}\n  rev: {revision}\n  hooks:\n  - id: trainlint\n"
    (folder / ".pre-commit-config.yaml").write_text(configuration)
    assert git(folder, "init").returncode == 0
    install = (sys.executable, "-m", "pre_commit", "install", "--install-hooks")
    installed = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return folder


def test_a_commit_goes_through_only_while_every_launch_holds(project: Path) -> None:
    first = commit(project, "a project that holds")
    assert first.returncode == 0, first.stdout + first.stderr

    renamed = project / "config" / "optim" / "adam.yaml"
    renamed.write_text("learning_rate: 0.01\n")
    broken = commit(project, "a renamed key breaks the job of another file")
    assert broken.returncode == 1
    assert "jobs.txt:1:32 TL303 unknown-override-key (error)" in broken.stdout + broken.stderr

    renamed.write_text("lr: 0.02\n")
    assert commit(project, "mended").returncode == 0

    renamed.unlink()
    deleted = commit(project, "a config that a job needs is deleted")
    assert deleted.returncode == 1
    assert "jobs.txt:1" in deleted.stdout + deleted.stderr
