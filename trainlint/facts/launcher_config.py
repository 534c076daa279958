"""Facts of config files that launchers read beside the script: accelerate's and DeepSpeed's."""

from __future__ import annotations

from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Span


@record
class ConfigNotFound:
    """A config file that is not there; `searched` are the places as shown to people."""

    library: str
    text: str
    span: Span
    searched: tuple[str, ...]
    neighbours: tuple[str, ...]
    runtime: str


@record
class UnknownKey:
    """A key that the library does not have, here and below with its dotted path.

    `refused` says that the library stops at it, otherwise it drops it in silence; it is None when releases
    differ. `versions` says which versions are known not to have the key.
    """

    library: str
    key: str
    nearest: str | None
    span: Span
    refused: bool | None
    versions: str
    runtime: str


@record
class InvalidValue:
    """A value, or a whole text, that the library refuses; `expected` completes "expects …".

    `key` is empty for the text as a whole, `value` is None for a key that is missing.
    """

    library: str
    key: str
    value: str | None
    expected: str
    span: Span
    runtime: str


@record
class Mismatch:
    """Settings that cannot hold together; `others` are the places that `span` disagrees with.

    `certain` is False when code of the script may make them fit.
    """

    library: str
    message: str
    help: str
    span: Span
    runtime: str
    others: tuple[tuple[Span, str], ...] = ()
    certain: bool = True


LauncherConfigProblem = ConfigNotFound | UnknownKey | InvalidValue | Mismatch


@record
class LauncherConfig:
    """A config file that a launch names at `span`; `file` is None when it is not there."""

    library: str
    file: str | None
    span: Span
    problems: tuple[LauncherConfigProblem, ...]
    unverified: tuple[Unknown, ...] = ()
