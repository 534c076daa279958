"""What holds for every test: generated examples are the same in each run, unless fuzzing is asked for."""

from __future__ import annotations

from hypothesis import settings

from tests.properties.effort import FACTOR

settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
settings.register_profile("fuzz", database=None, deadline=None)
settings.load_profile("fuzz" if FACTOR else "fixed")
