"""Schedulers, scalers of gradients and loaders as a program uses them in; events of them out."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, dataloader

from .digests import tensors_in, written
from .progress import Progress
from .sites import site
from .stream import Stream


class Companions:
    """Puts watched methods into the classes of torch; subclasses that override them call these."""

    def __init__(self, stream: Stream, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress
        self._is_stepping = False
        for found in vars(lr_scheduler).values():
            if (
                isinstance(found, type)
                and issubclass(found, lr_scheduler.LRScheduler)
                and "step" in vars(found)
            ):
                self._schedule(found)
        self._scale(torch.amp.grad_scaler.GradScaler)
        self._load(DataLoader, dataloader._BaseDataLoaderIter)

    def _schedule(self, owner: Any) -> None:
        """Calls of a scheduler; those that it makes of others belong to it."""
        plain = owner.step

        @functools.wraps(plain)
        def step(scheduler: object, *args: Any, **more: Any) -> None:
            outer, self._is_stepping = self._is_stepping, True
            if not outer:
                self._stream.event(
                    "schedule", step=self._progress.step, name=type(scheduler).__name__, at=site()
                )
            try:
                plain(scheduler, *args, **more)
            finally:
                self._is_stepping = outer

        owner.step = step

    def _scale(self, owner: Any) -> None:
        """The factor of the loss in an update, before it is set for the next one."""
        plain = owner.update

        @functools.wraps(plain)
        def update(scaler: Any, *args: Any, **more: Any) -> None:
            if scaler.is_enabled():
                self._stream.event(
                    "scale", step=self._progress.step, scale=float(scaler.get_scale()), at=site()
                )
            plain(scaler, *args, **more)

        owner.update = update

    def _load(self, loader: Any, iterator: Any) -> None:
        """How a loader is set up where it is gone through, and each batch as it leaves it."""
        iterate, advance = loader.__iter__, iterator.__next__

        @functools.wraps(iterate)
        def begin(own: Any) -> Any:
            options = {
                "batch size": own.batch_size,
                "drop_last": own.drop_last,
                "sampler": type(own.sampler).__name__,
                "workers": own.num_workers,
            }
            self._stream.event("loader", step=self._progress.step, options=options, at=site())
            return iterate(own)

        @functools.wraps(advance)
        def following(own: Any) -> Any:
            batch = advance(own)
            if self._progress.begun:
                self._left(batch)
            return batch

        loader.__iter__ = begin
        iterator.__next__ = following

    def _left(self, batch: Any) -> None:
        found = list(tensors_in(batch))
        self._stream.event(
            "loaded",
            step=self._progress.step,
            inputs=[[path, list(tensor.shape), str(tensor.dtype)] for path, tensor in found],
            tensors=written((tensor for _, tensor in found), self._stream),
            at=site(),
        )
