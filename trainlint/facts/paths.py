"""Facts of the files and folders that a launch reads and writes, as far as its config decides them."""

from __future__ import annotations

from enum import Enum

from trainlint.facts.checkpoint import Checkpoint, UnreadCheckpoint
from trainlint.facts.config import Origin
from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Span


class PathRole(Enum):
    """What lies at a path."""

    DATA = "data"
    CHECKPOINT = "checkpoint"


class Presence(Enum):
    """Whether something stands at a path.

    ELSEWHERE: the settings say that it does, on the machine that the run is for. UNSEEN: it lies below a
    root that this machine does not have.
    """

    THERE = "there"
    ABSENT = "absent"
    ELSEWHERE = "elsewhere"
    UNSEEN = "unseen"


@record
class NeededPath:
    """A path that every run of the launch reads, and the config value that decides it.

    `key` is the value's dotted path and `given` its text; `path` is the absolute path that `reader`, called
    at `place`, needs.
    """

    key: str
    given: str
    path: str
    role: PathRole
    reader: str
    place: Span
    origin: Origin
    presence: Presence


@record
class MissingPath:
    """A needed path that is not there.

    `shown` is the path as people see it: the config's own value where that is a path. `folder` is the nearest
    folder above it that is there, as people see it, `entry` the name in it that is missing,
    `siblings` what the folder holds, `nearest` the path that was probably meant and is there. `inside` says
    that the config's own value is there and only something below it is missing.
    """

    needed: NeededPath
    shown: str
    folder: str
    entry: str
    siblings: tuple[str, ...]
    inside: bool
    nearest: str | None = None


@record
class LoadedCheckpoint:
    """A checkpoint that every run loads and that is there, with what was read of it."""

    needed: NeededPath
    contents: Checkpoint | UnreadCheckpoint


@record
class RunPaths:
    """What one launch reads and writes; `*` in a written path stands for what only the run decides.

    `saved` are the weights among what is written, as people see their paths. `unknown` says which paths could
    not be told.
    """

    needed: tuple[NeededPath, ...]
    missing: tuple[MissingPath, ...]
    written: tuple[str, ...]
    saved: tuple[str, ...]
    checkpoints: tuple[LoadedCheckpoint, ...] = ()
    unknown: tuple[tuple[PathRole, Unknown], ...] = ()
