"""What a process computes on and with in, words that tell it from another machine out."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

_CPU = Path("/proc/cpuinfo")


def surroundings(parameters: Iterable[Tensor]) -> dict[str, object]:
    """All that rounding and random numbers depend on beside the program."""
    devices = sorted({tensor.device.type for tensor in parameters})
    numpy = sys.modules.get("numpy")
    return {
        "device": ", ".join(_device(kind) for kind in devices),
        "dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        "machine": platform.machine(),
        "processor": _processor(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda or "",
        "precision": torch.get_float32_matmul_precision(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "numpy": "" if numpy is None else numpy.__version__,
        "python": platform.python_version(),
    }


def _device(kind: str) -> str:
    """A kind of device, with its name where there are several of the kind."""
    return f"{kind} ({torch.cuda.get_device_name()})" if kind == "cuda" else kind


def _processor() -> str:
    """The model of the processor; instruction sets, and with them kernels, differ between models."""
    try:
        lines = _CPU.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
