"""`trainlint check --explain-pack`: each standing in the words of the guide, sweeps point by point."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run

PACK = """\
pack: ours
rules:
  - id: LAB001
    name: too-fast
    message: too fast
    applies: job.world_size == 1
    when: exists(config.lr)
    require: config.lr < 0.25
"""


@pytest.mark.parametrize(
    ("job", "standings"),
    [
        ("python train.py lr=0.2", ["holds"]),
        ("python train.py lr=0.3", ["fails"]),
        ("python train.py lr=$LR", ["not checked"]),
        ("torchrun --nproc-per-node 2 train.py", ["not for this launch"]),
        ("python train.py ~lr", ["nothing to say"]),
        ("python train.py -m lr=0.1,0.3", ["holds", "fails"]),
    ],
)
def test_standings(project: Path, run: Run, job: str, standings: list[str]) -> None:
    (project / "lab.yaml").write_text(PACK)
    (project / "trainlint.toml").write_text('packs = ["./lab.yaml"]\n')
    (project / "jobs.txt").write_text(f"[ ] {job}\n")
    printed = run("check", "--explain-pack", "jobs.txt")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out.startswith(
        "lab.yaml: ours\n\nLAB001 too-fast (error)\n   applies  job.world_size == 1\n"
    )
    rows = [row for row in printed.out.splitlines() if row.startswith("   jobs.txt:1")]
    assert [row[15:35].strip() for row in rows] == standings


def test_without_a_pack_there_is_nothing_to_explain(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text("[ ] python train.py\n")
    printed = run("check", "--explain-pack", "jobs.txt")
    assert printed.code == 2
    assert 'write packs = ["trm"]' in printed.err


def test_a_file_that_is_not_there_is_told(project: Path, run: Run) -> None:
    (project / "lab.yaml").write_text(PACK)
    (project / "trainlint.toml").write_text('packs = ["./lab.yaml"]\n')
    printed = run("check", "--explain-pack", "none.txt")
    assert printed.code == 2
    assert "none.txt: no such file or directory" in printed.err
