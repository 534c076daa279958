"""What several modules of these tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fixtures.warm_python import warm_programs


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An interpreter that has torch already: a run takes a fifth of the time, and has to work in place."""
    with warm_programs(tmp_path_factory.mktemp("bin")) as programs:
        yield str(programs / "python")
