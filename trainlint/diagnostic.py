"""What a rule says: frozen data about one finding, without any printing."""

from __future__ import annotations

from enum import Enum

from trainlint.record import record
from trainlint.source import Span


class Severity(Enum):
    """How bad a finding is; `ERROR` means the run crashes or does not do what its files say."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error."""
        return {"info": 0, "warning": 1, "error": 2}[self.value]


class Confidence(Enum):
    """`HIGH` only where every value used is Known; a low-confidence finding is never an error."""

    HIGH = "high"
    LOW = "low"


class Harm(Enum):
    """What a difference between two programs does to a run, the worst first."""

    RESULTS = "wrong results"
    REPORTS = "wrong reports"
    FEATURES = "lost features"
    NOTES = "notes"


class LinkKind(Enum):
    """The links of a launch's chain, in order."""

    JOB = "job"
    LAUNCHER = "launcher"
    SCRIPT = "script"
    CONFIG = "config"
    ARCH = "arch"
    MODEL = "model"
    LOSS = "loss"
    DATA = "data"
    EVALUATOR = "evaluator"
    CHECKPOINT = "checkpoint"


@record
class Note:
    """One step of how a value got where it does harm."""

    span: Span
    message: str


@record
class Edit:
    """Replace a span of a file by a text."""

    span: Span
    text: str


@record
class Fix:
    """Edits that mend a finding; `safe` fixes cannot change what a working run does."""

    edits: tuple[Edit, ...]
    safe: bool = False


@record
class Diagnostic:
    """One finding of one rule.

    `message` is one sentence: what is wrong. `help` says how to mend it. `runtime` is what happens
    when the job is started anyway, in the words one would search for. `chain` is the story of the value.
    `documented` is False for a rule that has no page: one of a project's own pack. For a difference between
    two programs `span` is the place in the candidate, `reference` that in the reference.
    """

    code: str
    name: str
    severity: Severity
    span: Span
    message: str
    help: str | None = None
    runtime: str | None = None
    chain: tuple[Note, ...] = ()
    confidence: Confidence = Confidence.HIGH
    fix: Fix | None = None
    link: LinkKind = LinkKind.JOB
    documented: bool = True
    reference: Span | None = None
    harm: Harm | None = None


@record
class RuleInfo:
    """What the engine and the documentation know of a rule without running it; see Diagnostic."""

    code: str
    name: str
    severity: Severity
    link: LinkKind
    needs: tuple[str, ...]
    summary: str
    documented: bool = True
    harm: Harm | None = None


@record
class NotChecked:
    """Something that could not be resolved, said aloud instead of passed in silence."""

    reason: str
    span: Span
