"""Where a run writes what it says, and under which names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TextIO, cast

from trainer.configuration.arch import GPT2Config
from trainer.configuration.schema import RunConfig


class TeeOutput:
    """Takes what is printed, shows it, and keeps a copy at once."""

    def __init__(self, shown: TextIO, kept: TextIO) -> None:
        self._shown = shown
        self._kept = kept

    def write(self, text: str) -> int:
        """To both."""
        self._kept.write(text)
        return self._shown.write(text)

    def flush(self) -> None:
        """Both."""
        self._kept.flush()
        self._shown.flush()

    def isatty(self) -> bool:
        """No: what redraws itself on a terminal would fill the copy."""
        return False


def get_model_name(config: RunConfig) -> str:
    """The model in words of a file name: the family, the size of GPT-2, `_lora` with adapters."""
    name = config.arch.name
    if isinstance(config.arch, GPT2Config) and (size := Path(config.arch.pretrained).name) != name:
        name = f"{name}_{size}"
    return f"{name}_lora" if config.lora.enabled else name


def get_data_source_name(path: str) -> str:
    """The data in words of a file name: the last part of the path without its ending."""
    return Path(path).stem or "data"


def generate_output_filename(config: RunConfig, start_step: int) -> str:
    """`<model>_<data>_<steps>.txt` of a fresh run, `…_resumed_from_<step>.txt` after a checkpoint."""
    length = f"{config.steps}_steps" if config.steps is not None else f"{config.epochs}_epochs"
    origin = f"_resumed_from_{start_step}" if start_step else ""
    return f"{get_model_name(config)}_{get_data_source_name(config.data.path)}_{length}{origin}.txt"


@contextmanager
def write_output_file(path: Path) -> Iterator[None]:
    """Keep a copy of what is printed inside, line by line: a run that is killed leaves what it said."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as kept:
        # It has what printing needs, and nothing else of a file.
        tee = cast("TextIO", TeeOutput(sys.stdout, kept))
        with redirect_stdout(tee):
            yield


def log_file(config: RunConfig, *, resumed: bool) -> Path:
    """The log of a session: fresh and resumed runs have their own."""
    return Path(config.log_dir or config.output_dir) / ("resume.log" if resumed else "train.log")
