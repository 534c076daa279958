"""A launch in, one training step of it with all that predicates ask for out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.modes.encoding import Encoding, encodings
from trainlint.chain.modes.sources import DataPath, Identity, data_paths, identities
from trainlint.chain.modes.stepping import Halting, Repetition, halting, repetitions
from trainlint.chain.modes.training import TrainingStep
from trainlint.facts.behaviour import Access, Behaviour, Read
from trainlint.facts.config import Composition, ConfigNode, leaves, select
from trainlint.facts.launch import Word
from trainlint.record import state
from trainlint.source import Files, Span


@state
class Scene:
    """One training step of a launch; `start` is where it names its script, `overrides` are what it sets."""

    step: TrainingStep
    behaviour: Behaviour
    composition: Composition
    evaluation: Evaluation
    files: Files
    directory: Path | None
    start: Span
    overrides: tuple[Word, ...]

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
        return tuple(data_paths(self.step, self.evaluation, self.directory))

    @property
    def stateful(self) -> bool:
        """Whether the forward takes a state and gives the next one."""
        return bool(self.step.kept or self.step.renewed or self.step.repeats)

    @property
    def followed(self) -> bool:
        """Whether the network's code was read, all of it."""
        return self.behaviour.complete and self.step.forward.event.inside is not None

    def leaves(self) -> Iterator[tuple[tuple[str, ...], ConfigNode]]:
        """The keys of the config."""
        if self.composition.root is not None:
            for path, node in leaves(self.composition.root):
                yield tuple(str(part) for part in path), node

    def node(self, path: tuple[str, ...]) -> ConfigNode | None:
        """What the config holds at a path."""
        keys = tuple(int(part) if part.isdigit() else part for part in path)
        return select(self.composition.root, keys)

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
