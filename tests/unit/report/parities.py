"""Outcomes of runs by hand, for the tests of what is told of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trainlint.engine.telling import told
from trainlint.facts.parity import Divergence, Noise, ParityOutcome, Phase, RunReport, Site, Verdict
from trainlint.parity.sides import Side
from trainlint.report.runs import ParityReport
from trainlint.source import Files

REFERENCE = "import torch\n\nfor step in range(2):\n    optimizer.step()\n"
CANDIDATE = "import torch\n\n\ndef train():\n    for step in range(2):\n        optimizer.step()\n"


def divergence(
    phase: Phase,
    quantity: str = "weight",
    step: int = 0,
    values: tuple[str, str] = ("1", "2"),
    distance: float | None = 1.0,
) -> Divergence:
    """A quantity that differs at the optimizer's step of both scripts."""
    return Divergence(step, phase, quantity, *values, Site("train.py", 4), Site("new.py", 6), distance, 1e-6)


def outcome(*divergences: Divergence, verdict: Verdict | None = None) -> ParityOutcome:
    """What two runs of two updates came to; the verdict is what the divergences say if none is given."""
    wrong = {entry.phase for entry in divergences}
    return ParityOutcome(
        verdict=verdict or (Verdict.DIVERGED if divergences else Verdict.EQUAL),
        steps=2,
        phases=tuple((phase, None if phase is Phase.EVAL else phase not in wrong) for phase in Phase),
        divergences=divergences,
        noise=(),
        margin=None,
        runs=(
            RunReport("reference", "python train.py", 2, 1.5, "stopped as planned"),
            RunReport("candidate", "python new.py", 2, 1.25, "stopped as planned"),
        ),
        scripts=("train.py", "new.py"),
    )


#: Why there is nothing to compare, with what a program wrote last.
CRASHED = "candidate: ended by itself with exit code 1\nno <data>\x1b[31m"


def inconclusive(reason: str = CRASHED) -> ParityOutcome:
    """Runs that say nothing."""
    return replace(outcome(verdict=Verdict.INCONCLUSIVE), missing=(reason,), advice=("start it",))


def unrepeatable() -> ParityOutcome:
    """A reference that draws its seed from the clock."""
    seed = Noise(Phase.INIT, "weight", None)
    return replace(inconclusive("the reference does not repeat itself: weight (init)"), noise=(seed, seed))


def reported(found: ParityOutcome, folder: Path) -> tuple[ParityReport, Files]:
    """The report of runs of two scripts in a folder, and the files that it is about."""
    files = Files(folder)
    sides = []
    for name, file, text in (("reference", "train.py", REFERENCE), ("candidate", "new.py", CANDIDATE)):
        (folder / file).write_text(text)
        sides.append(Side(name, folder / file, (), folder, (), "python"))
    report, crashes = told(found, sides[0], sides[1], files)
    assert not crashes
    return report, files
