"""The fixture pairs of comparisons in, what their runs come to out: whole, and with what a refactor lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.diff.cases import SIDES, of_each_side, read_case
from tests.parity.mutants import Launch, Mutant
from tests.parity.trials import Trials
from trainlint.engine.reading import read
from trainlint.facts.parity import ParityOutcome, Phase, Standing
from trainlint.parity.bounds import Bounds
from trainlint.parity.joined import joined
from trainlint.parity.probe.plan import Plan
from trainlint.parity.proof import proved
from trainlint.parity.trial import Trial


def _launch(base: str, script: str | dict[str, str], words: str, steps: int, **more: str) -> Launch:
    setup = f"python $ROOT/fixtures/refactors/{base}/prepare.py"
    variables = dict.fromkeys(SIDES, more)
    return Launch(
        base, setup, of_each_side(script), dict.fromkeys(SIDES, tuple(words.split())), variables, steps
    )


NANOGPT = _launch("nanogpt-clean", "train.py", "config/tiny.py", 2)
RANKS = replace(NANOGPT, processes=2)
EPOCHS = _launch("epochs-clean", "train.py", "--val-share 0.78 --warmup-epochs 1 --channels 4", 4)
MERGE = _launch("merge-clean", "training.py", "", 2, TEST_MODE="True", WEIGHT_DECAY="0.3")
_GOING_ON = {
    "TEST_MODE": "True",
    "CHECKPOINT_PATH": "out/checkpoints/checkpoint_from_scratch_step_6.pt",
    "RESUME_STEPS": "4",
    "LEARNING_RATE": "0.003",
}
RESUMED = replace(
    MERGE,
    name="resumed",
    setup=f"{MERGE.setup} && TEST_MODE=True python training.py",
    scripts={"reference": "training_resume.py", "candidate": "training.py"},
    variables=dict.fromkeys(SIDES, _GOING_ON),
)


@dataclass(frozen=True)
class Fixture:
    """A case of `fixtures/refactors` and what its runs come to.

    `phase` is where it shows first, None where the runs are equal; `cause` is part of the first cause, or of
    why a run says nothing. `read` are findings of rules with what the runs say of them.
    """

    name: str
    launch: Launch
    phase: Phase | None = None
    cause: str = ""
    read: Mapping[str, Standing] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name}, {self.launch.name}, {self.launch.processes} ranks"

    def compared(self, folder: Path, python: str) -> ParityOutcome:
        """Both sides run beside each other by an interpreter, and read."""
        case = read_case(self.name)
        sources = {side: case.folder / side for side in SIDES}
        mutant = Mutant(case.name, self.name, "fixture", self.launch, sources, case.edits)
        sides = mutant.sides(folder / "programs")

        def run(name: str, is_candidate: bool, plan: Plan) -> Trial:
            return Trials(folder / "trials", python).run(
                name, sides["candidate" if is_candidate else "reference"], plan
            )

        outcome = proved(run, self.launch.steps, Bounds(exact=True), compiled=False)
        found, _ = read(sides["reference"], sides["candidate"], folder / "reading")
        return joined(outcome, found)


SHOWN, FITS, STOPS, UNSEEN = Standing.SHOWN, Standing.FITS, Standing.STOPS, Standing.UNSEEN
FIXTURES = [
    Fixture("nanogpt-clean", NANOGPT),
    Fixture("epochs-clean", EPOCHS),
    Fixture("merge-clean", MERGE),
    Fixture("merge-clean", RESUMED),
    Fixture(
        "seed000-1-val-loss-as-train-loss", NANOGPT, Phase.STRUCTURE, "1/2", {"TL601": SHOWN, "TL602": FITS}
    ),
    Fixture("seed000-2-world-size-lost", NANOGPT, read={"TL603": UNSEEN}),
    Fixture("seed000-2-world-size-lost", RANKS, Phase.INIT, "2 ranks", {"TL603": SHOWN}),
    Fixture("seed000-3-tokens-per-iteration", NANOGPT, Phase.INIT, "2 micro-steps", {"TL604": SHOWN}),
    Fixture("seed000-4-scheduler-evaluates", NANOGPT, Phase.STRUCTURE, "", {"TL605": SHOWN}),
    Fixture("seed000-5-method-renamed", NANOGPT, None, "get_next_batch", {"TL610": STOPS}),
    Fixture(
        "seed001-1-variable-not-read",
        MERGE,
        Phase.CONFIG,
        "`WEIGHT_DECAY` is no longer read",
        {"TL616": SHOWN},
    ),
    Fixture("seed001-2-precedence", RESUMED, Phase.LR, "", {"TL617": SHOWN}),
    Fixture("seed001-3-resume-log-lost", RESUMED, read={"TL640": UNSEEN}),
    Fixture("seed001-4-optimizer-not-restored", RESUMED, Phase.UPDATE, "begins anew", {"TL637": SHOWN}),
    Fixture("seed001-5-output-file-lost", MERGE, read={"TL640": UNSEEN}),
    Fixture("seed001-6-start-step", RESUMED, Phase.STRUCTURE, "", {"TL627": SHOWN}),
    Fixture("seed001-7-emergency-save-lost", MERGE, read={"TL637": UNSEEN}),
    Fixture("seed001-8-prompt-changed", MERGE, read={"TL613": Standing.UNCONFIRMED}),
]
