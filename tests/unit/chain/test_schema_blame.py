"""A schema problem is told once, where a person would mend it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from trainlint.cli.main import cli

SCRIPT = """
import hydra
from pydantic import BaseModel, PositiveInt


class Config(BaseModel):
    lr: float
    steps: PositiveInt
    names: list[str] = []


@hydra.main(config_path=".", config_name="config", version_base=None)
def main(cfg):
    config = Config(**cfg)


if __name__ == "__main__":
    main()
"""


def findings(folder: Path, config: str, job: str) -> list[str]:
    (folder / "train.py").write_text(SCRIPT)
    (folder / "config.yaml").write_text(config)
    (folder / "jobs.txt").write_text(f"python train.py {job}\n")
    result = CliRunner().invoke(cli, ["check", "--output-format", "concise", str(folder / "jobs.txt")])
    return [line.rpartition(f"{folder.name}/")[2] for line in result.stdout.splitlines()]


def test_a_deleted_field_is_missing_where_it_is_deleted(tmp_path: Path) -> None:
    (line,) = findings(tmp_path, "lr: 1.0\nsteps: 1\n", "~lr")
    assert line.startswith("jobs.txt:1:17 TL312 `lr`")


def test_a_field_that_nothing_sets_is_missing_in_the_primary_config(tmp_path: Path) -> None:
    (line,) = findings(tmp_path, "steps: 1\n", "")
    assert line.startswith("config.yaml:1:1 TL312 `lr`")


def test_a_refused_override_is_not_held_against_the_schema_too(tmp_path: Path) -> None:
    (line,) = findings(tmp_path, "lr: 1.0\nsteps: 1\nnames: []\n", "names=a,b")
    assert line.startswith("jobs.txt:1:23 TL307")


def test_constrained_types_are_types(tmp_path: Path) -> None:
    (line,) = findings(tmp_path, "lr: 1.0\nsteps: all\n", "")
    assert line.startswith("config.yaml:2:8 TL310 `steps` is 'all'")
