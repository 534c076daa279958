"""What a program tells of its run, by printing and through loggers, in; events of it out."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from .sites import site
from .stream import Stream

#: Longer lines are no report of a step.
_LINE = 2_000


class Voice:
    """Standard output, TensorBoard and Weights & Biases of this process."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.step: Callable[[], int] = lambda: 0
        sys.stdout = _Heard(sys.stdout, self._printed)

    def _printed(self, text: str) -> None:
        self._stream.event("print", step=self.step(), text=text[:_LINE], at=site())

    def tensorboard(self, module: ModuleType) -> None:
        """Watch the scalars that writers of TensorBoard are given."""
        plain = module.SummaryWriter.add_scalar

        @functools.wraps(plain)
        def add_scalar(
            writer: object, tag: str, scalar_value: object, *args: object, **more: object
        ) -> object:
            self._logged("tensorboard", {tag: scalar_value})
            return plain(writer, tag, scalar_value, *args, **more)

        module.SummaryWriter.add_scalar = add_scalar

    def wandb(self, module: ModuleType) -> None:
        """Watch what runs of Weights & Biases log."""
        run = module.sdk.wandb_run.Run
        plain = run.log

        @functools.wraps(plain)
        def log(self_: object, data: Mapping[str, Any], *args: Any, **more: Any) -> None:
            self._logged("wandb", data)
            plain(self_, data, *args, **more)

        run.log = log

    def _logged(self, where: str, values: Mapping[str, object]) -> None:
        numbers = {key: float(value) for key, value in values.items() if isinstance(value, int | float)}
        self._stream.event("log", step=self.step(), where=where, values=numbers, at=site())


class _Heard:
    """A text stream that tells of each whole line beside writing it."""

    def __init__(self, stream: Any, tell: Callable[[str], None]) -> None:
        self._stream = stream
        self._tell = tell
        self._line = ""

    def write(self, text: str) -> Any:
        """Write, and tell of the lines that end here."""
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._tell(line)
        return self._stream.write(text)

    def writelines(self, lines: list[str]) -> None:
        """Write one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
