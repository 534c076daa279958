"""The memory of the process, of its GPU and of the machine, in lines for a person."""

from __future__ import annotations

import psutil
import torch

_GIB = 1 << 30


def memory_before(device: torch.device) -> list[str]:
    """What is there, and what is taken before the first step."""
    lines = [_resident()]
    if device.type != "cuda":
        return [*lines, f"GPU: none is used, the run is on {device.type}"]
    properties = torch.cuda.get_device_properties(device)
    torch.cuda.reset_peak_memory_stats(device)
    reserved = torch.cuda.memory_reserved(device) / _GIB
    return [
        *lines,
        f"GPU = {properties.name}. Max memory = {properties.total_memory / _GIB:.3f} GiB.",
        f"{reserved:.3f} GiB of memory reserved.",
    ]


def memory_after(device: torch.device) -> list[str]:
    """What is taken after the last step, and the most that a GPU had to reserve."""
    lines = [_resident()]
    if device.type != "cuda":
        return lines
    total = torch.cuda.get_device_properties(device).total_memory
    peak = torch.cuda.max_memory_reserved(device)
    return [*lines, f"Peak reserved memory = {peak / _GIB:.3f} GiB ({100 * peak / total:.1f} % of the GPU)."]


def _resident() -> str:
    """The resident set now: the peak is not known on every system."""
    resident, total = psutil.Process().memory_info().rss, psutil.virtual_memory().total
    return f"CPU: {resident / _GIB:.3f} GiB resident of {total / _GIB:.3f} GiB."
