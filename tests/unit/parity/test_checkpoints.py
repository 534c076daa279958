"""Numbers of a file become observations of the phase that they decide."""

from __future__ import annotations

from pathlib import Path

from trainlint.facts.parity import Phase
from trainlint.parity.checkpoints import saved
from trainlint.parity.trace import Event, Trace
from trainlint.parity.view import View


def phases(**numbers: float) -> dict[str, Phase]:
    """The phase of each number; a key has `__` for each dot."""
    named = {key.replace("__", "."): value for key, value in numbers.items()}
    event = Event("save", 3, {"file": "last.pt", "keys": [], "tensors": [], "numbers": named})
    trace = Trace(0, (event,), b"", b"", Path())
    found = [entry for entry in saved(trace, event, View((), {})) if entry.told]
    assert all(entry.step == 2 for entry in found)
    return {entry.quantity.removesuffix(" in last.pt"): entry.phase for entry in found}


def test_what_a_scheduler_remembers_decides_learning_rates() -> None:
    found = phases(
        scheduler__last_epoch=3,
        scheduler___schedulers__1___step_count=1,
        scheduler___schedulers__1__T_max=5,
        epoch=3,
    )
    assert found == {
        "scheduler.last_epoch": Phase.LR,
        "scheduler._schedulers.1._step_count": Phase.LR,
        "scheduler._schedulers.1.T_max": Phase.LR,
        "epoch": Phase.CHECKPOINT,
    }


def test_a_count_of_epochs_alone_is_no_scheduler() -> None:
    assert set(phases(last_epoch=3, state__last_epoch=3, state__best=0.5).values()) == {Phase.CHECKPOINT}
