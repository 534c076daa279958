"""Lines as people print them: what they say of the training is read, what moves by itself is not."""

from __future__ import annotations

import math

import pytest

from trainlint.parity.figures import figures, label

LINES = [
    ("step 5: train loss 4.2153, val loss 4.2012", {"step": 5.0, "train loss": 4.2153, "val loss": 4.2012}),
    ("iter 10: loss 3.1234, time 12.34ms, mfu 3.20%", {"iter": 10.0, "loss": 3.1234}),
    ("loss=2.34 | lr=1e-3 | norm: 0.50 | dt: 23ms | tok/sec: 12,345.6",
     {"loss": 2.34, "lr": 1e-3, "norm": 0.5}),
    ("{'loss': 2.3, 'grad_norm': 1.25, 'learning_rate': 5e-05, 'epoch': 0.1}",
     {"loss": 2.3, "grad norm": 1.25, "learning rate": 5e-5, "epoch": 0.1}),
    ("Epoch [1/10], Step [100/600], Loss: 2.3012", {"epoch": 1.0, "step": 100.0, "loss": 2.3012}),
    ("Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.305400", {"train epoch": 1.0, "loss": 2.3054}),
    ("Test set: Average loss: 0.0512, Accuracy: 9800/10000 (98%)",
     {"test set average loss": 0.0512, "accuracy": 9800.0, "accuracy, number 2": 0.98}),
    ("Epoch: [3][ 10/500]\tTime  0.123 ( 0.200)\tLoss 6.90e+00 (6.95e+00)",
     {"epoch": 3.0, "loss": 6.9, "loss, number 2": 6.95}),
    ("2026-01-02 10:11:12,123 - INFO - loss 2.5", {"loss": 2.5}),
    ("number of parameters: 10.65M", {"number of parameters": 10.65e6}),
    ("loss tensor(2.5000, grad_fn=<NllLossBackward0>)", {"loss tensor": 2.5}),
    ("loss: nan, norm: inf", {"loss": math.nan, "norm": math.inf}),
    ("saved out/run-5/ckpt_100.pt, best 1.25", {"best": 1.25}),
    ("wrote /tmp/tmp12ab/log 12 and 0x7f12ab", {"wrote": 12.0}),
    ("took 3.2 s at 15.1 it/s, 2.5 GB, ETA 0:00:12", {}),
    ("1.5 2.5 3.5", {}),
    ("tokens per second 1200.5", {}),
    ("max iters 5000", {"max iters": 5000.0}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "wanted"), LINES, ids=[line[:20] for line, _ in LINES])
def test_the_numbers_of_a_line(line: str, wanted: dict[str, float]) -> None:
    found = {entry.label: entry.value for entry in figures(line)}
    assert list(found) == list(wanted)
    assert [found[name] for name in wanted] == pytest.approx(list(wanted.values()), nan_ok=True)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("loss 2.3456", 1e-4), ("loss 7", 0.0), ("loss 1.25e-3", 1e-5), ("acc 98%", 0.01), ("lr 3e-4", 1e-4)],
)
def test_the_last_digit_of_a_number(text: str, unit: float) -> None:
    (found,) = figures(text)
    assert math.isclose(found.unit, unit)


def test_names_that_are_logged() -> None:
    assert label("train/loss") == label("train_loss") == "train loss"
    assert [label(name) for name in ("perf/mfu", "batch", "time/step", "tok/s", "steps_per_second")] == [
        ""
    ] * 5


def test_where_a_run_stands_may_be_counted_from_elsewhere() -> None:
    line = "step 5: epoch 0.5, loss 3, at rank 1"
    assert [entry.label for entry in figures(line) if entry.is_place] == ["step"]
