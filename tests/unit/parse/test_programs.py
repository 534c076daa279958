"""Which commands count as launches."""

from __future__ import annotations

import pytest

from trainlint.parse.programs import is_launch


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python train.py", True),
        ("A=1 python train.py", True),
        ("./run.sh", True),
        ("run.sh", False),
        ("bash run.bash", True),
        ("conda run -n x python train.py", True),
        ("conda shell.bash hook", False),
        ("python is slow", False),
        ("$PYTHON train.py", True),
        ("$PYTHON -m train", True),
        ("echo train.py", False),
    ],
)
def test_launches(command: str, expected: bool) -> None:
    assert is_launch(command.split()) is expected
