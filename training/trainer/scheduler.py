"""Operations on a run that a validation loss sets off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from trainer.configuration.operations import OperationConfig, OperationKind

#: Does one operation, and says in words what it changed.
Operate = Callable[[OperationConfig], str]


@dataclass(frozen=True, kw_only=True)
class Done:
    """One operation that was done after `step` optimizer steps."""

    operation: OperationConfig
    step: int


def due(operation: OperationConfig, step: int, val_loss: float) -> bool:
    """Whether the time of an operation has come: the loss is low enough, or the step is reached."""
    return (operation.below is not None and val_loss <= operation.below) or (
        operation.from_step is not None and step >= operation.from_step
    )


class TrainingScheduler:
    """Decides on a *given* validation loss; it never evaluates by itself. Each operation is done once."""

    def __init__(self, operations: Sequence[OperationConfig]) -> None:
        self.operations = operations
        self.done: list[Done] = []

    def check_and_execute_operations(self, step: int, current_val_loss: float, operate: Operate) -> list[str]:
        """Do what is due and was not done, in the order of the list; what was changed, in words."""
        said = []
        for operation in self._left():
            if due(operation, step, current_val_loss):
                said.append(operate(operation))
                self.done.append(Done(operation=operation, step=step))
        return said

    def _left(self) -> list[OperationConfig]:
        """What was not done yet; an operation that stands twice in the list is done twice."""
        done = [entry.operation for entry in self.done]
        left = []
        for operation in self.operations:
            if operation in done:
                done.remove(operation)
            else:
                left.append(operation)
        return left

    def state_dict(self) -> dict[str, Any]:
        """Which operations were done when, in plain types."""
        return {
            "done": [
                {"step": entry.step, **vars(entry.operation), "kind": entry.operation.kind.value}
                for entry in self.done
            ]
        }

    def load_state_dict(self, state: dict[str, Any], operate: Operate) -> list[str]:
        """Do again what was done before the checkpoint: its effects are no part of the weights."""
        said = []
        self.done = []
        for entry in state["done"]:
            fields = {name: value for name, value in entry.items() if name != "step"}
            operation = OperationConfig(**{**fields, "kind": OperationKind(fields["kind"])})
            said.append(operate(operation))
            self.done.append(Done(operation=operation, step=entry["step"]))
        return said
