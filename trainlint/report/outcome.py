"""What a run found, in the one form that every reporter receives."""

from __future__ import annotations

from collections import Counter
from enum import Enum

from trainlint.diagnostic import Diagnostic, LinkKind, NotChecked, Severity
from trainlint.record import record
from trainlint.source import Span


class Verdict(Enum):
    """A launch's result; `UNVERIFIED` means nothing wrong was found but a link could not be followed."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    UNVERIFIED = "unverified"


class LinkStatus(Enum):
    """A link's result."""

    VERIFIED = "verified"
    BROKEN = "broken"
    UNVERIFIED = "unverified"


@record
class LinkResult:
    """One link of a launch's chain; `reason` says why it is broken or could not be followed."""

    kind: LinkKind
    name: str
    file: str | None
    line: int | None
    status: LinkStatus
    reason: str | None = None


@record
class ScheduleResult:
    """One schedule of a launch: from which step to which it changes, and how many steps the run has.

    `unit` says what is counted ("steps", "epochs"); None is a number that is not known.
    """

    name: str
    start: int | float | None
    end: int | float | None
    total: int | float | None
    unit: str
    file: str
    line: int


@record
class EvidenceResult:
    """A place in the code or in a config, and what it shows."""

    file: str
    line: int
    message: str


@record
class AspectResult:
    """In which of its modes a launch is, as far as one aspect goes, and what says so."""

    name: str
    value: str | None
    evidence: tuple[EvidenceResult, ...]


@record
class LaunchResult:
    """One launch; `diagnostics` are indices into the outcome's list.

    `file` and `line` are where a person starts it; `via` are the places from there to the command itself.
    """

    file: str
    line: int
    end_line: int
    command: str
    marker: str | None
    verdict: Verdict
    script: str | None
    config: str | None
    model: str | None
    chain: tuple[LinkResult, ...]
    overrides: int
    diagnostics: tuple[int, ...]
    form: str = "job list"
    via: tuple[tuple[str, int], ...] = ()
    schedules: tuple[ScheduleResult, ...] = ()
    profile: tuple[AspectResult, ...] = ()


@record
class Intention:
    """Where it is said that a difference is meant, and why."""

    reason: str
    span: Span


@record
class Reported:
    """A diagnostic with what the engine adds; `fingerprint` stays the same when lines move.

    A difference that is meant has an `intended` and counts as suppressed.
    """

    diagnostic: Diagnostic
    suppressed: bool
    fingerprint: str
    intended: Intention | None = None


@record
class Outcome:
    """Everything one `check` has to say; `seconds` is wall time."""

    launches: tuple[LaunchResult, ...]
    diagnostics: tuple[Reported, ...]
    not_checked: tuple[NotChecked, ...]
    files_read: int
    seconds: float

    def verdicts(self) -> Counter[Verdict]:
        """How many launches have each verdict."""
        return Counter(launch.verdict for launch in self.launches)

    def severities(self) -> Counter[Severity]:
        """How many findings that are not suppressed have each severity."""
        return Counter(entry.diagnostic.severity for entry in self.diagnostics if not entry.suppressed)
