"""Each way to come to nothing has advice of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.parity.advice import advised
from trainlint.parity.launch import Ended
from trainlint.parity.sides import Side
from trainlint.parity.trace import Event, Trace
from trainlint.parity.trial import Trial, missing_of


def ended(code: int = 1, reason: str = "", errors: str = "", updates: int | None = None) -> Trial:
    """A run that did not come as far as it should; None updates where no optimizer was made."""
    made = tuple(Event("update", step, {}) for step in range(updates or 0))
    traces = () if updates is None else (Trace(0, made, b"", b"", Path()),)
    side = Side("candidate", Path("train.py"), (), Path(), (), "python")
    return Trial("candidate", side, Ended(code, reason, 1.0, "", errors), Path(), traces)


CUDA = "UserWarning: CUDA initialization: no NVIDIA driver\n"
ENVIRON = "File \"<frozen os>\", line 679, in __getitem__\nKeyError: 'DATA'"


@pytest.mark.parametrize(
    ("trial", "said"),
    [
        (ended(-9, reason="it took longer than 2 s (--timeout)"), "longer (--timeout)"),
        (ended(-9, reason="it held 9 MB of memory, more than 8 MB (--memory)"), "hold more (--memory)"),
        (ended(-9, reason="it wrote more than 256 MB to its output"), "write less"),
        (ended(errors="name? EOFError: EOF when reading a line"), "nobody answers it"),
        (ended(errors="AssertionError: Torch not compiled with CUDA enabled"), "on the CPU by --args"),
        (ended(errors=f"{CUDA}FileNotFoundError: [Errno 2] No such file: 'a.bin'"), "--ref-cwd, --new-cwd"),
        (ended(errors=f"{CUDA}ValueError: what"), "on the CPU"),
        (ended(errors="ModuleNotFoundError: No module named 'nowhere'"), "--python"),
        (
            ended(2, errors="usage: train.py [-h]\ntrain.py: error: unrecognized arguments: --lr"),
            "--new-args",
        ),
        (ended(errors=ENVIRON), "by --env"),
        (
            ended(errors="OSError: [Errno 28] No space left on device: 'x'"),
            "set TMPDIR to a folder with more",
        ),
        (ended(errors="OSError: [Errno 30] Read-only file system: 'log.txt'"), "without --in-place"),
        (ended(-9, "longer than 2 s (--timeout)", "OSError: AF_UNIX path too long"), "with a short path"),
        (ended(errors="ValueError: what"), "start it by hand"),
        (ended(errors="ValueError: what", updates=3), "--steps 3 or fewer"),
        (ended(0), "an optimizer of torch"),
        (ended(0, updates=0), "data and turns for an update"),
    ],
)
def test_what_to_do(trial: Trial, said: str) -> None:
    (advice,) = advised([trial, trial], missing_of([trial, trial]))
    assert said in advice


def test_a_run_that_came_as_far_as_it_should_needs_none() -> None:
    fine = ended(0, updates=2)
    assert advised([fine], ()) == ()
    (advice,) = advised([fine], ["the reference does not repeat itself: weight (init)"])
    assert advice.startswith("fix the seed")
