"""The plan in; a process that will be watched as soon as it imports torch out."""

from __future__ import annotations

import random
import sys
from types import ModuleType

from . import imports
from .linked import guard
from .plan import Plan, read_plan
from .stream import Stream
from .voices import Voice


def install(text: str) -> None:
    """Prepare this process; without torch it stays as it is."""
    plan = read_plan(text)
    if plan.copy:
        guard(plan.copy)
    stream = Stream(plan.folder, plan.contents)
    stream.event("start", argv=getattr(sys, "orig_argv", []), python=sys.version.split()[0])
    random.seed(plan.seed)
    voice = Voice(stream)
    imports.install(
        {
            "numpy": lambda module: _seed(module, plan),
            "torch": lambda module: _watch(plan, stream, voice),
            "logging": voice.logging,
            "torch.utils.tensorboard.writer": voice.tensorboard,
            "wandb": voice.wandb,
        }
    )


def _seed(numpy: ModuleType, plan: Plan) -> None:
    """A generator that numpy would seed from the clock."""
    numpy.random.seed(plan.seed)


def _watch(plan: Plan, stream: Stream, voice: Voice) -> None:
    # Not before torch is there: this is what the program has just imported.
    from .watch import watch

    voice.step = watch(plan, stream)
