"""Registers the dataclasses with Hydra, so that a wrong key or type stops a launch before it starts."""

from __future__ import annotations

from hydra.core.config_store import ConfigStore

from trainer.configuration.arch import ARCHITECTURES
from trainer.configuration.schema import RunConfig


def register() -> None:
    """`run_schema` for the primary config, `arch/<family>_schema` for each family."""
    store = ConfigStore.instance()
    store.store(name="run_schema", node=RunConfig)
    for name, family in ARCHITECTURES.items():
        store.store(group="arch", name=f"{name}_schema", node=family)
