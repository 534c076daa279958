"""What Hydra composed, the environment and a checkpoint in; the configuration of the run out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from trainer.checkpointing import Checkpoint
from trainer.configuration.arch import ARCHITECTURES
from trainer.configuration.environment import read_environment
from trainer.configuration.schema import RunConfig
from trainer.errors import TrainerError


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A configuration, the same as plain types, and a line for each value that something overrode."""

    config: RunConfig
    record: dict[str, Any]
    notes: tuple[str, ...]


def load_config_fresh_from_env(
    composed: DictConfig, environ: Mapping[str, str], explicit: Sequence[str]
) -> Loaded:
    """The configuration of a run that starts at step 0.

    `explicit` are the keys that the command line sets: they win over the environment.
    """
    return _loaded(OmegaConf.merge(composed), environ, composed, explicit, "config files")


def load_config_from_checkpoint(
    composed: DictConfig, checkpoint: Checkpoint, environ: Mapping[str, str], explicit: Sequence[str]
) -> Loaded:
    """The configuration of a run that goes on: the checkpoint's, but for what is set explicitly."""
    saved = checkpoint.state["config"]
    base = OmegaConf.merge(OmegaConf.structured(RunConfig), {"arch": _family(saved["arch"]["name"])}, saved)
    return _loaded(base, environ, composed, explicit, "checkpoint")


def _loaded(
    base: Any, environ: Mapping[str, str], composed: DictConfig, explicit: Sequence[str], origin: str
) -> Loaded:
    notes = []
    chosen = {key: (value, "environment") for key, value in read_environment(environ).items()}
    chosen |= {key: (OmegaConf.select(composed, key), "command line") for key in explicit}
    if "arch.name" in chosen:
        base = _with_family(base, str(chosen["arch.name"][0]))
    try:
        for key, (value, by) in chosen.items():
            before = OmegaConf.select(base, key)
            OmegaConf.update(base, key, value)
            if (after := OmegaConf.select(base, key)) != before:
                notes.append(f"{key}: {before} ({origin}) -> {after} ({by})")
        config = OmegaConf.to_object(base)
    except OmegaConfBaseException as error:
        raise TrainerError(f"the configuration does not hold: {error}") from error
    assert isinstance(config, RunConfig)
    record = OmegaConf.to_container(base, resolve=True, enum_to_str=True)
    assert isinstance(record, dict)
    return Loaded(config=config, record=dict(record), notes=tuple(notes))  # type: ignore[arg-type]


def _with_family(base: Any, name: str) -> Any:
    """The configuration with another model family in it, in that family's own defaults."""
    if OmegaConf.select(base, "arch.name") != name:
        base.arch = _family(name)
    return base


def _family(name: str) -> Any:
    if name not in ARCHITECTURES:
        raise TrainerError(
            f"arch.name {name!r} is no model family: there are {', '.join(sorted(ARCHITECTURES))}"
        )
    return ARCHITECTURES[name]()
