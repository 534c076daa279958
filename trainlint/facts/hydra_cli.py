"""Facts of the arguments that Hydra's own command line parser takes apart."""

from __future__ import annotations

from trainlint.facts.launch import Word
from trainlint.facts.value import Unknown, Value
from trainlint.record import record
from trainlint.source import Span


@record
class RefusedArgument:
    """An argument at which Hydra's parser stops; `hydra` holds the words it prints."""

    text: str
    hydra: str
    remedy: str
    span: Span


@record
class HydraArguments:
    """What the arguments of a Hydra script mean.

    `shows` is the option that makes Hydra print instead of run (`--cfg`, `--info`, `--help`).
    """

    overrides: tuple[Word, ...]
    config_name: Value[str] | None = None
    config_path: Value[str] | None = None
    config_dir: Value[str] | None = None
    multirun: bool = False
    shows: str | None = None
    refused: tuple[RefusedArgument, ...] = ()
    unverified: tuple[Unknown, ...] = ()
