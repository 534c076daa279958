"""How many examples a property gets: a fixed sample in CI, many new ones when TRAINLINT_FUZZ is a factor."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("TRAINLINT_FUZZ", "0"))


def effort(examples: int) -> settings:
    """Settings for that many examples, times the factor."""
    return settings(
        max_examples=examples * max(FACTOR, 1),
        derandomize=not FACTOR,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
