"""A chain whose code was followed in, the time of its launch out, once for each composition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from pathlib import Path

from trainlint.chain.answers import Asked
from trainlint.chain.evaluation import Evaluation
from trainlint.chain.model import Chain, Unverified
from trainlint.chain.recall import Inquiry, Recall
from trainlint.chain.timeflow.counting import Mentions
from trainlint.chain.timeflow.divisions import divisions, quotients
from trainlint.chain.timeflow.documents import Documents
from trainlint.chain.timeflow.driven import driven_runs, may_make_trainers, words_given
from trainlint.chain.timeflow.factors import counted
from trainlint.chain.timeflow.formulas import wrong_formulas
from trainlint.chain.timeflow.intervals import intervals
from trainlint.chain.timeflow.length import Length
from trainlint.chain.timeflow.library import library_schedules
from trainlint.chain.timeflow.local import local_counters
from trainlint.chain.timeflow.moving import Movers
from trainlint.chain.timeflow.numbers import Calculator
from trainlint.chain.timeflow.ramps import Ramp, ramps
from trainlint.chain.timeflow.schedules import Finder
from trainlint.chain.timeflow.timeline import Timeline, counters
from trainlint.facts.behaviour import Behaviour, Call
from trainlint.facts.config import Composition, ConfigScalar, select
from trainlint.facts.schedule import Phase, Schedule, TimeFlow
from trainlint.facts.symbols import Operation
from trainlint.facts.value import Known, Unknown
from trainlint.record import entity
from trainlint.source import Files

#: What counts, what ramps over counts, what is divided and what may make a trainer in a script.
_Form = tuple[Mentions, tuple[Ramp, ...], tuple[Operation, ...], tuple[Call, ...]]


@entity
class TimeReader:
    """Reads the time of launches; what belongs to the script alone is found once for all of them."""

    files: Files
    _forms: dict[Behaviour, _Form] = field(default_factory=dict)
    _known: dict[Behaviour, Recall[TimeFlow | None]] = field(default_factory=dict)

    def timed(self, chain: Chain) -> Chain:
        """The chain with its time, and with what could not be said of it."""
        times = self.times(chain)
        # A config that Hydra or its schema refuses has its own findings.
        whole = not any(config.problems for config in chain.configs)
        reasons = dict.fromkeys(reason for time in times if whole for reason in time.unverified)
        unverified = (Unverified(None, reason) for reason in reasons)
        return replace(chain, times=times, unverified=(*chain.unverified, *unverified))

    def times(self, chain: Chain) -> tuple[TimeFlow, ...]:
        """The time of each config with which something counts steps."""
        behaviour = chain.behaviour
        whole = [config for config in chain.configs if config.root is not None]
        if behaviour is None or len(whole) != len(chain.evaluations):
            return ()
        found = (
            self._of(behaviour, evaluation, composition, chain)
            for evaluation, composition in zip(chain.evaluations, whole, strict=True)
        )
        return tuple(time for time in found if time is not None)

    def _of(
        self, behaviour: Behaviour, evaluation: Evaluation, composition: Composition, chain: Chain
    ) -> TimeFlow | None:
        given = chain.command_line.given if chain.command_line is not None else ()
        directory = _directory(chain, composition)
        asked = Asked(evaluation, composition, directory, chain.job.span, words=dict(words_given(given)))
        known = self._known.setdefault(behaviour, Recall())
        return known.of(asked, lambda inquiry: self._read(behaviour, inquiry))

    def _read(self, behaviour: Behaviour, launch: Inquiry) -> TimeFlow | None:
        """The time of one launch, of which all that is known is asked of the inquiry."""
        mentions, found, divided, trainers = self._form(behaviour)
        evaluation, origin = launch.evaluation(), launch.origin
        documents = Documents(self.files, launch.directory(), evaluation.value)
        documents.learn(behaviour.events)
        calculator = Calculator(evaluation, documents, mentions)
        line = Timeline.of(behaviour.events, calculator, launch.start())
        runs = driven_runs(line, origin, trainers, evaluation.reached, launch.words()) if trainers else ()
        if line.optimizer is None and not found and not runs:
            return None
        length = Length.of(line)
        found = tuple(ramp for ramp in found if ramp.happens(evaluation))
        movers = Movers(line, length, runs)
        finder = Finder(line, length, origin, found, counted(movers))
        driven = tuple(schedule for run in runs for schedule in run.schedules)
        made = (*finder.found(), *library_schedules(movers, origin), *driven)
        schedules = tuple(sorted(made, key=lambda schedule: schedule.span))
        return TimeFlow(
            total=runs[0].total.value if runs and line.optimizer is None else length.total(),
            schedules=schedules,
            formulas=tuple(wrong_formulas(length, found)),
            counters=tuple(local_counters(finder, found, evaluation)),
            intervals=(*intervals(finder, origin), *(every for run in runs for every in run.intervals)),
            divisions=tuple(divisions(line, divided, origin)),
            unverified=tuple(dict.fromkeys(_unsaid(schedules))),
        )

    def _form(self, behaviour: Behaviour) -> _Form:
        """What is the same for all launches of a script."""
        if behaviour not in self._forms:
            mentions = Mentions(frozenset(counter.key for counter in counters(behaviour.events)))
            found = tuple(ramps(behaviour.events, mentions))
            divided = tuple(quotients(behaviour.events))
            self._forms[behaviour] = mentions, found, divided, may_make_trainers(behaviour.events)
        return self._forms[behaviour]


def _unsaid(schedules: Iterable[Schedule]) -> Iterator[Unknown]:
    """Why a schedule with a fixed end could not be held against the run."""
    for schedule in schedules:
        fixed = schedule.end.key or schedule.start.key
        if fixed is not None and not schedule.end.ratio and schedule.phase is not Phase.WAIT:
            for amount in (schedule.end, schedule.horizon):
                if isinstance(amount.value, Unknown):
                    yield amount.value
                    break


def _directory(chain: Chain, composition: Composition) -> Path | None:
    """The folder from which the script reads files, None where Hydra may have changed it."""
    node = select(composition.hydra, ("job", "chdir"))
    moved = node.value if isinstance(node, ConfigScalar) else None
    base = chain.entry.version_base if chain.entry is not None else None
    version = base.value if isinstance(base, Known) else "1.1"
    if moved is True or (moved is None and version in ("1.1", "1.0", "")):
        return None
    directory = chain.launch.directory
    return directory.value if isinstance(directory, Known) else None
