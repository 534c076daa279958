"""What a finding tells of how a value came in, where several launches choose the same options."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from trainlint.cli.main import cli

SCRIPT = """import hydra


@hydra.main(config_path="conf", config_name="config", version_base="1.3")
def main(config):
    assert config.model.size % config.steps == 0
    print(config.model.size)


if __name__ == "__main__":
    main()
"""
CONFIG = "defaults:\n  - model: even\n  - _self_\nsteps: 1\n"
PASSES = "[ ] python train.py model=odd"


def stories(root: Path, jobs: str, divisor: str = "config.steps") -> list[list[tuple[str, int, str]]]:
    """The places on command lines that each finding tells."""
    (root / "conf/model").mkdir(parents=True)
    (root / "train.py").write_text(SCRIPT.replace("config.steps", divisor))
    (root / "conf/config.yaml").write_text(CONFIG)
    (root / "conf/model/even.yaml").write_text("size: 2\n")
    (root / "conf/model/odd.yaml").write_text("size: 3\n")
    (root / "jobs.txt").write_text(jobs)
    printed = CliRunner().invoke(cli, ["check", str(root), "--output-format", "json"]).output
    return [
        [
            (Path(note["file"]).name, note["line"], note["message"])
            for note in found["chain"]
            if "=" in note["message"]
        ]
        for found in json.loads(printed)["diagnostics"]
    ]


def test_a_story_names_the_words_of_its_own_launch(tmp_path: Path) -> None:
    told = stories(tmp_path, f"{PASSES}\n[ ] python train.py steps=2 model=odd\n")
    assert len(told) == 1
    assert ("jobs.txt", 2, "model=odd") in told[0]
    assert not [note for note in told[0] if note[:2] == ("jobs.txt", 1)]


def test_one_finding_of_several_launches_is_told_once(tmp_path: Path) -> None:
    told = stories(tmp_path, f"{PASSES}\n{PASSES} steps=3\n", divisor="2")
    chosen = [[note for note in story if note[2] == "model=odd"] for story in told]
    assert chosen == [[("jobs.txt", 1, "model=odd")]]
