"""Checkpoints: folders that are whole or not there.

A checkpoint is written under another name, synced to the disk, and renamed; `latest` and `best` are files
that name one. `manifest.json` holds the size and the CRC-32 of each file, so that a truncated one is known.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from trainer.errors import TrainerError
from trainer.tokenizers import Tokenizer

FORMAT = 1
MANIFEST = "manifest.json"
_WEIGHTS, _STATE, _TOKENIZER = "weights.safetensors", "state.pt", "tokenizer"

#: What writing raises when the disk refuses: Torch and safetensors have exceptions of their own for it.
REFUSALS = (OSError, RuntimeError, SafetensorError)

#: What every state has.
_NEEDED = {"step", "best_val_loss", "optimizer", "scaler", "average", "scheduler", "ranks", "config", "code"}


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a run goes on from."""

    path: Path
    #: Optimizer steps that were done.
    step: int
    weights: dict[str, Tensor]
    #: Optimizer, scaler, averages, carry, data position, generators, best loss, resolved config.
    state: dict[str, Any]

    @property
    def metadata(self) -> dict[str, Any]:
        """What whoever saved it wanted to be found here, by name."""
        found: dict[str, Any] = self.state["config"]["checkpoint"].get("metadata", {})
        return found


def said_by_system(error: BaseException) -> str:
    """Why the disk refuses in the words of the system, where they can be had."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        inner = inner.__cause__ or inner.__context__
    return str(error)


def first_whole(
    paths: Iterable[Path], load: Callable[[Path], Checkpoint]
) -> tuple[Checkpoint | None, list[str]]:
    """The first checkpoint that can be loaded, and what is wrong with those before it."""
    passed: list[str] = []
    for path in paths:
        found = _tried(path, load)
        if isinstance(found, Checkpoint):
            return found, passed
        passed.append(found)
    return None, passed


def _tried(path: Path, load: Callable[[Path], Checkpoint]) -> Checkpoint | str:
    """A checkpoint, or what is wrong with it."""
    try:
        return load(path)
    except TrainerError as error:
        return str(error)


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
        except REFUSALS as error:
            shutil.rmtree(part, ignore_errors=True)
            raise TrainerError(
                f"checkpoint {path} could not be written: {said_by_system(error)}; "
                "earlier checkpoints are whole"
            ) from error
        self._remove_old(path)
        return path

    def recover(self) -> list[str]:
        """Clear away what a killed save left, and put back what it had moved; what was done, in words."""
        said = []
        for old in sorted(self.folder.glob(".step_*.old")):
            path = self.folder / old.name.removeprefix(".").removesuffix(".old")
            if path.exists():
                shutil.rmtree(old, ignore_errors=True)
            else:
                # Killed between the two renames of `_replace`: the new one was whole, but so is the old.
                old.rename(path)
                said.append(f"put {path} back, which a save that was killed had moved away")
        for part in sorted(self.folder.glob(".*.part")):
            if part.is_dir():
                shutil.rmtree(part, ignore_errors=True)
                said.append(f"removed {part.name}, which a save that was killed had begun")
            else:
                part.unlink()
        return said

    def load(self, path: Path) -> Checkpoint:
        """Read one checkpoint. Raises TrainerError when it is missing, truncated or not ours."""
        verify(path)
        try:
            state = torch.load(path / _STATE, map_location="cpu", weights_only=True)
            weights = load_file(path / _WEIGHTS)
        except (OSError, RuntimeError, EOFError, UnpicklingError, SafetensorError) as error:
            raise TrainerError(f"checkpoint {path} cannot be read: {error}") from error
        if missing := sorted(_NEEDED - state.keys()):
            raise TrainerError(f"checkpoint {path} is none of this trainer: it has no {', '.join(missing)}")
        return Checkpoint(path=path, step=state["step"], weights=weights, state=state)

    def latest(self) -> tuple[Checkpoint | None, list[str]]:
        """The newest checkpoint that is whole, and what is wrong with those that were passed over.

        That is the one that `latest` names, and those of smaller steps before it: a checkpoint of a later
        step is of a run that this one has replaced. Where nothing is named, it is the largest step.
        """
        named = self.pointed("latest")
        known = (path for path in reversed(self._all()) if named is None or path.name <= named.name)
        return first_whole(known, self.load)

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
            found = (self.folder / name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return self.folder / found if found.startswith("step_") else None

    def _remove_old(self, newest: Path) -> None:
        """Those of later steps are of a run that this one has replaced, and do not make `newest` old."""
        best = self.pointed("best")
        before = [path for path in self._all() if path.name <= newest.name]
        for path in before[: -self.keep_last]:
            if path != best:
                shutil.rmtree(path, ignore_errors=True)


def _write(
    folder: Path, weights: dict[str, Tensor], state: dict[str, Any], tokenizer: Tokenizer | None
) -> None:
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, folder / _WEIGHTS)
    # Into a stream of Python's own: Torch's would not say why it fails.
    with (folder / _STATE).open("wb") as stream:
        torch.save(state, stream)
    if tokenizer is not None:
        (folder / _TOKENIZER).mkdir()
        tokenizer.save(folder / _TOKENIZER)
    write_manifest(folder)


def write_manifest(folder: Path) -> None:
    """Note what the files of a checkpoint are, and have the disk hold it all."""
    (folder / MANIFEST).unlink(missing_ok=True)
    files = {
        str(file.relative_to(folder)): _fingerprint(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "files": files}, indent=1), encoding="utf-8")
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


def verify(path: Path) -> None:
    """Raise TrainerError unless a checkpoint is there and all its files are as they were written."""
    if not path.is_dir():
        raise TrainerError(f"checkpoint {path} does not exist")
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"]
        version = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainerError(
            f"checkpoint {path} is none of this trainer: {MANIFEST} is missing or unreadable"
        ) from error
    if version != FORMAT:
        raise TrainerError(f"checkpoint {path} has format {version}, this trainer reads format {FORMAT}")
    for name, fingerprint in files.items():
        try:
            same = _fingerprint(path / name) == fingerprint
        except OSError as error:
            raise TrainerError(f"checkpoint {path} is damaged: {name}: {error.strerror}") from error
        if not same:
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
