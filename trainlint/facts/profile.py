"""Facts of the modes of a launch: in which of several ways its parts compute, and what says so."""

from __future__ import annotations

from enum import Enum

from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Span


class Witness(Enum):
    """Which part of the chain a piece of evidence comes from."""

    CONFIG = "the config"
    MODEL = "the model"
    SCRIPT = "the training loop"
    DATA = "the data"


class Weight(Enum):
    """What evidence is worth: what code does, what a file says of itself, what a thing is called."""

    STRUCTURE = "structure"
    RECORD = "record"
    NAME = "name"


@record
class Evidence:
    """Something that speaks for one value of an aspect; `message` completes "dynamic, since …"."""

    value: str
    witness: Witness
    weight: Weight
    span: Span
    message: str


@record
class Aspect:
    """One aspect of a launch with its value; None where nothing, or not enough, is known.

    `evidence` holds what speaks for the value and what speaks against it.
    """

    value: str | None = None
    evidence: tuple[Evidence, ...] = ()

    def by(self, witness: Witness, *weights: Weight) -> tuple[Evidence, ...]:
        """The evidence of one witness, of these weights if any are given."""
        return tuple(
            entry
            for entry in self.evidence
            if entry.witness is witness and (not weights or entry.weight in weights)
        )


class ModeFault(Enum):
    """Ways in which parts of a launch are of different modes."""

    CONFLICT = "model and training loop are of different modes"
    PARAMETERS_MISSING = "a mode without the parameters that make it one"
    CACHED_ENCODING = "the encoding is kept where every step should make its own"
    CARRY_DROPPED = "the carry ends with its batch"
    OTHER_FUNCTION = "the function that runs is that of the other mode"
    OTHER_DATA = "the data are of the other mode"
    ENCODER_IGNORED = "the encoder's parameters have no effect"


@record
class ModeProblem:
    """One such fault; `span` is where to mend it, `evidence` the pieces that disagree.

    `subject` is what it is about: a key, a function, a path. `certain` is False where one of the pieces is
    no more than a name; `alone` says that there is only one, which is worth a note. `remedy` completes the
    help.
    """

    fault: ModeFault
    span: Span
    subject: str
    evidence: tuple[Evidence, ...]
    message: str
    remedy: str | None = None
    runtime: str | None = None
    certain: bool = True
    alone: bool = False


@record
class Profile:
    """The modes of one launch; `unknown` are values that would decide and that are not known."""

    act_mode: Aspect = Aspect()
    encoder: Aspect = Aspect()
    data: Aspect = Aspect()
    problems: tuple[ModeProblem, ...] = ()
    unknown: tuple[Unknown, ...] = ()
