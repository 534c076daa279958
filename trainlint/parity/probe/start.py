"""The plan in; a process that will be watched as soon as it imports torch out."""

from __future__ import annotations

import os
import random
import sys
from types import ModuleType
from typing import Any

from . import imports, made
from .linked import guard
from .plan import Plan, read_plan
from .stream import Stream
from .voices import Voice

#: Seeds of ranks are so far apart, and those of runs by one.
_RANKS = 1000


def install(text: str) -> None:
    """Prepare this process; without torch it stays as it is."""
    plan = read_plan(text)
    if plan.copy:
        guard(plan.copy)
    stream = Stream(plan.folder, plan.contents, plan.since)
    stream.event("start", argv=getattr(sys, "orig_argv", []), python=sys.version.split()[0])
    random.seed(_seed(plan))
    voice = Voice(stream)
    watched: list[Any] = []

    def saves(module: ModuleType) -> None:
        # One that torch itself imports is there before torch is watched, which then finds it.
        if watched:
            watched[0].saving.watch(module)

    imports.install(
        {
            "numpy": lambda module: _begin_numpy(module, plan),
            "torch": lambda module: watched.append(_watch(plan, stream, voice)),
            "logging": voice.logging,
            "safetensors.torch": saves,
            "torch.distributed.checkpoint.state_dict_saver": saves,
            "torch.utils.tensorboard.writer": voice.tensorboard,
            "wandb": voice.wandb,
        }
    )


def _seed(plan: Plan) -> int:
    """What generators begin with that are left to chance: another seed on each rank, as chance has it."""
    rank = os.environ.get("RANK", "")
    return plan.seed + (_RANKS * int(rank) if rank.isdecimal() else 0)


def _begin_numpy(numpy: ModuleType, plan: Plan) -> None:
    """A generator that numpy would seed from the clock; those that the program makes are its own matter."""
    numpy.random.seed(_seed(plan))
    made.watch(numpy)


def _watch(plan: Plan, stream: Stream, voice: Voice) -> Any:
    # Not before torch is there: this is what the program has just imported.
    import torch

    from .watch import watch

    torch.manual_seed(_seed(plan))
    watched = watch(plan, stream)
    voice.step = watched.step
    return watched
