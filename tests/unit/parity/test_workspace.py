"""A copy of a working directory that a run may write into."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.parity import workspace
from trainlint.parity.workspace import WorkspaceError, copied


def test_small_files_are_copied_and_large_ones_linked(tmp_path: Path) -> None:
    source, target = tmp_path / "project", tmp_path / "copy"
    (source / "data").mkdir(parents=True)
    (source / "train.py").write_text("print()")
    (source / "data" / "large.bin").write_bytes(bytes(5 << 20))
    copied(source, target)
    assert not (target / "train.py").is_symlink()
    assert (target / "data" / "large.bin").resolve() == (source / "data" / "large.bin").resolve()


def test_what_no_run_reads_is_left_out(tmp_path: Path) -> None:
    source = tmp_path / "project"
    for name in (".git", "__pycache__", "src"):
        (source / name).mkdir(parents=True)
        (source / name / "file").write_text("text")
    copied(source, tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["src"]


def test_links_lead_where_they_led(tmp_path: Path) -> None:
    source, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    source.mkdir()
    elsewhere.mkdir()
    (elsewhere / "corpus.txt").write_text("text")
    (source / "data").symlink_to("../elsewhere")
    (source / "loop").symlink_to(".")
    copied(source, tmp_path / "deeper" / "copy")
    assert (tmp_path / "deeper" / "copy" / "data" / "corpus.txt").read_text() == "text"


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace, "_FILES", 3)
    source = tmp_path / "project"
    source.mkdir()
    for number in range(5):
        (source / str(number)).write_text("")
    with pytest.raises(WorkspaceError, match="--in-place"):
        copied(source, tmp_path / "copy")
