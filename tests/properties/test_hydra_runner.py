"""The runner in this process gives what a real `@hydra.main` script gives on a real command line."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from tests.properties.case import Accepted, Case, Outcome, Refused, on_disk
from tests.properties.hydra_runner import run_hydra

SCRIPT = """
import pickle, sys
import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf

@hydra.main(version_base={version_base!r}, config_path={config_path!r}, config_name="config")
def main(cfg):
    choices = OmegaConf.to_container(HydraConfig.get().runtime.choices)
    with open(sys.path[0] + "/points.pickle", "ab") as out:
        pickle.dump((OmegaConf.to_container(cfg, resolve=False), choices), out)

if __name__ == "__main__":
    main()
"""
TREE = {
    "conf/config.yaml": "defaults:\n  - g: x\n  - _self_\na: 1\nb: ${a}\n",
    "conf/g/x.yaml": "k: v\n",
    "conf/g/y.yaml": "k: w\n",
    "conf/other.yaml": "c: 3\n",
    "extra/g/z.yaml": "# @package _global_\nk: top\n",
    "extra/more.yaml": "defaults:\n  - g: z\n",
}
LAUNCHES = {
    "plain run": Case(TREE),
    "override, choice and addition": Case(TREE, ("a=2", "g=y", "+n.m=[1,{k: '2'}]", "~b")),
    "sweep with -m": Case(TREE, ("a=1,2", "g=glob(*)", "+n='1,2'"), multirun=True),
    "sweep by hydra.mode": Case(TREE, ("a=1,2", "hydra.mode=MULTIRUN")),
    "hydra.mode=RUN against -m": Case(TREE, ("a=1,2", "hydra.mode=RUN"), multirun=True),
    "sweep by hydra.sweeper.params": Case(TREE, ("+hydra.sweeper.params.a='1,2'",), multirun=True),
    "a key given twice in a sweep": Case(TREE, ("a=1,2", "a=3"), multirun=True),
    "comma without -m": Case(TREE, ("a=1,2",)),
    "choice() without -m": Case(TREE, ("a=choice(1,2)",)),
    "sweep over hydra": Case(TREE, ("hydra.job.name=a,b",), multirun=True),
    "one bad point of a sweep": Case(TREE, ("g=x,nope",), multirun=True),
    "config name with .yaml": Case(TREE, config_name="other.yaml"),
    "unknown config name": Case(TREE, config_name="nope"),
    "config of --config-dir": Case(TREE, config_name="more", config_dir="extra"),
    "missing --config-dir": Case(TREE, config_dir="nope"),
    "search path override": Case(TREE, ("hydra.searchpath=[file://extra]", "g=z")),
    "unknown key": Case(TREE, ("nope=1",)),
    "bad grammar": Case(TREE, ("a=[1",)),
    "hydra's own keys": Case(TREE, ("hydra.job.name=n", "hydra/job_logging=disabled", "+hydra.foo=1")),
    "unknown hydra key": Case(TREE, ("hydra.nope=1",)),
    "old version base": Case(
        {**TREE, "conf/g/x.yaml": "# @package _group_._name_\nk: v\n"}, version_base="1.1"
    ),
}


@pytest.mark.parametrize("name", LAUNCHES)
def test_runner_equals_command_line(name: str) -> None:
    case = LAUNCHES[name]
    with on_disk(case) as root:
        expected, printed = _command_line(case, root)
        outcome = run_hydra(case, root)
    if isinstance(outcome, Refused):
        assert expected is None
        assert _first_line(outcome) in printed
    else:
        assert expected == [(point.config, dict(point.choices)) for point in outcome.points], printed


def test_both_outcomes_occur() -> None:
    outcomes: list[Outcome] = []
    for case in LAUNCHES.values():
        with on_disk(case) as root:
            outcomes.append(run_hydra(case, root))
    assert 8 <= sum(isinstance(outcome, Accepted) for outcome in outcomes) <= len(outcomes) - 6


def _first_line(refused: Refused) -> str:
    return refused.message.split(": ", 1)[1].split("\n")[0].strip()


def _command_line(case: Case, root: Path) -> tuple[list[tuple[object, object]] | None, str]:
    """The configs that the script's function received, None when the command failed, and what it printed."""
    values = {"version_base": case.version_base, "config_path": case.config_path}
    (root / "app.py").write_text(SCRIPT.format(**values), encoding="utf-8")
    command = [sys.executable, "app.py", *(["-m"] if case.multirun else [])]
    command += ["-cn", case.config_name] if case.config_name is not None else []
    command += ["--config-dir", case.config_dir] if case.config_dir is not None else []
    environment = {**os.environ, **case.environment}
    done = subprocess.run(
        [*command, *case.overrides], cwd=root, env=environment, capture_output=True, text=True, timeout=60
    )
    if done.returncode != 0:
        return None, done.stdout + done.stderr
    points = []
    with (root / "points.pickle").open("rb") as source:
        while source.peek():
            points.append(pickle.load(source))
    return points, done.stdout + done.stderr
