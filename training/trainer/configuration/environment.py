"""Environment variables in, the keys that they set out.

Precedence, highest first: command line, environment, checkpoint, config files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trainer.errors import TrainerError


def _flag(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
    if text.lower() not in known:
        raise ValueError(f"{text!r} is neither true nor false")
    return known[text.lower()]


@dataclass(frozen=True)
class Variable:
    """One environment variable: the key it sets and how its text is read."""

    key: str
    read: Callable[[str], object]


#: Every variable that is honoured.
VARIABLES: dict[str, Variable] = {
    "MODEL_TYPE": Variable("arch.name", str),
    "USE_LORA": Variable("lora.enabled", _flag),
    "TRAINING_DATA_SOURCE": Variable("data.path", str),
    "TRAINING_STEPS": Variable("steps", int),
    "CHECKPOINT_PATH": Variable("checkpoint.path", str),
    "LEARNING_RATE": Variable("optim.learning_rate", float),
    "BATCH_SIZE": Variable("data.batch_size", int),
    "BLOCK_SIZE": Variable("data.block_size", int),
}


def read_environment(environ: Mapping[str, str]) -> dict[str, object]:
    """The keys that the environment sets. Raises TrainerError for a value that cannot be read."""
    values = {}
    for name, variable in VARIABLES.items():
        if name in environ:
            try:
                values[variable.key] = variable.read(environ[name])
            except ValueError as error:
                raise TrainerError(f"the environment variable {name} cannot be read: {error}") from error
    return values
