"""Calls of torch's loss functions in; the targets and arguments that enter them out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .digests import written
from .patches import passing
from .progress import Progress
from .sites import site
from .stream import Stream

_NAMES = (
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding_loss",
    "cross_entropy",
    "ctc_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "margin_ranking_loss",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
)
#: What the target is called.
_TARGETS = ("target", "targets")
#: Arguments that have long been replaced by another.
_OLD = ("size_average", "reduce")


class Criteria:
    """The loss functions of torch, by name."""

    def __init__(self, stream: Stream, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress
        for name in _NAMES:
            plain = getattr(torch.nn.functional, name)
            passing(torch.nn.functional, name, self._watching(name, inspect.signature(plain)))

    def _watching(self, name: str, signature: inspect.Signature) -> Callable[..., None]:
        def seen(*args: Any, **more: Any) -> None:
            if not self._progress.begun:
                return
            try:
                given = signature.bind(*args, **more)
            except TypeError:
                # The function will say so.
                return
            given.apply_defaults()
            self._called(name, given.arguments)

        return seen

    def _called(self, name: str, given: dict[str, Any]) -> None:
        target = next((given[key] for key in _TARGETS if isinstance(given.get(key), Tensor)), None)
        if target is None:
            return
        plain = {key: value for key, value in given.items() if not isinstance(value, Tensor)}
        self._stream.event(
            "criterion",
            step=self._progress.step,
            name=name,
            arguments={key: value for key, value in plain.items() if key not in _OLD},
            length=target.numel(),
            dtype=str(target.dtype),
            tensors=written([target], self._stream),
            at=site(),
        )
