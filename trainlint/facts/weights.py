"""Facts of checkpoints that are loaded into a model: how their config and their tensors fit it."""

from __future__ import annotations

from collections.abc import Mapping

from trainlint.facts.config import Origin
from trainlint.facts.paths import LoadedCheckpoint
from trainlint.record import record
from trainlint.source import Span


@record
class ConfigDifference:
    """A value that the checkpoint was trained with and that this run has otherwise.

    `place` is where the checkpoint's own config says so; `shapes` whether a tensor's shape depends on it.
    """

    key: str
    theirs: str | int | float
    ours: str | int | float
    origin: Origin
    place: Span
    shapes: bool


@record
class ShapeDifference:
    """A tensor that the model has in another shape; None is a size that is not known."""

    name: str
    theirs: tuple[int, ...]
    ours: tuple[int | None, ...]


@record
class CheckpointFit:
    """A checkpoint and the model that it is loaded into, at `place`.

    `config` is what the checkpoint's own config says, by dotted keys, read from `config_file`. `missing` are
    parameters of the model that it does not have, `unexpected` those that the model does not have; both are
    empty where a load does not mind. `matching` are names that both have. `partial` says that only a part is
    loaded, `known` that all names of the model are told, `unchecked` why the tensors were not compared.
    """

    loaded: LoadedCheckpoint
    place: Span
    strict: bool
    config: Mapping[str, object]
    config_file: str | None
    differences: tuple[ConfigDifference, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    shapes: tuple[ShapeDifference, ...]
    matching: int
    partial: bool
    known: bool = True
    unchecked: str | None = None
