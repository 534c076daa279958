"""Parameters in, AdamW over groups with and without weight decay out."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from trainer.configuration.schema import OptimConfig


def build_optimizer(config: OptimConfig, model: nn.Module) -> torch.optim.AdamW:
    """AdamW over what requires a gradient; matrices decay, biases, norms and other vectors do not.

    One pass over each tensor does the whole update where PyTorch has that.
    """
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trained if p.dim() >= 2], "weight_decay": config.weight_decay},
        {"params": [p for p in trained if p.dim() < 2], "weight_decay": 0.0},
    ]
    fused = all(parameter.device.type in ("cuda", "cpu") for parameter in trained)
    return torch.optim.AdamW(
        [group for group in groups if group["params"]],
        lr=config.learning_rate,
        betas=(config.betas[0], config.betas[1]),
        eps=config.eps,
        fused=fused,
    )


#: What a configuration decides about a group, whatever a checkpoint had.
_CONFIGURED = ("weight_decay", "betas", "eps")


def load_optimizer(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Go on with the moments of a checkpoint, under the numbers that are configured now."""
    configured = [{name: group[name] for name in _CONFIGURED} for group in optimizer.param_groups]
    optimizer.load_state_dict(state)
    for group, values in zip(optimizer.param_groups, configured, strict=True):
        group.update(values)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give all groups one learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate
