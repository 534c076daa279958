"""Batches of one split, in an order that only the seed decides."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

import torch
from torch import Tensor

from trainer.distributed import Ranks

#: What one micro-step computes on: tensors by their names, the first dimension is the batch.
Batch = dict[str, Tensor]


class BatchSource(Protocol):
    """Data that can give any batch of its endless stream."""

    def batch(self, index: int, size: int) -> Batch:
        """Batch number `index`, on the CPU; a function of the source, its seed and the two numbers alone."""


class BatchManager:
    """Hands out the batches of one rank and knows where in the stream the run stands.

    Batch number `i` of the stream is a function of the seed and `i` alone, and rank `r` of `w` takes
    `r, r + w, r + 2w, ...`. So a resumed run sees what the uninterrupted one would have seen, and
    `w` ranks together see in one step what one process sees in `w` times as many micro-steps.
    """

    def __init__(
        self, source: BatchSource, *, size: int, ranks: Ranks, device: torch.device, prefetch: int = 0
    ) -> None:
        self.source = source
        self.size = size
        self.ranks = ranks
        self.device = device
        self.prefetch = prefetch
        self._position = 0
        self._ahead: deque[Future[Batch]] = deque()
        self._worker = ThreadPoolExecutor(1, "batches") if prefetch else None

    def get_next_batch(self) -> Batch:
        """The batch of this rank's next micro-step, on the device."""
        if self._worker is None:
            batch = self.source.batch(self._position + self.ranks.rank, self.size)
        else:
            self._fill(self._worker)
            batch = self._ahead.popleft().result()
        self._position += self.ranks.world_size
        pinned = self.device.type == "cuda"
        return {
            name: (tensor.pin_memory() if pinned else tensor).to(self.device, non_blocking=pinned)
            for name, tensor in batch.items()
        }

    def resize(self, size: int) -> None:
        """Go on with batches of another size."""
        self.size = size
        self._ahead.clear()

    def _fill(self, worker: ThreadPoolExecutor) -> None:
        while len(self._ahead) <= self.prefetch:
            index = self._position + len(self._ahead) * self.ranks.world_size + self.ranks.rank
            self._ahead.append(worker.submit(self.source.batch, index, self.size))

    def state_dict(self) -> dict[str, Any]:
        """The number of the next batch of the stream; how large batches are, the configuration says."""
        return {"position": self._position}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on at the batch that a checkpoint names."""
        self._ahead.clear()
        self._position = state["position"]

    def close(self) -> None:
        """End the thread that prepares batches."""
        if self._worker is not None:
            self._worker.shutdown(cancel_futures=True)
