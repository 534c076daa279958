"""A tilde is a home folder, or Hydra's sign of deletion that bash leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.facts.value import Known, Unknown
from trainlint.parse.joblist import read_jobs
from trainlint.source import Files


def last_word(line: str, folder: Path) -> str | None:
    (folder / "jobs.txt").write_text(f"{line}\n")
    files = Files(folder)
    source = files.read(folder / "jobs.txt")
    text = read_jobs(source, folder, files).jobs[0].command.words[-1].text
    assert isinstance(text, Known | Unknown)
    return text.value if isinstance(text, Known) else None


@pytest.mark.parametrize("word", ["~evaluators", "~arch.loss", "~logger=csv", "~db@pkg", "x=~y", "~~"])
def test_no_user_is_called_like_a_key(word: str, tmp_path: Path) -> None:
    assert last_word(f"python train.py {word}", tmp_path) == word


@pytest.mark.parametrize("word", ["~", "~/x", "~root", "~user/x", "x=~", "x=~/y", "~+", "~-", "~1"])
def test_a_home_folder_is_unknown(word: str, tmp_path: Path) -> None:
    assert last_word(f"python train.py {word}", tmp_path) is None
