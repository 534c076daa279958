"""Composer regressions: cases in which our outcome was once not Hydra's, judged by Hydra each time anew."""

from __future__ import annotations

import pytest

from tests.properties.case import Case, on_disk
from tests.properties.compare import differences
from tests.properties.hydra_runner import run_hydra
from tests.properties.our_runner import run_ours

CASES: dict[str, Case] = {}


@pytest.mark.parametrize("name", CASES)
def test_case_is_hydras(name: str) -> None:
    case = CASES[name]
    with on_disk(case) as root:
        assert differences(case, run_hydra(case, root), run_ours(case, root)) == []
