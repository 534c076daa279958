"""A module that is called in, the modes that it and torch are in out."""

from __future__ import annotations

import torch


def autocast(module: torch.nn.Module) -> str:
    """The type that operations on the module's device are cast to, empty where they are not."""
    device = next((entry.device.type for entry in module.parameters()), "cpu")
    if device == "cpu":
        return str(torch.get_autocast_cpu_dtype()) if torch.is_autocast_cpu_enabled() else ""
    return str(torch.get_autocast_gpu_dtype()) if torch.is_autocast_enabled() else ""


def exceptions(module: torch.nn.Module) -> list[str]:
    """The kinds of the modules in it that are in another mode than it is."""
    return sorted({type(part).__name__ for part in module.modules() if part.training is not module.training})
