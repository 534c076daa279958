"""Scripts of another revision, read with the modules that they had then."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.diff.programs import calls, write
from trainlint.chain.build import Builder
from trainlint.diff.revisions import at_revision
from trainlint.diff.sides import SideError, read_side
from trainlint.facts.behaviour import Call
from trainlint.facts.settings import Settings
from trainlint.facts.symbols import Constant
from trainlint.source import Files


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
