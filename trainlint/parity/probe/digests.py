"""Tensors in, their digests in the stream and the numbers of their records out."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import Tensor

from .stream import Stream

#: How deep containers are looked through.
_DEPTH = 8
_NOTHING = (0, math.nan, math.nan, math.nan)


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
    return [-1 if tensor is None else _record(_plain(tensor), stream) for tensor in tensors]


def _plain(tensor: Tensor) -> Tensor:
    """Detached values on the CPU, of this rank where they are distributed."""
    tensor = tensor.detach()
    local = getattr(tensor, "to_local", None)
    tensor = local() if local is not None else tensor
    if tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    return tensor.resolve_conj().cpu().contiguous()


def _real(tensor: Tensor) -> Tensor:
    """Numbers that a norm can be taken of."""
    if tensor.is_complex():
        return torch.view_as_real(tensor)
    return tensor if tensor.is_floating_point() else tensor.to(torch.float64)


def _record(tensor: Tensor, stream: Stream) -> int:
    if tensor.numel() == 0:
        return stream.record(_NOTHING, None)
    contents = _bytes(tensor)
    real = _real(tensor)
    norm = float(torch.linalg.vector_norm(real, dtype=torch.float64))
    largest = float(torch.linalg.vector_norm(real, math.inf))
    total = float(real.sum(dtype=torch.float64))
    kept = bytes(contents) if stream.keeps else None
    return stream.record((zlib.crc32(contents), norm, total, largest), kept)


def _bytes(tensor: Tensor) -> memoryview:
    """The bytes of a contiguous tensor on the CPU, not copied."""
    flat = tensor.reshape(-1)
    values: Any = flat.view(torch.uint8).numpy()
    return memoryview(values)
