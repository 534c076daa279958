"""One composition to be judged twice: files and a command line in, and what comes out on either side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

Plain = object  # nested dicts, lists and scalars
KeyPath = tuple[object, ...]


@dataclass(frozen=True)
class Case:
    """A launch: texts by path below the project, and what is asked of Hydra.

    `schemas` is the part of the script that stores structured configs.
    """

    files: Mapping[str, str]
    overrides: tuple[str, ...] = ()
    config_name: str | None = "config"
    multirun: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    version_base: str | None = "1.3"
    config_path: str = "conf"
    config_dir: str | None = None
    schemas: str = ""

    def __str__(self) -> str:
        words = [f"-cn {self.config_name}", *(["-m"] if self.multirun else []), *map(repr, self.overrides)]
        lines = [f"$ app.py {' '.join(words)}"]
        lines += [f"  version_base={self.version_base} config_dir={self.config_dir}"]
        for path, text in self.files.items():
            lines += [f"--- {path}", text]
        own = self.schemas.partition("class Outer")
        return "\n".join([*lines, *(["--- schemas", *own[1:]] if self.schemas else [])])


@dataclass(frozen=True)
class Failed:
    """An interpolation that cannot be resolved; `error` is the name of the exception."""

    error: str
    message: str


@dataclass(frozen=True)
class Point:
    """One composed config: raw values, the group choices, and what its interpolations resolve to."""

    config: Plain
    choices: Mapping[str, object]
    resolved: Mapping[KeyPath, Plain | Failed]
    hydra: Plain


@dataclass(frozen=True)
class Accepted:
    """Hydra composed: one point for a run, several for a sweep."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Refused:
    """Hydra stopped."""

    error: str
    message: str


Outcome = Accepted | Refused


@contextmanager
def on_disk(case: Case) -> Iterator[Path]:
    """The case's files in a directory of their own."""
    with TemporaryDirectory(prefix="case") as name:
        root = Path(name).resolve()
        (root / case.config_path).mkdir(parents=True, exist_ok=True)
        for path, text in case.files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        yield root
