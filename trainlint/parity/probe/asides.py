"""What changes beside the weights in: buffers of the network and copies that follow its weights; digests out.

Looked at where the first pass after an update begins: what a program does after an update is done by then.
"""

from __future__ import annotations

import math
import sys
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from .alive import alive
from .digests import address, written
from .stream import Stream

#: Larger buffers, as masks are, are digested again only where torch counts a change.
_LARGE = 1 << 16
#: The cosine between a copy and the weights; after an update it is next to 1.
_NEAR = 0.5
#: With so many references to a container somebody else has it, too.
_SHARED = 3

#: A copy's tensors by name, None once it is gone.
Copy = Callable[[], Mapping[str, Tensor] | None]


class Asides:
    """Buffers, moving averages and other copies of the weights."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._copies: list[Copy] = []
        self._masks: dict[str, tuple[int, int, int]] = {}

    def look(
        self, step: int, roots: Sequence[torch.nn.Module], trained: Sequence[Tensor], used: set[int]
    ) -> None:
        """Note what the buffers and copies hold after an update; after the first one look for copies.

        `used`: where tensors lie that belong to the optimizers.
        """
        if step == 0:
            self._copies = list(_found(roots, trained, used))
        held = [found for found in (copy() for copy in self._copies) if found is not None]
        self._stream.event(
            "aside",
            step=step,
            buffers={name: self._buffer(name, entry) for name, entry in _buffers(roots)},
            copies=[dict(zip(copy, written(copy.values(), self._stream), strict=True)) for copy in held],
            # Weights of fewer bits may have an average of more.
            types=[
                {name: str(entry.dtype) for name, entry in copy.items() if entry.dtype is not torch.float32}
                for copy in held
            ],
        )

    def _buffer(self, name: str, tensor: Tensor) -> int:
        if tensor.numel() * tensor.element_size() < _LARGE or type(tensor) is not Tensor:
            return written([tensor], self._stream)[0]
        place, version, number = self._masks.get(name, (0, 0, 0))
        if (place, version) != (tensor.data_ptr(), tensor._version):
            (number,) = written([tensor], self._stream)
            self._masks[name] = (tensor.data_ptr(), tensor._version, number)
        return number


def _buffers(roots: Sequence[torch.nn.Module]) -> Iterator[tuple[str, Tensor]]:
    for root in roots:
        yield from root.named_buffers()


def _found(roots: Sequence[torch.nn.Module], trained: Sequence[Tensor], used: set[int]) -> list[Copy]:
    """What holds tensors of the weights' shapes that are neither the weights nor the optimizers'."""
    shapes = Counter(entry.shape for entry in trained)
    own = {address(entry) for entry in trained} | used
    modules, containers = _holders(len(trained))
    inner = {id(part) for module in modules for part in module.modules() if part is not module}
    inner |= {id(part) for root in roots for part in root.modules()}
    tables = {id(module._parameters) for module in modules}
    found: list[tuple[Mapping[str, Tensor], Copy]] = []
    for module in modules:
        weights: dict[str, Tensor] = dict(module.named_parameters())
        if id(module) not in inner and _follows(weights, shapes, own) and _is_near(weights, roots, trained):
            found.append((weights, _of_module(weakref.ref(module))))
    for container in containers:
        held = _named(container)
        if id(container) not in tables and _follows(held, shapes, own) and _is_near(held, roots, trained):
            found.append((held, _of_container(container)))
    # In an order that does not depend on where they lie in memory.
    found.sort(key=lambda entry: sum(float(_flat(tensor).double().sum()) for tensor in entry[0].values()))
    return [copy for _, copy in found]


def _holders(count: int) -> tuple[list[torch.nn.Module], list[Any]]:
    """All modules, and all containers of at least so many tensors."""
    modules, containers = alive(torch.nn.Module, (dict, list))
    return modules, [entry for entry in containers if _length(entry) >= count and _begins_with_tensor(entry)]


def _length(container: Any) -> int:
    return dict.__len__(container) if isinstance(container, dict) else list.__len__(container)


def _begins_with_tensor(container: Any) -> bool:
    return isinstance(next((entry for _, entry in _entries(container)), None), Tensor)


def _named(container: Any) -> dict[str, Tensor]:
    return {str(name): entry for name, entry in _entries(container) if isinstance(entry, Tensor)}


def _entries(container: Any) -> Iterator[tuple[object, object]]:
    """What a container holds, asked of Python's own types: one of a library may import what it shows."""
    return iter(dict.items(container)) if isinstance(container, dict) else enumerate(list.__iter__(container))


def _follows(named: Mapping[str, Tensor], shapes: Counter[torch.Size], own: set[int]) -> bool:
    if len(named) < shapes.total() or shapes - Counter(entry.shape for entry in named.values()):
        return False
    return own.isdisjoint(address(entry) for entry in named.values())


def _is_near(
    named: Mapping[str, Tensor], roots: Sequence[torch.nn.Module], trained: Sequence[Tensor]
) -> bool:
    """Whether tensors point where the weights do, as a copy or an average does and gradients do not."""
    weights = {name: entry for root in roots for name, entry in root.named_parameters()}
    product = ours = theirs = 0.0
    for place, (name, tensor) in enumerate(named.items()):
        by_name = weights.get(name, weights.get(name.removeprefix("module.")))
        other = by_name if by_name is not None or place >= len(trained) else trained[place]
        if other is not None and other.shape == tensor.shape:
            one, two = _flat(tensor), _flat(other).to(tensor.device)
            product += float(one @ two)
            ours, theirs = ours + float(one @ one), theirs + float(two @ two)
    return product > _NEAR * math.sqrt(ours * theirs)


def _flat(tensor: Tensor) -> Tensor:
    """The numbers of this rank."""
    local = getattr(tensor, "to_local", None)
    return (tensor if local is None else local()).detach().flatten().float()


def _of_module(module: weakref.ref[torch.nn.Module]) -> Copy:
    def copy() -> Mapping[str, Tensor] | None:
        held = module()
        return None if held is None else dict(held.named_parameters())

    return copy


def _of_container(container: Any) -> Copy:
    """A container is let go as soon as nobody else has it."""
    held = [container]
    del container

    def copy() -> Mapping[str, Tensor] | None:
        if held and sys.getrefcount(held[0]) < _SHARED:
            held.clear()
        return _named(held[0]) if held else None

    return copy
