"""What holds for every test: no network, and the same generated examples unless fuzzing is asked for."""

from __future__ import annotations

import os

from hypothesis import settings

from tests.properties.effort import FACTOR

# Before any test imports the library: it would look for its server in a thread beside the training.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
settings.register_profile("fuzz", database=None, deadline=None)
settings.load_profile("fuzz" if FACTOR else "fixed")
