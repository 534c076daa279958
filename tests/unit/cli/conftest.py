"""A small project and a way to run the command in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainlint.cli.main import cli

TRAIN = """\
import hydra


@hydra.main(config_path="config", config_name="cfg", version_base=None)
def main(cfg):
    print(cfg.lr, cfg.get("epochs"), cfg.get("model", {}).get("size"))


if __name__ == "__main__":
    main()
"""


@dataclass(frozen=True)
class Printed:
    """What one run of the command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Printed]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a script and its config, which is also the working directory."""
    (tmp_path / "config").mkdir()
    (tmp_path / "train.py").write_text(TRAIN)
    (tmp_path / "config" / "cfg.yaml").write_text("lr: 0.1\nepochs: 3\nmodel:\n  size: 8\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run() -> Run:
    """Runs `trainlint` with some arguments and perhaps a text on standard input."""

    def invoke(*arguments: str, stdin: str | bytes | None = None) -> Printed:
        result = CliRunner().invoke(cli, list(arguments), input=stdin, catch_exceptions=False)
        return Printed(result.exit_code, result.stdout, result.stderr)

    return invoke
