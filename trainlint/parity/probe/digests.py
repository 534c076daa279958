"""Tensors in, their digests in the stream and the numbers of their records out."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import Tensor

from .checksums import Checksums
from .stream import Stream

#: How deep containers are looked through.
_DEPTH = 8
_NOTHING = (math.nan, math.nan, math.nan)
#: What is large is summed by rows of so many numbers, where it has so many of them.
_ROW = 1024
_FEW = 64
#: So many bytes are looked at together.
_SHARE = 1 << 26
#: So many numbers at once are held in another type.
_PIECE = 1 << 20
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
        return [number for few in _shares(given) for number in _records(few, stream)]


def _shares(tensors: Iterable[Tensor | None]) -> Iterator[list[Tensor | None]]:
    """Tensors in lists of some size: what is copied from a device or a view is held a list at a time."""
    share: list[Tensor | None] = []
    left = _SHARE
    for tensor in tensors:
        plain = None if tensor is None else _plain(tensor)
        share.append(plain)
        left -= 0 if plain is None else plain.nbytes
        if left <= 0:
            yield share
            share, left = [], _SHARE
    yield share


def _records(tensors: Sequence[Tensor | None], stream: Stream) -> list[int]:
    texts = [None if tensor is None else contents(tensor) for tensor in tensors]
    checksums = Checksums([text for text in texts if text is not None])
    sizes = [None if tensor is None else _sizes(tensor) for tensor in tensors]
    taken = iter(checksums.taken())
    return [
        -1 if size is None or text is None else stream.record((next(taken), *size), text or None)
        for text, size in zip(texts, sizes, strict=True)
    ]


def contents(tensor: Tensor) -> memoryview:
    """The bytes of a contiguous tensor on the CPU, not copied; none of what has no storage of its own."""
    # Not by way of numpy, which a program may do without.
    place = tensor.data_ptr()
    held: Any = (ctypes.c_ubyte * (tensor.nbytes if place else 0)).from_address(place)
    held.owner = tensor
    return memoryview(held).cast("B")


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
    return tensor.resolve_conj().resolve_neg().cpu().contiguous()


def _sizes(tensor: Tensor) -> tuple[float, float, float]:
    """Norm, sum and largest absolute value, in fp64 but for the rows of what is large and has less.

    What has another type is taken piece by piece, so that no tensor is held a second time.
    """
    if tensor.numel() == 0:
        return _NOTHING
    flat = (torch.view_as_real(tensor) if tensor.is_complex() else tensor).reshape(-1)
    if flat.dtype is torch.float64:
        return _exactly(flat)
    length = flat.numel() // _ROW * _ROW
    if flat.dtype is not torch.float32 or length < _FEW * _ROW:
        return _together([_exactly(piece.double()) for piece in flat.split(_PIECE)])
    largest = _largest(flat)
    if not largest < _SQUARE:
        return _together([_exactly(piece.double()) for piece in flat.split(_PIECE)])
    rows, rest = flat[:length].view(-1, _ROW), flat[length:].double()
    norms = torch.linalg.vector_norm(rows, dim=1).double()
    norm = math.hypot(float(torch.linalg.vector_norm(norms)), float(torch.linalg.vector_norm(rest)))
    return norm, float(rows.sum(1).double().sum() + rest.sum()), largest


def _exactly(flat: Tensor) -> tuple[float, float, float]:
    return float(torch.linalg.vector_norm(flat)), float(flat.sum()), _largest(flat)


def _largest(flat: Tensor) -> float:
    least, most = torch.aminmax(flat)
    return max(abs(float(least)), abs(float(most)))


def _together(pieces: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """The sizes of a whole; what is not a number in a piece is none in the whole."""
    if len(pieces) == 1:
        return pieces[0]
    norms, sums, largest = torch.tensor(pieces, dtype=torch.float64).unbind(1)
    return float(torch.linalg.vector_norm(norms)), float(sums.sum()), float(largest.max())
