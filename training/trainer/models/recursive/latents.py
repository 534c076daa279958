"""The two states of a recursive reasoner."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Latents:
    """(batch, places, width) each."""

    #: The present answer.
    high: Tensor
    #: The reasoning beside it.
    low: Tensor
