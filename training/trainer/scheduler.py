"""Operations on a run that a validation loss sets off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainer.errors import TrainerError

#: Does one operation with its value, and says in words what it changed.
Operate = Callable[[float], str]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One planned change: when the validation loss is at most `below`, or the step at least `from_step`."""

    kind: str
    value: float
    below: float | None = None
    from_step: int | None = None

    def due(self, step: int, val_loss: float) -> bool:
        """Whether its time has come."""
        return (self.below is not None and val_loss <= self.below) or (
            self.from_step is not None and step >= self.from_step
        )


class TrainingScheduler:
    """Decides on a *given* validation loss; it never evaluates by itself."""

    def __init__(self, operations: Sequence[Operation], doers: Mapping[str, Operate]) -> None:
        unknown = [operation.kind for operation in operations if operation.kind not in doers]
        if unknown:
            raise TrainerError(f"operations: {unknown[0]!r} is none; there are {', '.join(sorted(doers))}")
        self.operations = operations
        self.doers = doers
        #: The number of each operation that was done, with the step at which.
        self.done: dict[int, int] = {}

    def check_and_execute_operations(self, step: int, current_val_loss: float) -> list[str]:
        """Do what is due and was not done; what was changed, in words."""
        said = []
        for number, operation in enumerate(self.operations):
            if number not in self.done and operation.due(step, current_val_loss):
                said.append(self.doers[operation.kind](operation.value))
                self.done[number] = step
        return said

    def state_dict(self) -> dict[str, Any]:
        """Which operations were done when."""
        return {"done": dict(self.done)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Do again what was done before the checkpoint: its effects are no part of the weights."""
        self.done = dict(state["done"])
        for number in sorted(self.done, key=lambda number: self.done[number]):
            self.doers[self.operations[number].kind](self.operations[number].value)
