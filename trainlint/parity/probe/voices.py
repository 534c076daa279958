"""What a program tells of its run, by printing and through loggers, in; events of it out."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from .sites import is_torch, site
from .stream import Stream

#: Longer lines are no report of a step.
_LINE = 2_000
#: How deep tables of what is logged are looked through.
_DEPTH = 4


class Voice:
    """Standard output, `logging`, TensorBoard and Weights & Biases of this process."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._is_logging = False
        self.step: Callable[[], int] = lambda: 0
        sys.stdout = _Heard(sys.stdout, self._printed)

    def _printed(self, text: str) -> None:
        # A line that is drawn over again, as progress bars do, comes as often as the clock has it.
        if "\r" not in text and not self._is_logging:
            self._said(text)

    def _said(self, text: str) -> None:
        self._stream.event("print", step=self.step(), text=text[:_LINE], at=site())

    def logging(self, module: ModuleType) -> None:
        """Watch the messages of loggers, wherever their handlers write."""
        plain = module.Logger.handle

        @functools.wraps(plain)
        def handle(logger: object, record: Any) -> None:
            outer = self._is_logging
            # torch reports on its own work, such as each piece of a checkpoint.
            if not outer and not is_torch(record.pathname):
                self._said(_message(record))
            # What a handler writes to standard output is this message once more.
            self._is_logging = True
            try:
                plain(logger, record)
            finally:
                self._is_logging = outer

        module.Logger.handle = handle

    def tensorboard(self, module: ModuleType) -> None:
        """Watch the scalars that writers of TensorBoard are given."""
        plain = module.SummaryWriter.add_scalar

        @functools.wraps(plain)
        def add_scalar(
            writer: object,
            tag: str,
            scalar_value: object,
            global_step: object = None,
            *args: object,
            **more: object,
        ) -> object:
            self._logged("tensorboard", {tag: scalar_value}, global_step)
            return plain(writer, tag, scalar_value, global_step, *args, **more)

        module.SummaryWriter.add_scalar = add_scalar
        several = module.SummaryWriter.add_scalars

        @functools.wraps(several)
        def add_scalars(
            writer: object,
            main_tag: str,
            tag_scalar_dict: Mapping[str, Any],
            global_step: object = None,
            *args: Any,
            **more: Any,
        ) -> None:
            named = {f"{main_tag}/{name}": value for name, value in tag_scalar_dict.items()}
            self._logged("tensorboard", named, global_step)
            several(writer, main_tag, tag_scalar_dict, global_step, *args, **more)

        module.SummaryWriter.add_scalars = add_scalars

    def wandb(self, module: ModuleType) -> None:
        """Watch what runs of Weights & Biases log."""
        run = module.sdk.wandb_run.Run
        plain = run.log

        @functools.wraps(plain)
        def log(self_: object, data: Mapping[str, Any], step: object = None, *args: Any, **more: Any) -> None:
            self._logged("wandb", data, step)
            plain(self_, data, step, *args, **more)

        run.log = log

    def _logged(self, where: str, values: Mapping[str, object], place: object) -> None:
        """`place`: where the program says that the run stands."""
        numbers = dict(_numbers(values))
        self._stream.event(
            "log", step=self.step(), where=where, values=numbers, place=_number(place), at=site()
        )


def _message(record: Any) -> str:
    try:
        return str(record.getMessage())
    except (TypeError, ValueError):
        # The handlers will complain of arguments that do not fit.
        return str(record.msg)


def _numbers(values: Mapping[str, Any], path: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, float]]:
    """The numbers in a table, and in tables in it, each under its path."""
    for key, value in values.items():
        number = _number(value)
        if number is not None:
            yield f"{path}{key}", number
        elif depth and isinstance(value, Mapping):
            yield from _numbers(value, f"{path}{key}.", depth - 1)


def _number(value: Any) -> float | None:
    """A number, or what holds a single one, as tensors and arrays do."""
    if isinstance(value, (int, float)):
        return float(value)
    single = getattr(value, "item", None)
    if single is None or getattr(value, "shape", None) != ():
        return None
    held = single()
    return float(held) if isinstance(held, (int, float)) else None


class _Heard:
    """A text stream that tells of each whole line beside writing it."""

    def __init__(self, stream: Any, tell: Callable[[str], None]) -> None:
        self._stream = stream
        self._tell = tell
        self._line = ""

    def write(self, text: str) -> Any:
        """Write, and tell of the lines that end here."""
        *lines, last = text.split("\n")
        if lines:
            lines[0], self._line = self._line + lines[0], ""
        if len(self._line) < _LINE:
            self._line += last[:_LINE]
        for line in lines:
            self._tell(line)
        return self._stream.write(text)

    def writelines(self, lines: list[str]) -> None:
        """Write one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
