"""How fast a run is: tokens a second, the share of the hardware's peak, the time that is left."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from trainer.models.language_model import LanguageModel

#: Peak of dense bf16 matrix products in FLOP/s, from the makers' data sheets.
PEAK_FLOPS = {
    "A100": 312e12,
    "H100": 989e12,
    "H200": 989e12,
    "B200": 2250e12,
    "L4": 121e12,
    "L40S": 362e12,
    "RTX 4090": 165e12,
    "V100": 125e12,
}


@dataclass(frozen=True, kw_only=True)
class Factors:
    """What one optimizer step takes in."""

    #: Micro-steps of one rank.
    micro_steps: int
    world_size: int
    batch_size: int
    #: Tokens or cells of one sample.
    tokens_per_sample: int

    @property
    def tokens_per_iteration(self) -> int:
        """Tokens of one optimizer step over all ranks."""
        return self.micro_steps * self.world_size * self.batch_size * self.tokens_per_sample

    def __str__(self) -> str:
        return (
            f"tokens per iteration will be: {self.tokens_per_iteration:,} ({self.micro_steps} micro-steps x "
            f"{self.world_size} ranks x batch {self.batch_size} x {self.tokens_per_sample} tokens)"
        )


def flops_per_token(model: nn.Module, tokens_per_sample: int) -> float | None:
    """Of forward and backward: 6 N + 12 L H Q T (PaLM, Chowdhery et al. 2022, appendix B).

    None for a model that it does not hold for: a table, or a reasoner that uses its weights again and again.
    """
    size = model.size() if isinstance(model, LanguageModel) else None
    if size is None:
        return None
    return 6.0 * size.parameters + 12.0 * size.layers * size.width * tokens_per_sample


def peak_flops(device: torch.device) -> float | None:
    """The peak of one device in bf16; None where it is not known, as on a CPU."""
    if device.type != "cuda":
        return None
    name = torch.cuda.get_device_name(device)
    return next((peak for known, peak in PEAK_FLOPS.items() if known in name), None)


def model_flops_utilisation(
    tokens_per_second: float, per_token: float | None, device: torch.device, world_size: int
) -> float | None:
    """The share of the hardware's peak that the model's own FLOPs take; None where either is not known."""
    peak = peak_flops(device)
    if peak is None or per_token is None:
        return None
    return tokens_per_second * per_token / (peak * world_size)
