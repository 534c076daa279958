"""What the language task asks of every model."""

from __future__ import annotations

from typing import Any

from torch import nn


class LanguageModel(nn.Module):
    """Gives logits (batch, time, vocabulary) for tokens (batch, time)."""

    #: The longest context in tokens; None where there is no limit.
    block_size: int | None = None

    def blueprint(self) -> dict[str, Any]:
        """What a checkpoint keeps beside the configuration, so that the same shape can be built again."""
        return {}
