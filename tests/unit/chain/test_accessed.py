"""What we call a certain stop is where the real script stops, and what we only warn of it survives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainlint.cli.main import cli

SCRIPT = """
from dataclasses import dataclass

import hydra
import pydantic
from hydra.utils import instantiate
from omegaconf import OmegaConf


class Inner(pydantic.BaseModel):
    depth: int = 1


class Open(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    depth: int = 1


class Full(pydantic.BaseModel):
    depth: int


class Model(pydantic.BaseModel):
    name: str = "a"
    steps: int = 1
    inner: Inner = Inner()
    open: Open = Open()
    full: Full | None = None
    sizes: list[int] = []


@dataclass
class Plain:
    name: str = "a"
    inner: object = None


@hydra.main(config_path=".", config_name="c", version_base=None)
def main(cfg):
    {body}


if __name__ == "__main__":
    main()
"""
MISSING = "name: ???\n"
BROKEN = "name: ${nowhere}\n"
DEEP_MISSING = "inner:\n  depth: ???\n  other: ???\n"
DEEP_BROKEN = "inner:\n  depth: ${nowhere}\n"
OTHER_BROKEN = "inner:\n  other: ${nowhere}\n"
BUILT = "model:\n  _target_: builtins.dict\n  width: ???\n"

CASES = [
    ("print(cfg.name)", MISSING, True),
    ("print(cfg.name)", BROKEN, True),
    ("print('hello')", MISSING, False),
    ("print('hello')", BROKEN, False),
    ("print(OmegaConf.to_container(cfg, resolve=True))", MISSING, False),
    ("print(OmegaConf.to_container(cfg, resolve=True))", BROKEN, True),
    ("OmegaConf.to_container(cfg, resolve=True, throw_on_missing=True)", MISSING, True),
    ("OmegaConf.resolve(cfg)", MISSING, False),
    ("OmegaConf.resolve(cfg)", DEEP_BROKEN, True),
    ("Model(**cfg)", MISSING, True),
    ("Model(**cfg)", DEEP_MISSING, False),
    ("Model(**cfg)", "open:\n  other: ???\n", True),
    ("Model(**cfg)", "full:\n  depth: ???\n", True),
    ("Model(**cfg)", "sizes:\n  - ???\n", True),
    ("Model(**cfg)", DEEP_BROKEN, True),
    ("Model(**cfg)", OTHER_BROKEN, False),
    ("Model(**OmegaConf.to_container(cfg))", MISSING, False),
    ("Model(**OmegaConf.to_container(cfg))", "steps: ???\n", True),
    ("Plain(**cfg)", MISSING, True),
    ("Plain(**cfg)", "inner:\n  depth: ???\n", False),
    ("instantiate(cfg.model)", BUILT, True),
    ("instantiate(cfg.model, width=3)", BUILT, False),
    ("instantiate(cfg.model)", BUILT + "  _partial_: true\n", False),
    ("instantiate(cfg.model)", BUILT.replace("???", "${nowhere}"), True),
    ("instantiate(cfg.model)", BUILT.replace("width: ???", "part:\n    width: ???"), True),
    ("print(cfg.get('name'))", MISSING, False),
]


@pytest.mark.parametrize(("body", "config", "stops"), CASES)
def test_a_finding_is_an_error_exactly_where_the_script_stops(
    body: str, config: str, stops: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train.py").write_text(SCRIPT.replace("{body}", body))
    (tmp_path / "c.yaml").write_text(config)
    run = subprocess.run(
        [sys.executable, "train.py", "hydra.run.dir=."], cwd=tmp_path, capture_output=True, check=False
    )
    monkeypatch.chdir(tmp_path)
    options = ["check", "--select", "TL308,TL309", "--output-format", "json"]
    checked = CliRunner().invoke(cli, [*options, "--", "python", "train.py"])
    found = json.loads(checked.stdout)["diagnostics"]
    assert (run.returncode != 0) is stops, run.stderr
    assert found or "width=3" in body  # a value that the code itself fills is no finding at all
    assert any(diagnostic["severity"] == "error" for diagnostic in found) is stops
