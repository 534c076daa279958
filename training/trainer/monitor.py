"""Watches a run beside its training: how fast it is, and what its weights look like."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import nn

from trainer.analysis import BackgroundAnalysis, take_snapshot
from trainer.data.batches import BatchSource
from trainer.objective import Objective
from trainer.throughput import Factors, flops_per_token, model_flops_utilisation


class Monitor:
    """The clock on the wall and the background analysis of one run."""

    def __init__(
        self,
        factors: Factors,
        model: nn.Module,
        device: torch.device,
        *,
        analysis_interval: int | None,
        objective: Objective,
        sample: BatchSource,
    ) -> None:
        self.factors = factors
        self._per_token = flops_per_token(model, factors.tokens_per_sample)
        self._device = device
        self._interval = analysis_interval
        self._objective = objective
        self._sample = sample
        self._analysis = BackgroundAnalysis() if analysis_interval is not None else None
        self._since = time.monotonic()
        self._step: int | None = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time inside is no training time: evaluation, saving."""
        began = time.monotonic()
        yield
        self._since += time.monotonic() - began

    def start(self, step: int) -> None:
        """Training begins after `step` steps."""
        self._since, self._step = time.monotonic(), step

    def speed(self, step: int, total_steps: int) -> dict[str, float]:
        """Tokens a second, MFU where the peak is known, seconds that are left; since the last call."""
        now = time.monotonic()
        seconds, steps = now - self._since, step - (self._step or 0)
        self._since, self._step = now, step
        if not steps or seconds <= 0:
            return {}
        tokens = steps * self.factors.tokens_per_iteration / seconds
        found = {"tokens_per_second": tokens, "eta_seconds": (total_steps - step) * seconds / steps}
        mfu = model_flops_utilisation(tokens, self._per_token, self._device, self.factors.world_size)
        return found if mfu is None else {**found, "mfu": mfu}

    def look(self, step: int, model: nn.Module) -> list[str]:
        """Hand the weights over when it is time, and tell what an earlier look found."""
        if self._analysis is None or self._interval is None:
            return []
        said = self._analysis.collect()
        if step % self._interval == 0 and self._analysis.is_free:
            batch = self._sample.batch(0, 2)
            self._analysis.submit(take_snapshot(step, model, self._objective, batch))
        return said

    def close(self) -> list[str]:
        """Wait for what still runs, and tell it."""
        return self._analysis.close() if self._analysis is not None else []


def in_words(speed: dict[str, float]) -> str:
    """Speed as a person reads it; empty when there is none yet."""
    if not speed:
        return ""
    parts = [f"{speed['tokens_per_second']:,.0f} tokens/s"]
    if "mfu" in speed:
        parts.append(f"MFU {speed['mfu']:.1%}")
    left = timedelta(seconds=round(speed["eta_seconds"]))
    return f", {', '.join([*parts, f'ETA {left}'])}"
