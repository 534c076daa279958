"""What optimizers remember is read as what it is, whatever type the weights have."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trainlint.facts.parity import Digest
from trainlint.parity.distance import numbers
from trainlint.parity.links import own_forms
from trainlint.parity.observe import observations
from trainlint.parity.probe.optimizers import Optimizers
from trainlint.parity.probe.progress import Progress
from trainlint.parity.probe.stream import Stream
from trainlint.parity.trace import read_traces
from trainlint.parity.view import parameters


class Wide(torch.optim.Optimizer):
    """Keeps averages in fp32, one for each row, and counts in whole numbers."""

    def __init__(self, weights: list[torch.Tensor]) -> None:
        super().__init__(weights, {"lr": 0.5})

    def step(self, closure: object = None) -> None:  # type: ignore[override]  # closures are of no matter
        for weight in self.param_groups[0]["params"]:
            average = torch.full(weight.shape, 0.1)
            self.state[weight] = {"average": average, "rows": average.sum(1), "count": torch.tensor(3)}


def test_averages_of_narrow_weights_are_wide(tmp_path: Path) -> None:
    weight = torch.ones(2, 3, dtype=torch.bfloat16, requires_grad=True)
    stream = Stream(str(tmp_path), 1 << 20)
    watched, optimizer = Optimizers(stream, Progress(2, stream), None), Wide([weight])
    watched.add(optimizer)
    number = stream.record((0, 0.0, 0.0, 0.0), b"")
    stream.event("init", parameters=[["w", [2, 3], "torch.bfloat16", True]], tensors=[number])
    optimizer.step()
    watched.after(optimizer)
    stream.flush()
    (trace,) = read_traces(tmp_path, tmp_path)
    seen = {entry.quantity: entry.value for entry in observations(trace, own_forms(parameters(trace)))}
    average, rows, count = seen["average of w"], seen["rows of w"], seen["count of w"]
    assert isinstance(average, Digest)
    assert isinstance(rows, Digest)
    assert isinstance(count, Digest)
    assert list(numbers(average)) == pytest.approx([0.1] * 6, rel=1e-6)
    assert (rows.shape, rows.dtype) == ((2,), "torch.float32")
    assert (count.shape, count.dtype) == ((), "torch.int64")
