"""What a script does and the values of one launch in, the launch's time out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.timeflow.counting import Mentions
from trainlint.chain.timeflow.divisions import divisions
from trainlint.chain.timeflow.documents import Documents
from trainlint.chain.timeflow.formulas import wrong_formulas
from trainlint.chain.timeflow.intervals import intervals
from trainlint.chain.timeflow.length import Length
from trainlint.chain.timeflow.library import library_schedules
from trainlint.chain.timeflow.local import local_counters
from trainlint.chain.timeflow.numbers import Calculator
from trainlint.chain.timeflow.ramps import Ramp, ramps
from trainlint.chain.timeflow.schedules import Finder, Origins
from trainlint.chain.timeflow.timeline import Timeline
from trainlint.facts.behaviour import Behaviour
from trainlint.facts.schedule import TimeFlow
from trainlint.facts.value import Unknown
from trainlint.source import Files, Span


@dataclass(eq=False)
class TimeReader:
    """Reads the time of launches; what belongs to the script alone is found once for all of them."""

    files: Files
    _forms: dict[int, tuple[Behaviour, Mentions, tuple[Ramp, ...]]] = field(default_factory=dict)

    def read(
        self, behaviour: Behaviour, evaluation: Evaluation, directory: Path | None, origin: Origins, span: Span
    ) -> TimeFlow | None:
        """A launch's time; None where nothing in its script counts steps."""
        mentions, found = self._form(behaviour)
        documents = Documents(self.files, directory)
        documents.evaluate = evaluation.value
        documents.learn(behaviour.events)
        line = Timeline.of(behaviour.events, Calculator(evaluation, documents, mentions), span)
        if line.optimizer is None and not found:
            return None
        length = Length.of(line)
        finder = Finder(line, length, origin, found)
        schedules = (*finder.found(), *library_schedules(line, length, origin))
        repeated = tuple(intervals(finder, origin))
        return TimeFlow(
            total=length.total(),
            schedules=schedules,
            formulas=tuple(wrong_formulas(length, found)),
            counters=tuple(local_counters(finder, found, evaluation)),
            intervals=repeated,
            divisions=tuple(divisions(line, origin)),
            unverified=tuple(dict.fromkeys(_unsaid(schedules))),
        )

    def _form(self, behaviour: Behaviour) -> tuple[Mentions, tuple[Ramp, ...]]:
        if id(behaviour) not in self._forms:
            mentions = Mentions()
            found = tuple(ramps(behaviour.events, mentions))
            self._forms[id(behaviour)] = (behaviour, mentions, found)
        return self._forms[id(behaviour)][1:]


def _unsaid(schedules: tuple[object, ...]) -> list[Unknown]:
    return []
