"""Planned changes of a run, and when each is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from omegaconf import MISSING

from trainer.errors import TrainerError


class OperationKind(Enum):
    """What a validation loss or a step can set off."""

    #: Multiply the learning rate that the law gives, beside what earlier operations made of it.
    scale_learning_rate = "scale_learning_rate"
    #: Make `value` the peak of the law.
    set_learning_rate = "set_learning_rate"
    #: Samples of one micro-step on one rank.
    set_batch_size = "set_batch_size"
    #: Train modules that `freeze` names.
    unfreeze = "unfreeze"


@dataclass(kw_only=True)
class OperationConfig:
    """One change of the run, done once: at the first evaluation whose loss or step asks for it."""

    kind: OperationKind = MISSING
    #: A factor, a learning rate or a batch size.
    value: float | None = None
    #: What to unfreeze.
    modules: list[str] = field(default_factory=list)
    #: The validation loss at or below which it is done.
    below: float | None = None
    #: Optimizer steps after which it is done.
    from_step: int | None = None

    def __post_init__(self) -> None:
        """Refuse what can never be done."""
        if self.below is None and self.from_step is None:
            raise TrainerError(f"operations: {self.kind.value} needs below or from_step: when it is done")
        unfreezes = self.kind is OperationKind.unfreeze
        if unfreezes != (self.value is None) or unfreezes != bool(self.modules):
            needed = "modules and no value" if unfreezes else "a value and no modules"
            raise TrainerError(f"operations: {self.kind.value} needs {needed}")
        if self.value is not None and self.value <= 0:
            raise TrainerError(f"operations: {self.kind.value} has value {self.value}: it must be above 0")
        if self.kind is OperationKind.set_batch_size and self.number != int(self.number):
            raise TrainerError(f"operations: {self.value} is no whole number of samples")

    @property
    def number(self) -> float:
        """The value of an operation that has one."""
        assert self.value is not None
        return self.value
