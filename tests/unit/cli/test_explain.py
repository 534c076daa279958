"""`trainlint explain`: the composed config and the story of each value."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run


@pytest.fixture
def jobs(project: Path) -> Path:
    (project / "config" / "arch").mkdir()
    (project / "config" / "cfg.yaml").write_text(
        "defaults:\n  - arch: small\n  - _self_\n\nlr: 0.1\nwidth: ${arch.size}\narch:\n  depth: 3\n"
    )
    (project / "config" / "arch" / "small.yaml").write_text("size: 8\ndepth: 2\nname: 'yes'\n")
    (project / "jobs.txt").write_text("# first\n[ ] python train.py \\\n    arch.size=16\n")
    return project / "jobs.txt"


def test_the_whole_config_with_the_place_of_each_value(jobs: Path, run: Run) -> None:
    printed = run("explain", "jobs.txt:2")
    assert printed.code == 0
    rows = [line.split("#") for line in printed.out.splitlines()]
    assert [[part.strip() for part in row] for row in rows] == [
        ["arch:"],
        ["size: 16", "jobs.txt:3"],
        ["depth: 3", "config/cfg.yaml:8"],
        ['name: "yes"', "config/arch/small.yaml:3"],
        ["lr: 0.1", "config/cfg.yaml:5"],
        ["width: ${arch.size} → 16", "config/cfg.yaml:6"],
    ]


def test_one_key_s_story_names_what_it_overrode(jobs: Path, run: Run) -> None:
    out = run("explain", "jobs.txt:3", "arch.size").out
    assert out.splitlines()[0] == "arch.size = 16"
    assert "jobs.txt:3" in out
    assert "overrides      8  at config/arch/small.yaml:1" in out


def test_one_key_s_story_names_the_defaults_entry_that_brought_the_file_in(jobs: Path, run: Run) -> None:
    out = run("explain", "jobs.txt:2", "arch.name").out
    assert "config/cfg.yaml:2 (arch: small)" in out


def test_a_key_that_is_a_mapping_gives_all_below_it(jobs: Path, run: Run) -> None:
    out = run("explain", "jobs.txt:2", "arch").out
    assert [line for line in out.splitlines() if " = " in line] == [
        "arch.size = 16",
        "arch.depth = 3",
        'arch.name = "yes"',
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("jobs.txt",), "is not JOBFILE:LINE"),
        (("absent.txt:1",), "no such file"),
        (("jobs.txt:1",), "no job on line 1, which is a comment; jobs stand on lines 2"),
        (("jobs.txt:2", "arch.sizes"), "nearest is `arch.size`"),
    ],
)
def test_what_cannot_be_explained_is_a_usage_error(
    jobs: Path, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    printed = run("explain", *arguments)
    assert printed.code == 2
    assert words in printed.err
