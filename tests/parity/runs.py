"""Texts of programs in, what their runs beside each other come to out; no run is made twice."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.parity.trials import Trials
from trainlint.facts.parity import Divergence, ParityOutcome, Phase
from trainlint.parity.bounds import Bounds
from trainlint.parity.probe.plan import Plan
from trainlint.parity.proof import proved
from trainlint.parity.sides import Side
from trainlint.parity.trial import Run, Trial

ROOT = Path(__file__).resolve().parents[2]
_ONE_THREAD = (("OMP_NUM_THREADS", "1"),)


@dataclass
class Bench:
    """Runs programs, each in each way once, by an interpreter that has torch already."""

    folder: Path
    python: str

    def compared(
        self,
        reference: str,
        candidate: str,
        *,
        exact: bool = False,
        processes: int = 1,
        steps: int = 3,
    ) -> ParityOutcome:
        """What the command says of two programs."""
        return proved(self.sides(reference, candidate, processes), steps, Bounds(exact), compiled=False)

    def sides(self, reference: str, candidate: str, processes: int = 1) -> Run:
        """What runs one or the other."""

        def run(name: str, is_candidate: bool, plan: Plan) -> Trial:
            return self._run(name, candidate if is_candidate else reference, plan, processes)

        return run

    def _run(self, name: str, text: str, plan: Plan, processes: int) -> Trial:
        project = self.folder / "programs" / sha256(text.encode()).hexdigest()[:20]
        project.mkdir(parents=True, exist_ok=True)
        (project / "train.py").write_text(text)
        side = Side(name, project / "train.py", (), project, _ONE_THREAD, sys.executable, processes)
        return Trials(self.folder / "trials", self.python).run(name, side, plan)


def first(outcome: ParityOutcome) -> Divergence:
    """Where two programs first part out."""
    assert outcome.divergences, outcome
    return outcome.divergences[0]


def independent(outcome: ParityOutcome) -> set[Phase]:
    """The phases that differ by themselves."""
    return {entry.phase for entry in outcome.divergences if entry.independent}


def parity(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    environment = {**os.environ, **dict(_ONE_THREAD), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "trainlint", "parity", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
