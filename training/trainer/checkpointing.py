"""Checkpoints: folders that are whole or not there.

A checkpoint is written under another name, synced to the disk, and renamed; `latest` and `best` are files
that name one. `manifest.json` holds the size and the CRC-32 of each file, so that a truncated one is known.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from trainer.errors import TrainerError
from trainer.tokenizers import Tokenizer

FORMAT = 1
_WEIGHTS, _STATE, _MANIFEST, _TOKENIZER = "weights.safetensors", "state.pt", "manifest.json", "tokenizer"


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a run goes on from."""

    path: Path
    #: Optimizer steps that were done.
    step: int
    weights: dict[str, Tensor]
    #: Optimizer, scaler, averages, carry, data position, generators, best loss, resolved config.
    state: dict[str, Any]


class CheckpointStore:
    """The checkpoints of one run in one folder."""

    def __init__(self, folder: Path, keep_last: int) -> None:
        self.folder = folder
        self.keep_last = keep_last

    def save(
        self,
        step: int,
        weights: dict[str, Tensor],
        state: dict[str, Any],
        tokenizer: Tokenizer | None,
        best: bool,
    ) -> Path:
        """Write one checkpoint, point to it, and remove the oldest.

        Raises TrainerError when the disk refuses.
        """
        path = self.folder / f"step_{step:08d}"
        part = self.folder / f".{path.name}.part"
        try:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            _write(part, weights, state, tokenizer)
            _replace(part, path)
            self._point("latest", path)
            if best:
                self._point("best", path)
        except OSError as error:
            shutil.rmtree(part, ignore_errors=True)
            raise TrainerError(
                f"checkpoint {path} could not be written: {error.strerror or error}; "
                "earlier checkpoints are whole"
            ) from error
        self._remove_old()
        return path

    def load(self, path: Path) -> Checkpoint:
        """Read one checkpoint. Raises TrainerError when it is missing, truncated or not ours."""
        _verify(path)
        state = torch.load(path / _STATE, map_location="cpu", weights_only=True)
        return Checkpoint(path=path, step=state["step"], weights=load_file(path / _WEIGHTS), state=state)

    def latest(self) -> tuple[Checkpoint | None, list[str]]:
        """The newest checkpoint that is whole, and what is wrong with those that were passed over."""
        passed: list[str] = []
        for path in reversed(self._all()):
            found = self._tried(path)
            if isinstance(found, Checkpoint):
                return found, passed
            passed.append(found)
        return None, passed

    def _tried(self, path: Path) -> Checkpoint | str:
        """A checkpoint, or what is wrong with it."""
        try:
            return self.load(path)
        except TrainerError as error:
            return str(error)

    def _all(self) -> list[Path]:
        return sorted(self.folder.glob("step_*"))

    def _point(self, name: str, path: Path) -> None:
        part = self.folder / f".{name}.part"
        part.write_text(path.name + "\n", encoding="utf-8")
        _sync(part)
        part.replace(self.folder / name)

    def pointed(self, name: str) -> Path | None:
        """The checkpoint that `latest` or `best` names; None when it names none."""
        try:
            return self.folder / (self.folder / name).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def _remove_old(self) -> None:
        best = self.pointed("best")
        for path in self._all()[: -self.keep_last]:
            if path != best:
                shutil.rmtree(path, ignore_errors=True)


def _write(
    folder: Path, weights: dict[str, Tensor], state: dict[str, Any], tokenizer: Tokenizer | None
) -> None:
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, folder / _WEIGHTS)
    torch.save(state, folder / _STATE)
    if tokenizer is not None:
        (folder / _TOKENIZER).mkdir()
        tokenizer.save(folder / _TOKENIZER)
    files = {
        str(file.relative_to(folder)): _fingerprint(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    (folder / _MANIFEST).write_text(
        json.dumps({"format": FORMAT, "files": files}, indent=1), encoding="utf-8"
    )
    for file in [*folder.rglob("*"), folder]:
        _sync(file)


def _replace(part: Path, path: Path) -> None:
    """Put a folder in the place of one that may be there (a step saved twice)."""
    if path.exists():
        old = path.with_name(f".{path.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        path.rename(old)
        part.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    else:
        part.rename(path)
    _sync(path.parent)


def _verify(path: Path) -> None:
    if not path.is_dir():
        raise TrainerError(f"checkpoint {path} does not exist")
    try:
        manifest = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"]
        version = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainerError(
            f"checkpoint {path} is none of this trainer: {_MANIFEST} is missing or unreadable"
        ) from error
    if version != FORMAT:
        raise TrainerError(f"checkpoint {path} has format {version}, this trainer reads format {FORMAT}")
    for name, fingerprint in files.items():
        if not (path / name).is_file() or _fingerprint(path / name) != fingerprint:
            raise TrainerError(f"checkpoint {path} is damaged: {name} is not as it was written")


def _fingerprint(file: Path) -> list[int]:
    """Size in bytes and CRC-32."""
    crc, size = 0, 0
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            crc, size = zlib.crc32(block, crc), size + len(block)
    return [size, crc]


def _sync(path: Path) -> None:
    """Have the disk hold a file or a folder's entries before anything points to it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
