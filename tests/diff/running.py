"""Runs of the programs of a case, and the losses that they print.

In: a case, the folder of one of its sides. Out: what the run printed, and the numbers in it that are losses.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.diff.cases import Case
from tests.fixtures.pipelines import Job, run_job

LOSS = re.compile(r"\bloss'?:? '?(-?\d+\.\d+)")


def run_side(case: Case, side: Path, programs: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Set one side up and run it; what both commands print."""
    return run(case, side, case.run[side.name], programs)


def run(case: Case, side: Path, command: str, programs: Path | None) -> subprocess.CompletedProcess[str]:
    """Set one side up and run a command in it; what both print."""
    job = Job(side / "case.yaml", 1, f"{case.setup} && {command}", case.about)
    return run_job(job, side, programs, HF_HOME=str(side / "cache"), HF_HUB_OFFLINE="1")


def losses(output: str) -> list[str]:
    """The losses in what a program printed, as it printed them."""
    return LOSS.findall(output)
