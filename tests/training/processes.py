"""Runs of the trainer in processes of their own: several ranks, and runs that are killed.

They are forked from a server that has imported everything once: `import torch` takes longer than a run.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import runpy
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import torch

from tests.training.runs import TRAINING

_CONTEXT = multiprocessing.get_context("forkserver")
#: Imported once for all processes; torch itself imports the second with the first optimizer.
_CONTEXT.set_forkserver_preload([__name__, "torch._dynamo", "trainer.session", "hydra._internal.hydra"])

Process = multiprocessing.context.ForkServerProcess


def start(log: Path, environ: Mapping[str, str], *arguments: str, largest_file: int | None = None) -> Process:
    """`python training/train.py …` in a process; what it prints goes to a file.

    `largest_file` is the size in bytes that no file can exceed, as on a disk that is full.
    """
    process = _CONTEXT.Process(target=_entry, args=(log, dict(environ), arguments, largest_file))
    process.start()
    return process


def start_ranks(world_size: int, folder: Path, *arguments: str) -> list[Process]:
    """The same run in the processes that torchrun would start; rank r prints to `rank_r.txt`."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": str(world_size)}
    return [
        start(folder / f"rank_{rank}.txt", {**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)}, *arguments)
        for rank in range(world_size)
    ]


def ended(processes: list[Process], seconds: float = 120.0) -> list[int | None]:
    """The exit code of each process; what has not ended in time is killed and has None."""
    codes = []
    for process in processes:
        process.join(seconds)
        codes.append(process.exitcode)
        process.kill()
        process.join()
    return codes


def train_ranks(world_size: int, folder: Path, *arguments: str) -> None:
    """A run of several ranks, from its start to its end."""
    codes = ended(start_ranks(world_size, folder, *arguments))
    said = "\n".join(file.read_text() for file in sorted(folder.glob("rank_*.txt")))
    assert codes == [0] * world_size, f"{codes}\n{said}"


def _entry(log: Path, environ: dict[str, str], arguments: tuple[str, ...], largest_file: int | None) -> None:
    stream = log.open("w", encoding="utf-8")
    for standard in (sys.stdout, sys.stderr):
        standard.flush()
        os.dup2(stream.fileno(), standard.fileno())
    os.environ.update(environ)
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    torch.set_num_threads(1)
    sys.argv = ["train.py", *arguments]
    runpy.run_path(str(TRAINING / "train.py"), run_name="__main__")
