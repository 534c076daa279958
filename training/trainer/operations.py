"""What operations do to a run: its learning rate, its batches, what is trained.

An operation on the learning rate puts a factor on its law and leaves the law as it is: what warms up or falls
goes on to do so, peak and floor are both scaled. `scale_learning_rate` multiplies what earlier operations
made, `set_learning_rate` makes its value the peak, whatever was before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import nn

from trainer.configuration.operations import OperationConfig, OperationKind
from trainer.distributed import wrapped
from trainer.errors import TrainerError
from trainer.run import Run


def operate(run: Run, operation: OperationConfig) -> str:
    """Do one operation; what was changed, in words."""
    return _OPERATIONS[operation.kind](run, operation)


def _scale_learning_rate(run: Run, operation: OperationConfig) -> str:
    run.progress.lr_scale *= operation.number
    return f"the learning rate is {run.progress.lr_scale:g} times its law from here on"


def _set_learning_rate(run: Run, operation: OperationConfig) -> str:
    run.progress.lr_scale = operation.number / run.config.optim.learning_rate
    return f"the peak of the learning rate is {operation.number:g} from here on"


def _set_batch_size(run: Run, operation: OperationConfig) -> str:
    run.batches.resize(int(operation.number))
    return f"a micro-batch has {run.batches.size} samples from here on"


def _unfreeze(run: Run, operation: OperationConfig) -> str:
    count = set_trained(run.model, operation.modules, True)
    # What synchronises gradients knows the parameters that had one when it was made.
    run.forward = wrapped(run.model, run.ranks, run.device, run.config.device.compile)
    return f"{', '.join(operation.modules)} is trained from here on: {count} tensors"


#: What does each kind of operation.
_OPERATIONS: dict[OperationKind, Callable[[Run, OperationConfig], str]] = {
    OperationKind.scale_learning_rate: _scale_learning_rate,
    OperationKind.set_learning_rate: _set_learning_rate,
    OperationKind.set_batch_size: _set_batch_size,
    OperationKind.unfreeze: _unfreeze,
}


def set_trained(model: nn.Module, modules: Sequence[str], trained: bool) -> int:
    """Freeze or unfreeze modules by their names; the number of tensors.

    Raises TrainerError for a name that no module and no parameter has.
    """
    count = 0
    for wanted in modules:
        found = [
            p
            for name, p in model.named_parameters(remove_duplicate=False)
            if f"{name}.".startswith(f"{wanted}.")
        ]
        if not found:
            known = ", ".join(name for name, _ in model.named_children())
            raise TrainerError(f"no module of the model is named {wanted!r}; it has {known}, and theirs")
        for parameter in found:
            parameter.requires_grad_(trained)
        count += len(found)
    return count
