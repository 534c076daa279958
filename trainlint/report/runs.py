"""What runs of two programs came to, in the one form that every reporter receives."""

from __future__ import annotations

from trainlint.facts.parity import ParityOutcome
from trainlint.record import record
from trainlint.report.outcome import Outcome


@record
class ParityReport:
    """Everything one `parity` has to say.

    `found` has no launches: its diagnostics are what the runs showed, and what reading both programs found.
    Files of `outcome` are as people see them from the working directory.
    """

    outcome: ParityOutcome
    found: Outcome
