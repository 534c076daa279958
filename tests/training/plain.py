"""A training loop in plain PyTorch, which the trainer is compared with: it imports nothing of the trainer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The numbers of a run."""

    steps: int
    accumulation: int
    peak: float
    floor: float
    warmup: int
    weight_decay: float
    betas: tuple[float, float]
    eps: float
    clip: float


class Optimizer(Protocol):
    """What the loop needs of an optimizer."""

    def step(self, rate: float) -> None: ...


class AdamW:
    """Algorithm 2 of Loshchilov & Hutter 2019, with the decay scaled by the rate as PyTorch has it."""

    def __init__(self, groups: Iterable[tuple[list[nn.Parameter], float]], recipe: Recipe) -> None:
        self.groups = list(groups)
        self.recipe = recipe
        self.done = 0
        self.first = {p: torch.zeros_like(p) for parameters, _ in self.groups for p in parameters}
        self.second = {p: torch.zeros_like(p) for parameters, _ in self.groups for p in parameters}

    @torch.no_grad()
    def step(self, rate: float) -> None:
        self.done += 1
        (b1, b2), eps = self.recipe.betas, self.recipe.eps
        for parameters, decay in self.groups:
            for p in parameters:
                assert p.grad is not None
                self.first[p] = b1 * self.first[p] + (1 - b1) * p.grad
                self.second[p] = b2 * self.second[p] + (1 - b2) * p.grad**2
                m = self.first[p] / (1 - b1**self.done)
                v = self.second[p] / (1 - b2**self.done)
                p.copy_(p - rate * decay * p - rate * m / (v.sqrt() + eps))


class LibraryAdamW:
    """That of PyTorch, fused where the parameters are on a GPU."""

    def __init__(self, groups: Iterable[tuple[list[nn.Parameter], float]], recipe: Recipe) -> None:
        named = [{"params": parameters, "weight_decay": decay} for parameters, decay in groups]
        fused = named[0]["params"][0].is_cuda
        self.inner = torch.optim.AdamW(named, recipe.peak, recipe.betas, recipe.eps, fused=fused)

    def step(self, rate: float) -> None:
        for group in self.inner.param_groups:
            group["lr"] = rate
        self.inner.step()


def decaying(model: nn.Module, weight_decay: float) -> list[tuple[list[nn.Parameter], float]]:
    """Biases and the weights of norms are left out of weight decay, by their names."""
    still = [
        p for name, p in model.named_parameters() if name.endswith("bias") or "ln_" in name or "norm" in name
    ]
    others = [p for p in model.parameters() if all(p is not one for one in still)]
    return [(others, weight_decay), (still, 0.0)]


def rate(recipe: Recipe, step: int) -> float:
    """Up to the peak in `warmup` steps, then half a cosine down to the floor; `step` counts from 0."""
    if step < recipe.warmup:
        return recipe.peak * (step + 1) / recipe.warmup
    angle = math.pi * (step - recipe.warmup) / (recipe.steps - recipe.warmup)
    return recipe.floor + (recipe.peak - recipe.floor) * (1 + math.cos(angle)) / 2


def train(
    model: nn.Module,
    logits: Callable[[Tensor], Tensor],
    batches: Iterator[tuple[Tensor, Tensor]],
    optimizer: Optimizer,
    recipe: Recipe,
    first_step: int = 0,
) -> Iterator[tuple[Tensor, Tensor]]:
    """The loss and the gradient norm of each step, before clipping."""
    model.train()
    for step in range(first_step, recipe.steps):
        for p in model.parameters():
            p.grad = None
        total = torch.zeros((), device=next(model.parameters()).device)
        for _ in range(recipe.accumulation):
            inputs, targets = next(batches)
            out = logits(inputs)
            loss = cross_entropy(out.view(-1, out.shape[-1]), targets.view(-1)) / recipe.accumulation
            loss.backward()
            total = total + loss.detach()
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        norm = torch.stack([g.norm() for g in gradients]).norm()
        scale = (recipe.clip / (norm + 1e-6)).clamp(max=1.0)
        for gradient in gradients:
            gradient.mul_(scale)
        optimizer.step(rate(recipe, step))
        yield total, norm
