"""A model's tensors by name, each once however many names it has, and back."""

from __future__ import annotations

from torch import Tensor, nn

from trainer.distributed import split_like
from trainer.errors import TrainerError


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers; a tied tensor under its first name alone, as safetensors wants it."""
    seen: set[int] = set()
    found = {}
    for name, tensor in model.state_dict(keep_vars=True).items():
        if id(tensor) not in seen:
            seen.add(id(tensor))
            found[name] = tensor.detach()
    return found


def load_weights(model: nn.Module, weights: dict[str, Tensor], origin: str) -> None:
    """Put tensors into a model. Raises TrainerError naming what is missing, left over or of another shape."""
    own = weights_of(model)
    differences = [
        *(f"{name} is missing" for name in own.keys() - weights.keys()),
        *(f"{name} has no place" for name in weights.keys() - own.keys()),
        *(
            f"{name} has shape {list(weights[name].shape)}, the model has {list(own[name].shape)}"
            for name in own.keys() & weights.keys()
            if own[name].shape != weights[name].shape
        ),
    ]
    if differences:
        shown = "; ".join(sorted(differences)[:5])
        more = f" and {len(differences) - 5} more" if len(differences) > 5 else ""
        raise TrainerError(f"the weights of {origin} do not fit the model: {shown}{more}")
    model.load_state_dict({name: split_like(weights[name], own[name]) for name in own}, strict=False)
