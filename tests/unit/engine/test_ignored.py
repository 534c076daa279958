"""What a search leaves out is what the real git ignores."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.effort import effort
from trainlint.engine.ignored import Ignored
from trainlint.source import Files

if TYPE_CHECKING:
    import pytest

PATHS = (
    "a.sh",
    "b.sh",
    "run/a.sh",
    "run/deep/a.sh",
    "run/deep/c.txt",
    "out/a.sh",
    "out/keep/a.sh",
    "a b/x.sh",
    "[x]/y.sh",
    "#c.sh",
)
PATTERNS = st.sampled_from(
    (
        *("a.sh", "/a.sh", "*.sh", "**/a.sh", "run", "run/", "/run/", "run/*", "run/**", "!a.sh"),
        *("!run/deep/", "!*.sh", "out", "out/", "out/*", "!out/keep", "!out/keep/", "deep/", "deep", "/deep"),
        *("keep/a.sh", "run/**/a.sh", "[ab].sh", "\\#c.sh", "#c.sh", "a\\ b/", "a b", "\\[x\\]", "[x]"),
        *("?", "!", "/", "//", "*", "**/", "**/deep/**", "c.*", ".*", "a.sh ", "run/deep/a.sh"),
    )
)
LISTS = st.dictionaries(
    st.sampled_from([".gitignore", "run/.gitignore", "out/.gitignore", "run/deep/.gitignore"]),
    st.lists(PATTERNS, max_size=4),
    max_size=3,
)


def git_ignores(root: Path) -> set[str]:
    found = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z"],
        input="\0".join(PATHS),
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )
    assert found.returncode in (0, 1), found.stderr
    return {path for path in found.stdout.split("\0") if path}


@effort(150)
@given(lists=LISTS)
def test_git_agrees(tmp_path_factory: pytest.TempPathFactory, lists: dict[str, list[str]]) -> None:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name in PATHS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    for name, patterns in lists.items():
        (root / name).write_text("\n".join(patterns) + "\n")
    ignored = Ignored(Files(root))
    assert {name for name in PATHS if root / name in ignored} == git_ignores(root)


def test_without_a_repository_nothing_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")
    assert tmp_path / "a.sh" not in Ignored(Files(tmp_path))


def test_the_repositorys_own_list_counts(tmp_path: Path) -> None:
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("scratch/\n")
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "a.sh").write_text("")
    assert tmp_path / "scratch" / "a.sh" in Ignored(Files(tmp_path))
