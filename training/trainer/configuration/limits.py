"""Numbers of a configuration in, an error out for those that are too small."""

from __future__ import annotations

from trainer.errors import TrainerError


def at_least(name: str, value: int, least: int) -> None:
    """Raise TrainerError for a value below the least."""
    if value < least:
        raise TrainerError(f"{name} is {value}: it must be at least {least}")
