"""How a run ended is told in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.parity.launch import Ended
from trainlint.parity.sides import Side
from trainlint.parity.trial import Trial

TRACKER = "python -c from multiprocessing.resource_tracker import main;main(3)"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ((), "ended by itself with exit code 0"),
        ((TRACKER,), "ended by itself with exit code 0"),
        (
            (TRACKER, "python serve.py"),
            "ended by itself with exit code 0; what it had started went on and was ended: `python serve.py`",
        ),
    ],
)
def test_what_went_on_is_named_but_for_what_python_itself_started(left: tuple[str, ...], said: str) -> None:
    side = Side("reference", Path("train.py"), (), Path(), (), "python")
    assert Trial("reference", side, Ended(0, "", 1.0, "", "", left), Path(), ()).ending == said
