"""Networks about to make their first pass in; the same ones, computing in fp64 from here on, out.

Weights and inputs keep the numbers that they have. Whatever the program makes in fp32, or asks to be in fp32,
is made in fp64, and autocast is off: what then still differs between two programs is no rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from .containers import mapped

_NARROW = (torch.float32,)
_CASTS: dict[Any, Callable[..., Any]] = {torch.Tensor.float: torch.Tensor.double}


class Wide(TorchFunctionMode):
    """While it is on, fp32 means fp64."""

    def __torch_function__(
        self,
        func: Any,
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """A call of torch with each mention of fp32 replaced."""
        given = {name: _wide(value) for name, value in (kwargs or {}).items()}
        return _CASTS.get(func, func)(*map(_wide, args), **given)


def _wide(value: Any) -> Any:
    return torch.float64 if isinstance(value, torch.dtype) and value in _NARROW else value


def widen(
    roots: Iterable[torch.nn.Module], parameters: Iterable[Tensor], states: Iterable[dict[Any, Any]]
) -> None:
    """Bring all that is trained and all beside it to fp64, in place: optimizers hold on to parameters.

    `states`: what the optimizers remember of them, as those have that go on from a checkpoint.
    """
    held = [*parameters, *(entry for root in roots for entry in [*root.parameters(), *root.buffers()])]
    for entry in held:
        if entry.dtype in _NARROW:
            entry.data = entry.data.double()
            if entry.grad is not None:
                entry.grad = None
    for state in states:
        state.update(widened(state))
    torch.set_default_dtype(torch.float64)
    _without_autocast()
    mode: Any = Wide()
    mode.__enter__()


def widened(value: Any) -> Any:
    """A value with its tensors of fp32 in fp64."""
    return mapped(value, lambda tensor: tensor.double() if tensor.dtype in _NARROW else tensor)


def _without_autocast() -> None:
    plain: Any = torch.autocast.__enter__

    def enter(self: Any) -> Any:
        self._enabled = False
        return plain(self)

    torch.autocast.__enter__ = enter  # type: ignore[method-assign]  # put into place for good
