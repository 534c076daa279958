"""Every edit of the mutation study in, a table out of which `trainlint parity` tells apart, and where.

Usage: python -m tests.parity.study [--held] [--keep FOLDER] [NAME ...]   (parts of kinds and names)
"""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from tests.diff.study import table
from tests.fixtures.warm_python import warm_programs
from tests.parity.mutants import Mutant, mutants
from tests.parity.trials import Trials
from trainlint.facts.parity import Divergence, ParityOutcome, Verdict
from trainlint.parity.bounds import Bounds
from trainlint.parity.launch import Ended
from trainlint.parity.probe.plan import Plan
from trainlint.parity.proof import proved
from trainlint.parity.repeats import CONTENTS
from trainlint.parity.trial import Trial


class Fate(Enum):
    """What became of an edit: the first three of a bug, the next two of what preserves the training."""

    FOUND = "found"
    ELSEWHERE = "found in another phase"
    MISSED = "missed"
    SAME = "the same"
    ALARM = "flagged"
    UNSURE = "inconclusive"


@dataclass(frozen=True)
class Judged:
    """An edit and what its runs came to."""

    mutant: Mutant
    outcome: ParityOutcome

    @property
    def first(self) -> Divergence | None:
        """Where the sides first part out."""
        return next(iter(self.outcome.divergences), None)

    @property
    def fate(self) -> Fate:
        """What became of it."""
        if self.outcome.verdict is Verdict.INCONCLUSIVE:
            return Fate.UNSURE
        is_bug, first = self.mutant.phase is not None, self.first
        if first is None:
            return Fate.MISSED if is_bug else Fate.SAME
        if not is_bug:
            return Fate.ALARM
        return Fate.FOUND if first.phase is self.mutant.phase else Fate.ELSEWHERE

    @property
    def fine(self) -> bool:
        """Whether it came out as it shall."""
        return self.fate in (Fate.FOUND, Fate.SAME)

    @property
    def is_on_time(self) -> bool:
        """Whether a bug was seen first in the update where it shall be."""
        return self.first is not None and self.first.step == self.mutant.update

    @property
    def is_alone(self) -> bool:
        """Whether what differs by itself is in the phase of the bug only, where any was told apart."""
        own = {entry.phase for entry in self.outcome.divergences if entry.independent}
        return own == {self.mutant.phase}

    @property
    def seen(self) -> str:
        """What the report begins with."""
        first = self.first
        if first is None:
            return self.outcome.verdict.value + "".join(
                f": {said.splitlines()[-1]}" for said in self.outcome.missing[:1]
            )
        rank = f", rank {first.rank}" if first.rank else ""
        return f"update {first.step + 1}{rank}, {first.phase.value}: {first.quantity}"


@dataclass(frozen=True)
class Workshop:
    """Runs edits beside their references; what ran before is read from the folder.

    `held`: whether the candidate is run once more with the reference's values put in place of its own.
    """

    folder: Path
    python: str = sys.executable
    bounds: Bounds = field(default_factory=Bounds)
    held: bool = False

    def judged(self, mutant: Mutant) -> Judged:
        """Run an edit as often as it needs."""
        sides, trials = mutant.sides(self.folder / "programs"), Trials(self.folder / "trials", self.python)

        def run(name: str, is_candidate: bool, plan: Plan) -> Trial:
            side = sides["candidate" if is_candidate else "reference"]
            if plan.replay and not self.held:
                return Trial(name, side, Ended(0, "not asked for", 0.0, "", ""), self.folder, ())
            # What is kept changes nothing that is compared, and the same run then serves for both.
            return trials.run(name, side, replace(plan, contents=CONTENTS))

        return Judged(mutant, proved(run, mutant.launch.steps, self.bounds, compiled=False))


def summary(results: Sequence[Judged], *, held: bool = False) -> str:
    """How many bugs of each kind are found, and how many of the others are flagged."""
    bugs = [result for result in results if result.mutant.phase is not None]
    kept = [result for result in results if result.mutant.phase is None]
    kinds = list(dict.fromkeys(result.mutant.kind for result in bugs))
    counts = [(kind, [result for result in bugs if result.mutant.kind == kind]) for kind in kinds]
    told: dict[str, Callable[[Judged], bool]] = {
        "found": lambda result: result.fate in (Fate.FOUND, Fate.ELSEWHERE),
        "in their phase": lambda result: result.fine,
        "in their update": lambda result: result.is_on_time,
    }
    if held:
        told["no other cause told"] = lambda result: result.is_alone
    rows = [
        (kind, len(some), *(sum(map(counts_for, some)) for counts_for in told.values()))
        for kind, some in [*counts, ("together", bugs)]
    ]
    head = ["bugs", "all", *told]
    fates = Counter(result.outcome.verdict.value for result in kept)
    verdicts = [verdict.value for verdict in Verdict]
    others = ["refactors", "all", *verdicts]
    mine = [("together", len(kept), *(fates[verdict] for verdict in verdicts))]
    return f"{table(head, rows)}\n{table(others, mine)}"


def listing(results: Iterable[Judged]) -> str:
    """Each edit, and what was seen of it."""
    rows = [
        (
            result.mutant,
            result.mutant.kind,
            _wanted(result.mutant),
            f"{'' if result.fine else f'**{result.fate.value}** '}{result.seen}",
        )
        for result in results
    ]
    return table(["edit", "kind", "shall show", "seen"], rows)


def _wanted(mutant: Mutant) -> str:
    if mutant.phase is None:
        return "nothing"
    return f"update {mutant.update + 1}, {mutant.phase.value}: {mutant.harm}"


def main() -> None:
    """Print the tables of the chosen edits."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="a folder that keeps the runs for the next time")
    parser.add_argument(
        "--held", action="store_true", help="tell bugs from their consequences, in one more run"
    )
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, warm_programs(Path(scratch)) as programs:
        folder = (asked.keep or Path(scratch)).resolve()
        workshop = Workshop(folder, str(programs / "python"), held=asked.held)
        results = []
        for mutant in mutants():
            if not asked.names or any(name in f"{mutant.kind} {mutant}" for name in asked.names):
                results.append(workshop.judged(mutant))
                sys.stderr.write(f"{mutant}: {results[-1].fate.value} ({results[-1].seen})\n")
    sys.stdout.write(f"{summary(results, held=asked.held)}\n{listing(results)}")


if __name__ == "__main__":
    main()
