"""Our composition is Hydra's, on generated config trees and command lines."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from tests.properties.case import Accepted, Case, on_disk
from tests.properties.compare import differences
from tests.properties.effort import effort
from tests.properties.hydra_runner import run_hydra
from tests.properties.our_runner import run_ours
from tests.properties.trees import cases

EXAMPLES = 400


def test_our_outcome_is_hydras() -> None:
    outcomes: Counter[bool] = Counter()

    @effort(EXAMPLES)
    @given(cases())
    def agree(case: Case) -> None:
        with on_disk(case) as root:
            hydra = run_hydra(case, root)
            found = differences(case, hydra, run_ours(case, root))
        outcomes[isinstance(hydra, Accepted)] += 1
        assert not found, "\n".join([*found, str(case)])

    agree()
    accepted = outcomes[True] / outcomes.total()
    assert 0.3 < accepted < 0.7, f"one kind of outcome is hardly tried: {accepted:.0%} accepted"
