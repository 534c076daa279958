"""Statistics of weights and attention, computed beside the training and never in its way.

The loop hands over a snapshot and goes on; a thread of its own computes; what it found, or why it failed,
is told when the loop next looks.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from trainer.data.batches import Batch
from trainer.objective import Objective

#: Nested results: `results["geometry"]["embeddings"]["global_sparsity"]`, `results["attention"]["entropy"]`.
Results = Mapping[str, Any]

#: Weights below this are counted as zero.
NEARLY_ZERO = 1e-3


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A copy of the model at one step, with a batch to look at."""

    step: int
    model: nn.Module
    #: Knows how the model is asked about a batch.
    objective: Objective
    batch: Batch


def take_snapshot(step: int, model: nn.Module, objective: Objective, batch: Batch) -> Snapshot:
    """Copy the model to the CPU: the training may change its own at once."""
    copied = copy.deepcopy(model).to("cpu", torch.float32).eval()
    on_cpu = {name: value.cpu() for name, value in batch.items()}
    return Snapshot(step=step, model=copied, objective=objective, batch=on_cpu)


@torch.no_grad()
def analyse(snapshot: Snapshot) -> Results:
    """Sparsity and norms of embeddings and matrices; mean entropy of attention in nats where there is any."""
    embeddings, matrices = {}, {}
    for name, module in snapshot.model.named_modules():
        weight = getattr(module, "weight", None)
        if isinstance(module, nn.Embedding):
            embeddings[name] = module.weight
        elif isinstance(weight, Tensor) and weight.dim() >= 2:
            matrices[name] = weight
    found: dict[str, Any] = {
        "geometry": {"embeddings": _geometry(embeddings), "weights": _geometry(matrices)},
    }
    entropy = _attention_entropy(snapshot)
    if entropy is not None:
        found["attention"] = {"entropy": entropy}
    return found


def _geometry(tensors: Mapping[str, Tensor]) -> dict[str, float]:
    """Over all tensors together: the share of entries near zero, the mean norm of rows, the largest entry."""
    if not tensors:
        return {}
    entries = sum(tensor.numel() for tensor in tensors.values())
    zeros = sum(int((tensor.abs() < NEARLY_ZERO).sum()) for tensor in tensors.values())
    norms = torch.cat([tensor.flatten(1).norm(dim=1) for tensor in tensors.values()])
    largest = max(float(tensor.abs().max()) for tensor in tensors.values())
    return {"global_sparsity": zeros / entries, "mean_norm": float(norms.mean()), "largest": largest}


def _attention_entropy(snapshot: Snapshot) -> float | None:
    """In nats, a mean over queries, heads, batch and all attentions of an evaluation; None without any."""
    with _Looking() as looking:
        snapshot.objective.measure(snapshot.model, snapshot.batch)
    return math.fsum(looking.entropies) / len(looking.entropies) if looking.entropies else None


class _Looking(TorchFunctionMode):
    """Notes how widely each attention looks that is computed inside, by whatever model, in this thread."""

    def __init__(self) -> None:
        super().__init__()
        self.entropies: list[float] = []

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        if func is F.scaled_dot_product_attention:
            p = attention_weights(*args, **given)
            self.entropies.append(float(-torch.xlogy(p, p).sum(-1).mean()))
        return func(*args, **given)


def attention_weights(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """What `scaled_dot_product_attention` weighs values with, (…, queries, keys); each row sums to 1."""
    if enable_gqa:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    scores = query @ key.transpose(-2, -1) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        attn_mask = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()
    if attn_mask is not None:
        hidden = attn_mask.dtype == torch.bool
        scores = scores.masked_fill(~attn_mask, -math.inf) if hidden else scores + attn_mask
    return scores.softmax(-1)


def analysis_done(step: int, results: Results) -> str:
    """What a person is told of finished results."""
    geometry = results["geometry"]
    parts = [
        f"{name} sparsity {geometry[name]['global_sparsity']:.4f}, norm {geometry[name]['mean_norm']:.3f}"
        for name in ("embeddings", "weights")
        if geometry[name]
    ]
    if "attention" in results:
        parts.append(f"attention entropy {results['attention']['entropy']:.3f}")
    return f"analysis of step {step}: {'; '.join(parts)}"


class BackgroundAnalysis:
    """Runs one analysis at a time; a snapshot that comes while one runs is left out."""

    def __init__(self, compute: Callable[[Snapshot], Results] = analyse) -> None:
        self._compute = compute
        self._worker = ThreadPoolExecutor(1, "analysis")
        self._running: tuple[int, Future[Results]] | None = None

    @property
    def is_free(self) -> bool:
        """Whether a snapshot would be looked at: nothing runs and nothing waits to be told."""
        return self._running is None

    def submit(self, snapshot: Snapshot) -> None:
        """Start on a snapshot and come back at once."""
        if self.is_free:
            self._running = (snapshot.step, self._worker.submit(self._compute, snapshot))

    def collect(self, *, wait: bool = False) -> list[str]:
        """What was found since the last call, or why it failed; with `wait` also what still runs."""
        if self._running is None or not (wait or self._running[1].done()):
            return []
        step, future = self._running
        self._running = None
        error = future.exception()
        if error is not None:
            return [f"analysis of step {step} failed: {type(error).__name__}: {error}"]
        return [analysis_done(step, future.result())]

    def close(self) -> list[str]:
        """Tell what still runs, and end the thread."""
        said = self.collect(wait=True)
        self._worker.shutdown()
        return said
