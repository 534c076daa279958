"""Tensors in, their digests in the stream and the numbers of their records out."""

from __future__ import annotations

import math
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import Tensor

from .stream import Stream

#: How deep containers are looked through.
_DEPTH = 8
_NOTHING = (0, math.nan, math.nan, math.nan)
#: What is large is summed by rows of so many numbers, where it has so many of them.
_ROW = 1024
_FEW = 64
#: So many bytes are worth a thread.
_MANY = 1 << 19
#: Below this the squares of a row are numbers of fp32.
_SQUARE = 1e15


def tensors_in(value: object, path: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, Tensor]]:
    """The tensors in containers, mappings and dataclasses, each with where it lies."""
    if isinstance(value, Tensor):
        yield path, value
    elif depth == 0 or isinstance(value, str | bytes):
        return
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from tensors_in(entry, f"{path}.{key}" if path else str(key), depth - 1)
    elif isinstance(value, Sequence):
        for index, entry in enumerate(value):
            yield from tensors_in(entry, f"{path}.{index}" if path else str(index), depth - 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from tensors_in(getattr(value, field.name, None), f"{path}.{field.name}", depth - 1)


def written(tensors: Iterable[Tensor | None], stream: Stream) -> list[int]:
    """Digest tensors; the numbers of their records, -1 for what is None (a parameter without gradient)."""
    given = [None if tensor is None else _unwrapped(tensor.detach()) for tensor in tensors]
    with outside():
        return [-1 if tensor is None else _record(_plain(tensor), stream) for tensor in given]


def number(tensor: Tensor) -> float | None:
    """The number that a tensor holds, None where it holds several."""
    tensor = _unwrapped(tensor.detach())
    with outside():
        return float(tensor) if tensor.numel() == 1 else None


def address(tensor: Tensor) -> int:
    """Where a tensor's numbers lie, of this rank where they are distributed; 0 where it has none yet."""
    if torch.nn.parameter.is_lazy(tensor):
        return 0
    tensor = _unwrapped(tensor.detach())
    local = getattr(tensor, "to_local", None)
    return int((local() if local is not None else tensor).data_ptr())


def outside() -> AbstractContextManager[Any]:
    """Out of transforms of functions, such as `torch.func.grad`, which would follow what is computed here."""
    if torch._C._functorch.peek_interpreter_stack() is None:
        return nullcontext()
    from torch._functorch.pyfunctorch import temporarily_clear_interpreter_stack

    return temporarily_clear_interpreter_stack()


def _unwrapped(tensor: Tensor) -> Tensor:
    while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        tensor = torch._C._functorch.get_unwrapped(tensor)
    return tensor


def _plain(tensor: Tensor) -> Tensor:
    """Detached values on the CPU, of this rank where they are distributed."""
    local = getattr(tensor, "to_local", None)
    tensor = local() if local is not None else tensor
    if tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    return tensor.resolve_conj().cpu().contiguous()


def _record(tensor: Tensor, stream: Stream) -> int:
    if tensor.numel() == 0:
        return stream.record(_NOTHING, None)
    contents = _bytes(tensor)
    kept = bytes(contents) if stream.keeps else None
    checksum = _Checksum(contents)
    sizes = _sizes(tensor)
    return stream.record((checksum.taken(), *sizes), kept)


class _Checksum:
    """The CRC-32 of bytes; of many it is taken beside whatever else is done with them."""

    def __init__(self, contents: memoryview) -> None:
        self._contents = contents
        self._value = 0
        self._beside = threading.Thread(target=self._take, daemon=True) if len(contents) >= _MANY else None
        if self._beside is not None:
            self._beside.start()

    def taken(self) -> int:
        """Wait for it."""
        if self._beside is not None:
            self._beside.join()
        else:
            self._take()
        return self._value

    def _take(self) -> None:
        self._value = zlib.crc32(self._contents)


def _bytes(tensor: Tensor) -> memoryview:
    """The bytes of a contiguous tensor on the CPU, not copied."""
    values: Any = tensor.reshape(-1).view(torch.uint8).numpy()
    return memoryview(values)


def _sizes(tensor: Tensor) -> tuple[float, float, float]:
    """Norm, sum and largest absolute value, in fp64 but for the rows of what is large and has less."""
    real = torch.view_as_real(tensor) if tensor.is_complex() else tensor
    if not real.is_floating_point():
        real = real.to(torch.float64)
    flat = real.reshape(-1)
    least, most = torch.aminmax(flat)
    largest = float(torch.maximum(least.abs(), most.abs()))
    length = flat.numel() // _ROW * _ROW
    if flat.dtype is torch.float64 or length < _FEW * _ROW or not largest < _SQUARE:
        norm = float(torch.linalg.vector_norm(flat, dtype=torch.float64))
        return norm, float(flat.sum(dtype=torch.float64)), largest
    rows, rest = flat[:length].view(-1, _ROW), flat[length:].double()
    norms = torch.linalg.vector_norm(rows, dim=1, dtype=torch.float32).double()
    norm = math.hypot(float(torch.linalg.vector_norm(norms)), float(torch.linalg.vector_norm(rest)))
    sums = rows.sum(1, dtype=torch.float32).double()
    return norm, float(sums.sum() + rest.sum()), largest
