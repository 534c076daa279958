"""Precision, compilation, determinism: which numbers a run computes with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from trainer.configuration.schema import DeviceConfig, Precision
from trainer.device import grad_scaler, select_device, set_numbers
from trainer.errors import TrainerError

from tests.training.processes import ended, start
from tests.training.runs import SMALL, SMALL_GPT, metrics, train_here, weights

SAME = (*SMALL, *SMALL_GPT, "steps=8", "checkpoint.interval=4", "log_interval=1", "ema_rate=0.9")


@pytest.fixture
def exact(text: Path, tmp_path: Path) -> dict[int, float]:
    """The losses of a run in fp64."""
    train_here(
        "cfg_gpt", *SAME, f"data.path={text}", f"output_dir={tmp_path / 'exact'}", "device.precision=fp64"
    )
    return metrics(tmp_path / "exact")["loss"]


@pytest.mark.parametrize(("precision", "within"), [("fp32", 1e-5), ("bf16", 5e-2), ("fp16", 5e-3)])
def test_losses_are_those_of_fp64_within_the_precision(
    precision: str, within: float, exact: dict[int, float], text: Path, tmp_path: Path
) -> None:
    same = (*SAME, f"data.path={text}", f"output_dir={tmp_path}", f"device.precision={precision}")
    # A scale that overflows nothing, so that all make the same steps.
    train_here("cfg_gpt", *same, "device.loss_scale=1024")
    losses = metrics(tmp_path)["loss"]
    assert losses.keys() == exact.keys()
    assert all(abs(losses[step] - exact[step]) < within for step in exact)
    # Parameters and their averages stay wide.
    assert all(value.dtype == torch.float32 for value in weights(tmp_path, 8).values())


def test_a_step_that_overflows_in_fp16_counts_and_leaves_weights_and_average(
    text: Path, tmp_path: Path
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    same = (*SAME, f"data.path={text}", "device.precision=fp16", "device.loss_scale=1e9")
    same = (*same, "checkpoint.interval=1", "checkpoint.keep_last=99")
    train_here("cfg_gpt", *same, f"output_dir={whole}", "steps=24")
    log = (whole / "train.log").read_text()
    assert "step 1 left the weights as they are: gradients overflowed at scale 1e+09" in log
    left = [step for step in range(1, 25) if f"step {step} left the weights" in log]
    assert left[0] == 1
    assert len(left) < 24, "no scale was ever small enough"
    states = {
        step: torch.load(whole / f"checkpoints/step_{step:08d}/state.pt", weights_only=True)
        for step in (1, left[-1] + 1)
    }
    # Nothing was averaged in while nothing was learned.
    assert all(torch.equal(value, weights(whole, 1)[name]) for name, value in states[1]["average"].items())
    assert states[left[-1] + 1]["optimizer"]["state"][0]["step"] == 1
    # The scale is part of the checkpoint.
    shutil.copytree(whole, cut)
    for folder in (cut / "checkpoints").glob("step_*"):
        if folder.name > "step_00000006":
            shutil.rmtree(folder)
    train_here("cfg_gpt", *same, f"output_dir={cut}", "steps=24")
    # As text: the norm of gradients that overflowed is no number, and no such number equals another.
    assert (cut / "metrics.csv").read_text() == (whole / "metrics.csv").read_text()


def test_a_compiled_model_has_the_names_and_losses_of_the_plain_one(text: Path, tmp_path: Path) -> None:
    same = (*SMALL, f"data.path={text}", "steps=3", "log_interval=1")
    train_here("cfg_bigram", *same, f"output_dir={tmp_path / 'plain'}")
    # One thread compiles: a pool of processes is not worth its start.
    environ = {"TORCHINDUCTOR_COMPILE_THREADS": "1", "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "cache")}
    fast = ("device.compile=true", f"output_dir={tmp_path / 'fast'}")
    process = start(tmp_path / "said.txt", environ, "--config-name", "cfg_bigram", *same, *fast)
    assert ended([process], 400) == [0], (tmp_path / "said.txt").read_text()
    assert weights(tmp_path / "plain", 3).keys() == weights(tmp_path / "fast", 3).keys()
    expected, found = metrics(tmp_path / "plain")["loss"], metrics(tmp_path / "fast")["loss"]
    assert all(abs(expected[step] - found[step]) < 1e-4 for step in expected)


def test_a_compiler_that_is_not_there_is_named(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TrainerError, match=r"device.compile needs a C\+\+ compiler"):
        train_here("cfg_gpt", *SAME, f"data.path={text}", f"output_dir={tmp_path}", "device.compile=true")


def test_what_is_switched_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    try:
        said = "\n".join(set_numbers(DeviceConfig(deterministic=True, tf32=True)))
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        set_numbers(DeviceConfig())
    assert not torch.are_deterministic_algorithms_enabled()
    assert "TF32 on" in said
    assert "workspace (:16:8)" in said


def test_devices_that_are_not_there_are_refused_by_name() -> None:
    with pytest.raises(TrainerError, match=r"device.name is 'nothing'"):
        select_device("nothing")
    for name, there in (("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available())):
        if not there:
            with pytest.raises(TrainerError, match=f"device.name is '{name}', but no {name.upper()} device"):
                select_device(name)
    assert select_device("cpu") == torch.device("cpu")


def test_only_fp16_is_scaled() -> None:
    scaled = {
        precision for precision in Precision if grad_scaler(precision, torch.device("cpu"), 2.0).is_enabled()
    }
    assert scaled == {Precision.fp16}
