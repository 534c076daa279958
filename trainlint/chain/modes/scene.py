"""A launch in, one training step of it with all that predicates ask for out."""

from __future__ import annotations

from functools import cached_property

from trainlint.chain.evaluation import Answers
from trainlint.chain.modes.encoding import Encoding, encodings
from trainlint.chain.modes.sources import DataPath, Identity, data_paths, identities
from trainlint.chain.modes.stepping import Halting, Repetition, halting, repetitions
from trainlint.chain.modes.training import TrainingStep
from trainlint.chain.recall import Inquiry
from trainlint.facts.behaviour import Access, Behaviour, Read
from trainlint.facts.config import Origin
from trainlint.record import state
from trainlint.source import Files, Span


@state
class Scene:
    """One training step of a launch; all that belongs to the launch alone is asked of the inquiry."""

    step: TrainingStep
    behaviour: Behaviour
    launch: Inquiry
    evaluation: Answers
    files: Files

    @cached_property
    def repetitions(self) -> tuple[Repetition, ...]:
        """Loops over steps inside the forward."""
        return tuple(repetitions(self.step))

    @cached_property
    def halting(self) -> Halting | None:
        """What decides who halts."""
        return halting(self.step)

    @cached_property
    def encodings(self) -> tuple[Encoding, ...]:
        """The encoders that are called."""
        return tuple(encodings(self.step, self.repetitions))

    @cached_property
    def identities(self) -> tuple[Identity, ...]:
        """Tables of learned vectors, one a task."""
        return tuple(identities(self.step))

    @cached_property
    def paths(self) -> tuple[DataPath, ...]:
        """Where the training data are."""
        return tuple(data_paths(self.step, self.evaluation, self.launch))

    @property
    def stateful(self) -> bool:
        """Whether the forward takes a state and gives the next one."""
        return bool(self.step.kept or self.step.renewed or self.step.repeats)

    @property
    def followed(self) -> bool:
        """Whether the network's code was read, all of it."""
        return self.behaviour.complete and self.step.forward.event.inside is not None

    def origin(self, path: tuple[str, ...]) -> Origin | None:
        """Where the config holds a key, None where it does not."""
        return self.launch.origin(tuple(int(part) if part.isdigit() else part for part in path))

    def key_span(self, path: tuple[str, ...]) -> Span:
        """Where a key that the config holds is written."""
        found = self.origin(path)
        assert found is not None
        return found.key_span

    def reads(self, path: tuple[str, ...]) -> bool:
        """Whether the code asks for a key, or hands the part that it is in on where nobody can follow.

        The whole config is handed on to be stored, shown or sent to other processes.
        """
        return path in self._read or any(path[:length] in self._escaped for length in range(1, len(path)))

    @cached_property
    def _read(self) -> frozenset[tuple[str, ...]]:
        return frozenset(
            event.setting.path
            for event in self.behaviour.events
            if isinstance(event, Read) and event.access is not Access.SHOWN and not event.setting.hidden
        )

    @cached_property
    def _escaped(self) -> frozenset[tuple[str, ...]]:
        return frozenset(
            event.setting.path
            for event in self.behaviour.events
            if isinstance(event, Read) and event.access is Access.WHOLE
        )
