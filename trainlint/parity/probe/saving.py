"""What a program saves in; the names, tensors and numbers that it saves out."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from types import ModuleType
from typing import Any

import torch

from .counters import numbers_in
from .digests import tensors_in, written
from .patches import before
from .progress import Progress
from .sites import is_called_by_torch, site
from .stream import Stream

#: What is watched beside torch itself.
LIBRARIES = {"safetensors.torch", "torch.distributed.checkpoint.state_dict_saver"}
#: Dates and times of day in names of files.
_MOMENT = re.compile(r"\d{8}[-_T]?\d{4,6}|\d{4}-\d\d-\d\d(?:[-_T]\d\d[-:h]?\d\d(?:[-:m]?\d\d)?)?|\d{10,}")


class Saving:
    """`torch.save`, safetensors, and checkpoints of several ranks."""

    def __init__(self, stream: Stream, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress
        before(torch, "save", self._save)
        for name in LIBRARIES & sys.modules.keys():
            module = sys.modules[name]
            # One that is imported right now is watched as soon as it is there.
            if not getattr(module.__spec__, "_initializing", False):
                self.watch(module)

    def watch(self, module: ModuleType) -> None:
        """Watch one of the libraries, now that it has been imported."""
        if hasattr(module, "save_file"):
            before(module, "save_file", self._save)
        else:
            before(module, "save", self._save_together)

    def _save_together(self, value: Any, *_: Any, checkpoint_id: Any = None, **more: Any) -> None:
        place = checkpoint_id or getattr(more.get("storage_writer"), "path", None)
        self._told(value, "" if place is None else str(place))

    def _save(self, value: Any, file: Any = None, *_: Any, **more: Any) -> None:
        file = more.get("filename", more.get("f", file))
        if isinstance(file, (str, os.PathLike)):
            # Opened by the library itself, where Python's own open would tell its hooks.
            sys.audit("open", os.fspath(file), "wb", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        else:
            file = getattr(file, "name", None)
            if not file and is_called_by_torch():
                # A piece of what is saved, or sent to others, as a whole.
                return
        self._told(value, os.fspath(file) if isinstance(file, (str, os.PathLike)) else "")

    def _told(self, value: Any, file: str) -> None:
        if not self._progress.begun:
            return
        tensors = list(_tensors(value))
        records = written((tensor for _, tensor in tensors), self._stream)
        self._stream.event(
            "save",
            step=self._progress.step,
            file=_name(file),
            keys=[str(key) for key in value] if isinstance(value, Mapping) else [],
            tensors=[
                [path, list(tensor.shape), str(tensor.dtype), number]
                for (path, tensor), number in zip(tensors, records, strict=True)
            ],
            numbers=numbers_in(value),
            at=site(),
        )


def _name(file: str) -> str:
    """A name that two runs have in common."""
    if not file:
        return "a buffer"
    if os.path.abspath(file).startswith(os.path.abspath(tempfile.gettempdir()) + os.sep):
        return "a temporary file"
    name = PurePath(file).name.replace(str(os.getpid()), "PID")
    return _MOMENT.sub("TIME", name)


def _tensors(value: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors of containers, and of networks that are saved whole."""
    if isinstance(value, torch.nn.Module):
        yield from value.named_parameters()
        yield from value.named_buffers()
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            for path, tensor in _tensors(entry):
                yield f"{key}.{path}" if path else str(key), tensor
    else:
        yield from tensors_in(value)
