"""What `read` takes from a here-string, and when it is left to the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.parse.shell.script.reader import read_shell
from trainlint.source import Files, SourceFile

CASES = {
    "an array": ("IFS=',' read -ra A <<< '0,1,2'", '${#A[@]} "${A[@]}"', "3 0 1 2"),
    "names": ("read -r A B <<< ' a  b '", "$A $B", "a b"),
    "fewer fields": ("read A B C <<< 'a b'", '$A $B "$C"', "a b ''"),
    "more fields": ("read -r A B <<< 'a b c'", "$A $B", "a $B"),
    "another separator": ("IFS=: read -r A B <<< a:b", "$A $B", "a b"),
    "an unknown line": ('read -r A <<< "$U"', "$A", "$A"),
    "an escape": ("read A <<< 'a\\b'", "$A", "$A"),
    "an option that is not followed": ("read -n 1 A <<< abc", "$A", "$A"),
}


@pytest.mark.parametrize(("line", "words", "expected"), CASES.values(), ids=CASES.keys())
def test_read(line: str, words: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").touch()
    (tmp_path / "run.sh").write_text(f"{line}\npython train.py {words}\n")
    files = Files(tmp_path)
    source = files.read(tmp_path / "run.sh")
    assert isinstance(source, SourceFile)
    jobs = read_shell(source, tmp_path, files).jobs
    assert [job.text for job in jobs] == [f"python train.py {expected}"]
