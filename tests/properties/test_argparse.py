"""What trainlint says of a command line is what argparse says of it, over many random parsers."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.properties.effort import FACTOR
from tests.properties.parsers import arguments, script
from tests.unit.chain.arguments.oracle import ours, theirs

PARSERS = 15 * max(FACTOR, 1)
LINES = 12


@pytest.mark.parametrize("batch", range(10))
def test_argparse_agrees(batch: int, tmp_path: Path) -> None:
    decided = refused = 0
    for number in range(PARSERS):
        random = Random(batch * 1000 + number if not FACTOR else None)
        made = script(random)
        path = tmp_path / f"script{number}.py"
        path.write_text(made.text, "utf-8")
        for _ in range(LINES):
            given = arguments(random, made)
            verdict, said = ours(path, given), theirs(path, given)
            where = f"{given}\nargparse: {said}\ntrainlint: {verdict.problems} {verdict.check.unverified}"
            if verdict.refused:
                assert said is not None, f"{where}\n{made.text}"
                refused += 1
            elif verdict.verified:
                assert said is None, f"{where}\n{made.text}"
            decided += verdict.refused or verdict.verified
    assert decided > 0.9 * PARSERS * LINES
    assert 0.2 * PARSERS * LINES < refused < 0.8 * PARSERS * LINES
