"""The folders that a session writes into: each must take files, and no other session may be at work there."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from trainer.configuration.schema import RunConfig, checkpoint_folder
from trainer.distributed import Ranks, done_by_main
from trainer.errors import TrainerError

_LOCK = ".lock"


@contextmanager
def reserved(config: RunConfig, ranks: Ranks) -> Iterator[None]:
    """Keep `output_dir` to this session.

    Raises TrainerError on all ranks, before anything is built, for a folder that takes no files and for one
    that another session writes into.
    """
    lock = done_by_main(lambda: _reserve(config), ranks)
    try:
        yield
    finally:
        if lock is not None:
            lock.close()


def _reserve(config: RunConfig) -> TextIO:
    for key, folder in _written(config).items():
        _refuse_unwritable(key, folder)
    return _locked(Path(config.output_dir))


def _written(config: RunConfig) -> dict[str, Path]:
    """All folders that the run will need, by the key that names them."""
    folders = {"output_dir": Path(config.output_dir)}
    if config.log_dir is not None:
        folders["log_dir"] = Path(config.log_dir)
    if config.checkpoint.enabled:
        folders["checkpoint.dir"] = checkpoint_folder(config.output_dir, config.checkpoint.dir)
    if config.export_dir is not None:
        folders["export_dir"] = Path(config.export_dir)
    return folders


def _refuse_unwritable(key: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise TrainerError(
            f"{key} is {folder}, where nothing can be written: {error.strerror}; choose another, or let "
            "this process write there"
        ) from error


def _locked(folder: Path) -> TextIO:
    """Hold the folder until the file is closed; the system lets it go when the process is killed."""
    lock = (folder / _LOCK).open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read().strip()
        lock.close()
        raise TrainerError(
            f"output_dir is {folder}, where process {holder} is training: wait for its end, or choose another"
        ) from error
    except OSError:
        # Some network file systems know no locks: nobody can tell there who else is at work.
        return lock
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock
