"""Runs on a GPU are watched as those on a CPU; where there is none, the summary of the tests says so."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import torch

from tests.parity.programs import edited
from tests.parity.runs import Bench, first
from trainlint.facts.parity import Phase, Verdict

_ON_GPU = [
    ("model = Network()", "model = Network().cuda()"),
    ("features[chosen]", "features[chosen].cuda()"),
    ("targets[chosen]", "targets[chosen].cuda()"),
    ("features[80:]", "features[80:].cuda()"),
    ("targets[80:]", "targets[80:].cuda()"),
]


class NotRunOnGpu(UserWarning):
    """Runs on a GPU were not compared."""


def test_runs_on_a_gpu_repeat_themselves_and_show_a_bug(tmp_path: Path) -> None:
    if not torch.cuda.is_available():
        warnings.warn(NotRunOnGpu("no runs on a GPU were compared: no CUDA device is here"), stacklevel=1)
        return
    reference = edited(_ON_GPU)
    bench = Bench(tmp_path, sys.executable)
    assert bench.compared(reference, reference.replace("chosen", "picked")).verdict is Verdict.EQUAL
    outcome = bench.compared(reference, reference.replace("torch.tanh(", "torch.relu("), exact=True)
    assert first(outcome).phase is Phase.FORWARD
