"""Small comparisons by hand, for the tests of what is made of them."""

from __future__ import annotations

from pathlib import Path

from tests.unit.report.builders import span
from trainlint.diagnostic import Diagnostic, Fix, Harm, NotChecked, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Program
from trainlint.facts.value import Unknown
from trainlint.report.comparison import Aligned, DiffOutcome, PlaceResult
from trainlint.report.outcome import Intention, Outcome, Reported
from trainlint.source import Files, Span

REFERENCE = """\
import torch

weight_decay = 0.1
for step in range(10):
    loss = model(batch)
    loss.backward()
    optimizer.step()
"""
CANDIDATE = """\
import torch

def train(weight_decay=0.01):
    for step in range(10):
        loss = model(batch)
        loss.backward()
        optimizer.step()
"""


def both(folder: Path, reference: str = REFERENCE, candidate: str = CANDIDATE) -> Files:
    """Two scripts on disk, read."""
    files = Files(folder)
    for name, text in (("reference.py", reference), ("candidate.py", candidate)):
        (folder / name).write_text(text)
        files.read(Path(name))
    return files


def program(file: str, unfollowed: tuple[Unknown, ...] = ()) -> Program:
    return Program((file,), (), (), (), unfollowed, Span.at(file))


def comparison(unfollowed: tuple[Unknown, ...] = (), not_checked: tuple[Unknown, ...] = ()) -> Comparison:
    return Comparison(
        reference=program("reference.py", unfollowed),
        candidate=program("candidate.py"),
        pairs=(),
        lost=(),
        added=(),
        options=(),
        definitions=(),
        not_checked=not_checked,
        places={},
    )


def drift(
    harm: Harm = Harm.RESULTS,
    severity: Severity = Severity.ERROR,
    message: str = "`weight_decay` is 0.01: the reference has 0.1",
    fix: Fix | None = None,
    reference: bool = True,
) -> Diagnostic:
    return Diagnostic(
        "TL613",
        "hyperparameter-drift",
        severity,
        span("candidate.py:3:24", 4),
        message,
        help="write 0.1",
        runtime="the weights decay ten times less",
        fix=fix,
        reference=span("reference.py:3:16", 3) if reference else None,
        harm=harm,
    )


def difference_outcome(
    *found: Diagnostic, intended: tuple[Diagnostic, ...] = (), not_checked: tuple[NotChecked, ...] = ()
) -> DiffOutcome:
    reported = [Reported(entry, False, "0" * 16) for entry in found]
    meant = Intention("it trains better so", span("candidate.py:1:1"))
    reported += [Reported(entry, True, "1" * 16, meant) for entry in intended]
    place = PlaceResult("train", "candidate.py", 3)
    aligned = Aligned((5, 1, 0), ((PlaceResult("main", "reference.py", 1), place), (None, place)))
    outcome = Outcome((), tuple(reported), not_checked, 2, 0.25)
    return DiffOutcome(("reference.py",), "candidate.py", outcome, aligned, ("reference.py",))
