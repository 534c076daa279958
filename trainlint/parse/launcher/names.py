"""The first word of a command in, whether it is a program that we know how to peel out."""

from __future__ import annotations

import re

_PYTHON = re.compile(r"(?:python|pypy)(?:w|\d+(?:\.\d+)?t?)?(?:\.exe)?\Z")


def program_name(text: str) -> str:
    """The name of a program without its folder; every Python interpreter is `python`."""
    name = text.rpartition("/")[2]
    return "python" if _PYTHON.match(name) else name


def known_program(text: str) -> bool:
    """Whether a word names an interpreter or launcher."""
    return bool(_KNOWN.fullmatch(program_name(text)))


_KNOWN = re.compile(
    r"python|torchrun|accelerate|deepspeed|srun|sbatch|mpirun|mpiexec|ray|uv|poetry|pdm|pixi|conda|mamba|hatch"
    r"|nohup|time|env|numactl|taskset|nice|ionice|stdbuf|timeout|sudo|xvfb-run|exec|command|bash|sh|wandb"
)
