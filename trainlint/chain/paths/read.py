"""The chain of a launch as far as its code is followed in, the paths that it reads and writes out."""

from __future__ import annotations

from dataclasses import field

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.events import Once
from trainlint.chain.model import Chain
from trainlint.chain.paths.disk import Disk, DiskEvaluation, tests_of
from trainlint.chain.paths.makers import Makers
from trainlint.chain.paths.needed import Collector
from trainlint.chain.paths.texts import HOLE, Speller
from trainlint.chain.paths.uses import Use, uses
from trainlint.facts.behaviour import Behaviour, Call
from trainlint.facts.config import Composition, ConfigMap, ConfigScalar, select
from trainlint.facts.launch import Form, LaunchFacts
from trainlint.facts.paths import Presence, RunPaths
from trainlint.facts.script import EntryKind, HydraEntry
from trainlint.facts.settings import Settings
from trainlint.facts.symbols import External, Symbol
from trainlint.facts.target import TargetStatus
from trainlint.facts.value import Known
from trainlint.record import entity
from trainlint.source import Files

#: What a document shows need not exist where it is read.
_SHOWN = (Form.MARKDOWN, Form.RST)


@entity
class PathReader:
    """Reads the paths of launches; what a script does with paths is looked at once."""

    files: Files
    settings: Settings
    _disk: Disk = field(init=False)
    _uses: Once[tuple[tuple[Use, ...], dict[int, Symbol], bool]] = field(default_factory=lambda: Once(_uses))

    def __post_init__(self) -> None:
        """One look at the disk for all launches."""
        self._disk = Disk(self.files, self.settings)

    def of(self, chain: Chain) -> tuple[RunPaths, ...]:
        """What a launch reads and writes, for each of its compositions."""
        done, entry = chain.behaviour, chain.entry
        if done is None or self.settings.paths == "off" or chain.job.form in _SHOWN:
            return ()
        if _stops(chain):
            return ()
        known = [composition for composition in chain.configs if composition.root is not None]
        pairs = zip(chain.evaluations, known, strict=True)
        # A run that Hydra refuses reads nothing.
        return tuple(
            self._read(done, evaluation, composition, chain.launch, entry)
            for evaluation, composition in pairs
            if not composition.problems
        )

    def _read(
        self,
        behaviour: Behaviour,
        evaluation: Evaluation,
        composition: Composition,
        launch: LaunchFacts,
        entry: HydraEntry | None,
    ) -> RunPaths:
        """What one launch reads and writes."""
        found, tests, moves = self._uses.of(behaviour)
        start = str(launch.directory.value) if isinstance(launch.directory, Known) else None
        directory = None if moves or _changes_directory(composition, entry) else start
        run = DiskEvaluation(
            evaluation.lookup, evaluation.world_size, evaluation.environment, evaluation.place
        )
        speller = Speller(run, directory, start)
        disk = self._disk
        run.tests = tests
        run.exists = lambda path: _exists(path, speller, disk)
        makers = Makers(behaviour, run, speller)
        return Collector(found, run, speller, disk, composition, makers, launch.job).collect()


def _uses(behaviour: Behaviour) -> tuple[tuple[Use, ...], dict[int, Symbol], bool]:
    """What a script does with paths, where it looks for them, and whether it moves elsewhere."""
    calls = tuple(event for event in behaviour.events if isinstance(event, Call))
    moves = any(isinstance(c.callee, External) and c.callee.name == "os.chdir" for c in calls)
    return uses(behaviour), tests_of(calls), moves


def _stops(chain: Chain) -> bool:
    """Whether a launch surely ends before it comes to its files."""
    refused = chain.command_line is not None and bool(chain.command_line.problems)
    broken = any(target.status is TargetStatus.BROKEN for target in chain.targets)
    return refused or broken or bool(chain.refusals.found)


def _exists(path: Symbol, speller: Speller, disk: Disk) -> bool | None:
    """What the script's own look at a path would say; None where that is not known."""
    places = speller.places(path)
    if len(places) != 1 or HOLE in places[0]:
        return None
    presence = disk.look(places[0])
    return None if presence is Presence.UNSEEN else presence is not Presence.ABSENT


def _changes_directory(composition: Composition, entry: HydraEntry | None) -> bool:
    """Whether Hydra starts the function in the output folder of the run."""
    if entry is None or entry.kind is not EntryKind.MAIN:
        return False
    hydra = composition.hydra
    chdir = select(hydra, ("job", "chdir")) if isinstance(hydra, ConfigMap) else None
    given = chdir.value if isinstance(chdir, ConfigScalar) else None
    if isinstance(given, bool):
        return given
    base = entry.version_base
    if not isinstance(base, Known) or base.value is None:
        return not isinstance(base, Known)
    return [int(part) for part in base.value.split(".")[:2] if part.isdecimal()] < [1, 2]
