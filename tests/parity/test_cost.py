"""What a trace of a model of ten million parameters takes."""

from __future__ import annotations

from pathlib import Path

from tests.bench.parity import PROGRAM
from trainlint.parity.launch import Limits
from trainlint.parity.probe.plan import Plan
from trainlint.parity.sides import Side
from trainlint.parity.trial import tried


def test_a_step_of_a_trace_is_small(tmp_path: Path, python: str) -> None:
    script = tmp_path / "project" / "train.py"
    script.parent.mkdir()
    script.write_text(PROGRAM)
    side = Side("reference", script, ("2",), script.parent, (("OMP_NUM_THREADS", "1"),), python)
    trial = tried("reference", side, Plan(steps=2), Limits(240, 8 << 30), tmp_path / "run", in_place=True)
    assert trial.updates == 2
    assert int(trial.ended.output.split()[-3]) > 9_000_000
    assert sum(path.stat().st_size for path in trial.folder.iterdir()) <= 2 * 1_000_000
