"""The one clock of a run, and everything that changes with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from trainer.configuration.schema import Law, OptimConfig, RunConfig


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Where in the run an optimizer step lies; whatever anneals reads this and counts nothing itself."""

    #: Optimizer steps that are done: the global step.
    step: int
    #: Optimizer steps of the whole run.
    total_steps: int

    @property
    def progress(self) -> float:
        """The share of the run that is done, 0 to 1."""
        return min(1.0, self.step / self.total_steps)


def steps_per_epoch(samples: float, global_batch_size: int) -> int:
    """Whole steps of one epoch: floored here, before anything is multiplied with it; at least one."""
    return max(1, int(samples / global_batch_size))


def total_steps(epochs: int, samples: float, global_batch_size: int) -> int:
    """Optimizer steps of a run that counts epochs.

    `epochs * samples / batch`, floored last, would be a different number: the rest of each epoch is dropped.
    """
    return epochs * steps_per_epoch(samples, global_batch_size)


def warmup_steps(config: OptimConfig, total: int) -> int:
    """Optimizer steps in which the learning rate rises."""
    return int(total * config.warmup_ratio) if config.warmup_steps is None else config.warmup_steps


def outliving(config: RunConfig, total: int) -> list[str]:
    """A warning for each number of steps that does not end within the run."""
    return [
        f"warning: {key} is {steps:,}, the run has {total:,} steps, so it does not come to its end: "
        f"{ratio} scales with the run"
        for key, (steps, ratio) in config.absolute_steps().items()
        if steps > total
    ]


def share(ratio: float, steps: int | None, clock: Clock) -> float:
    """The share of the run that a schedule takes; an absolute number of steps wins."""
    return ratio if steps is None else steps / clock.total_steps


#: The share of the way that is left after a share of the time: both from 1 to 0.
_FALL: dict[Law, Callable[[float], float]] = {
    Law.cosine: lambda done: 0.5 * (1.0 + math.cos(math.pi * done)),
    Law.linear: lambda done: 1.0 - done,
    Law.constant: lambda done: 1.0,
}


def learning_rate(config: OptimConfig, clock: Clock) -> float:
    """The learning rate of the step that comes next: linearly to the peak, by the law to the floor."""
    warmup = warmup_steps(config, clock.total_steps)
    if clock.step < warmup:
        return config.learning_rate * (clock.step + 1) / warmup
    done = min(1.0, (clock.step - warmup) / max(1, clock.total_steps - warmup))
    floor = config.learning_rate * config.min_lr_ratio
    return floor + (config.learning_rate - floor) * _FALL[config.law](done)


def annealed(start: float, end: float, law: str, ratio: float, clock: Clock) -> float:
    """A value that goes from `start` to `end` over the first `ratio` of the run, and stays there.

    `linear` changes evenly, `cosine` slowly at both ends, `exponential` fast at first:
    (1 - e^(-5 t)) / (1 - e^(-5)).
    """
    done = min(1.0, clock.progress / ratio) if ratio > 0 else 1.0
    return start + (end - start) * _ANNEALING[law](done)


_ANNEALING: dict[str, Callable[[float], float]] = {
    "linear": lambda done: done,
    "cosine": lambda done: 0.5 * (1.0 - math.cos(math.pi * done)),
    "exponential": lambda done: (1.0 - math.exp(-5.0 * done)) / (1.0 - math.exp(-5.0)),
}
