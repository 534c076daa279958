"""What a program that is started again comes to, with parameters that the user names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.parity.simulated import Bench, Program
from trainlint.parity.bounds import Bounds
from trainlint.parity.mapping import MappingError, read_mapping
from trainlint.parity.resumed import resumed


def test_the_user_may_say_which_parameters_are_which(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Program(timed=True), Program(timed=True))
    gone = read_mapping("w: gone", "names.txt")
    with pytest.raises(MappingError, match="the candidate trains no parameter `gone`"):
        resumed(
            bench.run,
            lambda name, plan, _: bench.run(name, True, plan),
            4,
            2,
            Bounds(),
            compiled=False,
            given=gone,
        )
    assert bench.names == ["uninterrupted", "stopped", "resumed"]
