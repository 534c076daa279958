"""What holds for every test: no network, the same examples unless fuzzing is asked for, a warm Python."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import wheels
from tests.fixtures import warm_python
from tests.properties.effort import FACTOR

# Before any test imports the library: it would look for its server in a thread beside the training.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
settings.register_profile("fuzz", database=None, deadline=None)
settings.load_profile("fuzz" if FACTOR else "fixed")


@pytest.fixture(scope="session")
def warm_programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a `python` that starts scripts at once."""
    with warm_python.warm_programs(tmp_path_factory.mktemp("bin")) as programs:
        yield programs


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return wheels.built(tmp_path_factory.mktemp("wheel"))
