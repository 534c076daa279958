"""A training loop in plain PyTorch, which the trainer is compared with: it imports nothing of the trainer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
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
    """Clips all gradients together and changes the weights."""

    def step(self, rate: float) -> Tensor:
        """The norm of the gradients before they were clipped."""


Groups = list[tuple[list[nn.Parameter], float]]


class WrittenOut:
    """Algorithm 2 of Loshchilov & Hutter 2019, with the decay scaled by the rate as PyTorch has it."""

    def __init__(self, groups: Groups, recipe: Recipe) -> None:
        self.groups = groups
        self.recipe = recipe
        self.done = 0
        self.first = {p: torch.zeros_like(p) for parameters, _ in groups for p in parameters}
        self.second = {p: torch.zeros_like(p) for parameters, _ in groups for p in parameters}

    @torch.no_grad()
    def step(self, rate: float) -> Tensor:
        gradients = {p: p.grad for p in self.first if p.grad is not None}
        norm = torch.stack([gradient.norm() for gradient in gradients.values()]).norm()
        scale = (self.recipe.clip / (norm + 1e-6)).clamp(max=1.0)
        self.done += 1
        (b1, b2), eps = self.recipe.betas, self.recipe.eps
        for parameters, decay in self.groups:
            for p in parameters:
                gradient = scale * gradients[p]
                self.first[p] = b1 * self.first[p] + (1 - b1) * gradient
                self.second[p] = b2 * self.second[p] + (1 - b2) * gradient**2
                m = self.first[p] / (1 - b1**self.done)
                v = self.second[p] / (1 - b2**self.done)
                p.copy_(p - rate * decay * p - rate * m / (v.sqrt() + eps))
        return norm


class Library:
    """Clipping and AdamW of PyTorch, fused where the parameters are on a GPU."""

    def __init__(self, groups: Groups, recipe: Recipe) -> None:
        self.parameters = [p for parameters, _ in groups for p in parameters]
        self.clip = recipe.clip
        self.inner = torch.optim.AdamW(
            [{"params": parameters, "weight_decay": decay} for parameters, decay in groups],
            lr=recipe.peak,
            betas=recipe.betas,
            eps=recipe.eps,
            fused=self.parameters[0].is_cuda,
        )

    def step(self, rate: float) -> Tensor:
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, self.clip)
        for group in self.inner.param_groups:
            group["lr"] = rate
        self.inner.step()
        return norm


def decaying(model: nn.Module, weight_decay: float) -> Groups:
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
) -> Iterator[tuple[Tensor, Tensor]]:
    """The loss and the gradient norm of each step, before clipping."""
    model.train()
    device = next(model.parameters()).device
    for step in range(recipe.steps):
        for p in model.parameters():
            p.grad = None
        total = torch.zeros((), device=device)
        for _ in range(recipe.accumulation):
            inputs, targets = next(batches)
            out = logits(inputs)
            loss = cross_entropy(out.view(-1, out.shape[-1]), targets.view(-1)) / recipe.accumulation
            loss.backward()
            total = total + loss.detach()
        yield total, optimizer.step(rate(recipe, step))
