"""What is said of a program without running it holds when Python runs it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given

from tests.properties.effort import effort
from tests.properties.symbolic_programs import configs, programs
from tests.properties.symbolic_runner import disagreements


@given(programs(), configs())
@effort(60)
def test_claims_about_programs_hold(program: str, config: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = disagreements(Path(folder), program, config)
    assert not found, "\n".join([*found, str(config), program])
