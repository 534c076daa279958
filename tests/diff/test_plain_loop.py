"""The bundled trainer held against the plain loop that its parity test runs: what is reported is so."""

from __future__ import annotations

from pathlib import Path

import trainlint

ROOT = Path(__file__).parents[2]
#: The plain loop trains and shows its losses, nothing else.
TRUE = {
    # The trainer measures train and val before the first step, and then every so many steps.
    ("evaluation-added", "warning", "training/trainer/loop.py"),
    # At its end it lets the model go on from a prompt; no step comes behind that.
    ("evaluation-added", "info", "training/trainer/ending.py"),
}
#: What depends on a checkpoint that may be there, on the variables of the environment and on how many
#: processes there are: the loader merges all three, so that only a run knows the numbers.
OPEN = {
    "training/trainer/loop.py",
    "training/trainer/objective.py",
    "training/trainer/optimizer.py",
}


def test_what_the_trainer_does_otherwise_than_the_plain_loop_is_so() -> None:
    result = trainlint.diff(
        ROOT / "tests" / "training" / "plain_run.py", ROOT / "training" / "train.py", root=ROOT
    )
    assert {(one.name, one.severity.value, one.span.file) for one in result.findings} == TRUE
    # Whether both scale the loss, clip and step alike is asked, and not said to be so.
    assert {entry.span.file for entry in result.not_checked} == OPEN
