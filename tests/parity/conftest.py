"""What several modules of these tests share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def python(warm_programs: Path) -> str:
    """An interpreter that has torch already: a run takes a fifth of the time, and has to work in place."""
    return str(warm_programs / "python")
