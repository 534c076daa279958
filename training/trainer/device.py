"""Where a run computes and with which numbers."""

from __future__ import annotations

import importlib.util
import os
import shutil
from contextlib import AbstractContextManager, nullcontext

import torch

from trainer.configuration.schema import DeviceConfig, Precision
from trainer.errors import TrainerError

_AUTOCAST = {Precision.bf16: torch.bfloat16, Precision.fp16: torch.float16}


def select_device(name: str = "auto") -> torch.device:
    """The device of this name; `auto` takes CUDA, then MPS, then the CPU.

    Raises TrainerError when the device is not there.
    """
    name = _best() if name == "auto" else name
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise TrainerError(f"device.name is {name!r}: {error}") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise TrainerError(f"device.name is {name!r}, but no CUDA device is here: use auto or cpu")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise TrainerError(f"device.name is {name!r}, but no MPS device is here: use auto or cpu")
    if name == "cuda":
        # Each rank of torchrun has a GPU of its own.
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return device


def _best() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def set_numbers(config: DeviceConfig) -> list[str]:
    """Set TF32 and determinism for the process; what was switched, in words."""
    said = [f"TF32 {'on' if config.tf32 else 'off'}"]
    torch.backends.cuda.matmul.allow_tf32 = config.tf32
    torch.backends.cudnn.allow_tf32 = config.tf32
    if config.deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.backends.cudnn.benchmark = False
        said.append(
            "deterministic: torch refuses operations without a deterministic algorithm, cuBLAS has a fixed "
            f"workspace ({os.environ['CUBLAS_WORKSPACE_CONFIG']}), cuDNN tries no algorithms out"
        )
    torch.use_deterministic_algorithms(config.deterministic)
    return said


def parameter_dtype(precision: Precision) -> torch.dtype:
    """The dtype of parameters and optimizer state."""
    return torch.float64 if precision is Precision.fp64 else torch.float32


def widest(device: torch.device) -> torch.dtype:
    """The widest numbers that a device has, for sums: fp64, but on MPS."""
    return torch.float32 if device.type == "mps" else torch.float64


def autocast(precision: Precision, device: torch.device) -> AbstractContextManager[None]:
    """The context of a forward pass."""
    if precision not in _AUTOCAST:
        return nullcontext()
    context: AbstractContextManager[None] = torch.autocast(device.type, dtype=_AUTOCAST[precision])
    return context


def grad_scaler(precision: Precision, device: torch.device, loss_scale: float) -> torch.amp.GradScaler:
    """Scales losses of fp16, whose gradients would vanish; does nothing for the others."""
    return torch.amp.GradScaler(device.type, init_scale=loss_scale, enabled=precision is Precision.fp16)


def refuse_impossible(config: DeviceConfig, device: torch.device, world_size: int) -> None:
    """Raise TrainerError for what a device cannot do, before anything is built."""
    if device.type == "mps" and config.precision is Precision.fp64:
        raise TrainerError("device.precision is fp64, which MPS does not have: use fp32, or device.name cpu")
    if device.type == "mps" and world_size > 1:
        raise TrainerError("several ranks cannot share MPS: use one process, or device.name cpu")
    if config.compile:
        _require_compiler(device)


def _require_compiler(device: torch.device) -> None:
    """What torch.compile turns a model into must be compiled itself: C++ on the CPU, Triton on CUDA."""
    named = os.environ.get("CXX")
    if device.type == "cpu" and not any(map(shutil.which, [named] if named else ["g++", "clang++"])):
        raise TrainerError(
            f"device.compile needs a C++ compiler, and {named or 'neither g++ nor clang++'} is on the PATH"
            f"{' (CXX)' if named else ''}: install one, or leave device.compile false"
        )
    if device.type == "cuda" and importlib.util.find_spec("triton") is None:
        raise TrainerError(
            "device.compile needs Triton on CUDA: install triton, or leave device.compile false"
        )
