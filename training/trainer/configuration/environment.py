"""Environment variables in, the keys that they set out.

Precedence, highest first: command line, environment, checkpoint, config files. `TEST_MODE` comes below the
other variables. Three variables are read differently by a fresh and a resumed run: `RESUME_STEPS` counts from
a checkpoint, `TEST_MODE` leaves a checkpoint's shape and length alone, and a `MODEL_TYPE` or a shape that the
checkpoint does not have stops a resumed run. A variable that is set to nothing is not set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from trainer.errors import TrainerError

_T = TypeVar("_T")


@dataclass(frozen=True)
class Choice:
    """A value that overrides another, and who says so."""

    value: object
    by: str


@dataclass(frozen=True)
class Variable:
    """One environment variable: the key it sets and how its text is read."""

    key: str
    read: Callable[[str], object]


def _flag(text: str) -> bool:
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.lower() not in known:
        raise ValueError(f"{text!r} is neither true nor false")
    return known[text.lower()]


def _tokenization(text: str) -> str:
    known = {"gpt2_bpe": "gpt2", "custom_bpe": "bpe", "custom": "bpe", "char": "character"}
    name = known.get(text.lower(), text.lower())
    if name not in ("auto", "character", "gpt2", "bpe"):
        raise ValueError(f"{text!r} is none of character, gpt2, bpe")
    return name


def _steps(text: str) -> int:
    if (steps := int(text)) < 1:
        raise ValueError(f"{steps} steps are no run")
    return steps


#: A family of models that starts from random weights; the one of the config, or else `gpt`.
FROM_SCRATCH = "from_scratch"
RESUME_STEPS = "RESUME_STEPS"
TEST_MODE = "TEST_MODE"

#: Every variable that sets a key.
VARIABLES: dict[str, Variable] = {
    "MODEL_TYPE": Variable("arch.name", str),
    "GPT2_MODEL_NAME": Variable("arch.pretrained", str),
    "N_EMBD": Variable("arch.n_embd", int),
    "N_HEAD": Variable("arch.n_head", int),
    "N_LAYER": Variable("arch.n_layer", int),
    "DROPOUT": Variable("arch.dropout", float),
    "USE_LORA": Variable("lora.enabled", _flag),
    "TRAINING_DATA_SOURCE": Variable("data.path", str),
    "BATCH_SIZE": Variable("data.batch_size", int),
    "BLOCK_SIZE": Variable("data.block_size", int),
    "TOKENIZATION_METHOD": Variable("data.tokenizer.kind", _tokenization),
    "CUSTOM_VOCAB_SIZE": Variable("data.tokenizer.vocab_size", int),
    "TRAINING_STEPS": Variable("steps", _steps),
    "LEARNING_RATE": Variable("optim.learning_rate", float),
    "CHECKPOINT_PATH": Variable("checkpoint.path", str),
    "ENABLE_CHECKPOINTS": Variable("checkpoint.enabled", _flag),
    "CHECKPOINT_INTERVAL": Variable("checkpoint.interval", int),
    "CHECKPOINT_DIR": Variable("checkpoint.dir", str),
    "OUTPUT_DIR": Variable("output_dir", str),
    "LOG_DIR": Variable("log_dir", str),
    "ENABLE_OUTPUT_TO_FILE": Variable("console_to_file", _flag),
    "DEVICE": Variable("device.name", str),
}

#: What `TEST_MODE` makes small in any run.
_SMALL: dict[str, object] = {
    "data.batch_size": 4,
    "evaluation.interval": 10,
    "evaluation.iters": 2,
    "checkpoint.interval": 10,
    "log_interval": 5,
}
#: What it makes small in a fresh run only: a checkpoint has its shape, and its length.
_SMALL_FRESH: dict[str, object] = {
    "steps": 20,
    "data.block_size": 32,
    "arch.n_layer": 2,
    "arch.n_head": 2,
    "arch.n_embd": 32,
}


def read_environment(environ: Mapping[str, str], *, fresh: bool) -> dict[str, Choice]:
    """The keys that the environment sets. Raises TrainerError for a value that cannot be read."""
    choices: dict[str, Choice] = {}
    if _value(environ, TEST_MODE, _flag):
        small = _SMALL | _SMALL_FRESH if fresh else _SMALL
        choices |= {key: Choice(value, f"environment: {TEST_MODE}") for key, value in small.items()}
    for name, variable in VARIABLES.items():
        value = _value(environ, name, variable.read)
        if value is not None:
            choices[variable.key] = Choice(value, f"environment: {name}")
    return choices


def resume_steps(environ: Mapping[str, str]) -> int | None:
    """Optimizer steps that a resumed run does beyond its checkpoint."""
    return _value(environ, RESUME_STEPS, _steps)


def _value(environ: Mapping[str, str], name: str, read: Callable[[str], _T]) -> _T | None:
    text = environ.get(name, "").strip()
    if not text:
        return None
    try:
        return read(text)
    except ValueError as error:
        raise TrainerError(f"the environment variable {name} cannot be read: {error}") from error
