"""What watched runs of two programs showed, and what they come to: the vocabulary of `trainlint parity`."""

from __future__ import annotations

from enum import Enum

from trainlint.record import record


class Phase(Enum):
    """The parts of an update, in the order in which one causes the next."""

    CONFIG = "config"
    INIT = "init"
    LR = "lr"
    BATCH = "batch"
    FORWARD = "forward"
    GRAD = "grad"
    GRADNORM = "gradnorm"
    CLIP = "clip"
    UPDATE = "update"
    EVAL = "eval"
    CHECKPOINT = "checkpoint"
    STRUCTURE = "structure"


class Verdict(Enum):
    """What short runs of two programs come to."""

    EQUAL = "equal"
    WITHIN = "equal-within-tolerance"
    DIVERGED = "diverged"
    INCONCLUSIVE = "inconclusive"


@record
class Digest:
    """A tensor as a run showed it.

    `crc` is a checksum of its bytes; `norm`, `total` and `largest` (of the absolute values) are in fp64.
    `contents` are its bytes where they were kept, else None.
    """

    shape: tuple[int, ...]
    dtype: str
    crc: int
    norm: float
    total: float
    largest: float
    contents: bytes | memoryview | None = None


@record
class Site:
    """A line of a program; the file is as the program was started with, below its folder."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


#: What a quantity was: a tensor, a number, or what is only equal or not.
Value = Digest | float | str | None


@record
class Observation:
    """What one run showed at one place: `step` is the update that it belongs to, from 0; -1 is before any.

    `optional`: it counts only where both runs show it. `told`: by the program itself, in what it prints and
    logs, which follows from all the rest. `unit`: of the last digit that a number was told with, 0 where it
    is known in full. `explains`: it says why something of that phase differs, and counts only where something
    does in its update; by itself it may differ between programs that train the same. `slack`: numbers no
    further apart say the same.
    """

    step: int
    phase: Phase
    quantity: str
    value: Value
    site: Site | None
    optional: bool = False
    told: bool = False
    unit: float = 0.0
    explains: Phase | None = None
    slack: float = 0.0


class Kind(Enum):
    """What sort of difference a divergence is.

    SHIFT: the same random draws in another order. DRIFT: ranks of the candidate hold different weights or
    gradients.
    """

    VALUE = "value"
    SHIFT = "rng-shift"
    DRIFT = "rank-drift"


@record
class Divergence:
    """A quantity that the two runs showed differently.

    `distance` is the relative L2 distance (of tensors whose contents are known) or the relative difference
    of numbers, None where there is no such thing; `tolerance` is what the reference itself moves by, times
    the margin, None where nothing may differ. `independent`: it differs with the reference's own inputs, too.
    `told`: by the programs themselves, in what they print and log. `rule`: the code of the rule of
    `trainlint diff` whose finding is part of `cause`.
    """

    step: int
    phase: Phase
    quantity: str
    reference: str
    candidate: str
    reference_site: Site | None
    candidate_site: Site | None
    distance: float | None
    tolerance: float | None
    cause: str = ""
    rank: int = 0
    independent: bool = False
    told: bool = False
    rule: str = ""
    kind: Kind = Kind.VALUE


@record
class RunReport:
    """One run of a side: what was started, how it ended, how many updates it made and how long it took."""

    name: str
    command: str
    steps: int
    seconds: float
    ending: str


@record
class Noise:
    """What moves when the reference runs twice: where it is seen first, and why it moves."""

    phase: Phase
    quantity: str
    site: Site | None
    told: bool = False
    step: int = -1
    cause: str = ""


@record
class Series:
    """A quantity over the updates that both runs made: a number of each side an update, of a tensor its norm.

    `apart`: how far the two are apart, relatively. None where a run did not show it.
    """

    phase: Phase
    quantity: str
    reference: tuple[float | None, ...]
    candidate: tuple[float | None, ...]
    apart: tuple[float | None, ...]


@record
class Compared:
    """A quantity of the update in which two runs part, on both sides, whether it differs or not."""

    step: int
    phase: Phase
    quantity: str
    reference: str
    candidate: str
    reference_site: Site | None
    candidate_site: Site | None
    distance: float | None
    is_same: bool


@record
class Surrounding:
    """Something that rounding and random numbers depend on beside the program, on both sides."""

    name: str
    reference: str
    candidate: str


class Standing(Enum):
    """What runs of two programs say of a difference that was read in them.

    `shown`: it is the cause of a difference that is told. `fits`: it would show where something differs.
    `stops`: it may be what ended a run. `unconfirmed`: it would show where both runs are the same.
    `unseen`: such short runs do not show it.
    """

    SHOWN = "shown"
    FITS = "fits"
    STOPS = "stops"
    UNCONFIRMED = "unconfirmed"
    UNSEEN = "unseen"


@record
class StaticFinding:
    """What `trainlint diff` finds in the two programs, and what their runs say of it.

    `place` tells findings apart.
    """

    place: int
    code: str
    name: str
    severity: str
    message: str
    reference: Site | None
    candidate: Site | None
    standing: Standing = Standing.UNSEEN


@record
class ParityOutcome:
    """All that a comparison of runs came to, ready to be told.

    `static` is what reading both programs found; `unread` says why they were not read.
    `scripts` are the files that were started, the reference's first, as people see their paths. `missing`
    says why the verdict is inconclusive, `unmatched` and `notes` what was not compared. `series` are for
    drawing, `around` is the update in which the two part. `margin` is how many times its tolerance the first
    divergence is, or what is within tolerance at most. `replayed` is what of the reference was put into the
    candidate to tell causes from consequences. `grounds` tell how the verdict came about, `advice` what helps
    where it is inconclusive. `is_bounded`: tolerances are what a user allows, not what was measured.
    """

    verdict: Verdict
    steps: int
    phases: tuple[tuple[Phase, bool | None], ...]
    divergences: tuple[Divergence, ...]
    noise: tuple[Noise, ...]
    margin: float | None
    runs: tuple[RunReport, ...]
    unmatched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    static: tuple[StaticFinding, ...] = ()
    unread: str = ""
    notes: tuple[str, ...] = ()
    scripts: tuple[str, str] = ("", "")
    series: tuple[Series, ...] = ()
    around: tuple[Compared, ...] = ()
    surroundings: tuple[Surrounding, ...] = ()
    replayed: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    is_bounded: bool = False

    def told(self) -> tuple[Divergence, ...]:
        """What counts by itself: the first divergence, and those that no other has caused."""
        if self.verdict is not Verdict.DIVERGED:
            return ()
        numbered = enumerate(self.divergences)
        return tuple(entry for place, entry in numbered if entry.independent or place == 0)


@record
class Recording:
    """A run of a reference that was kept in a file: where, of what, made with what, and what of it moves."""

    path: str
    command: str
    steps: int
    surroundings: tuple[tuple[str, str], ...]
    noise: tuple[Noise, ...]


@record
class Watched:
    """What one run was seen to do: what happens how often, and each mode with its value or None."""

    command: str
    steps: int
    rows: tuple[tuple[str, str], ...]
    modes: tuple[tuple[str, str | None], ...]
