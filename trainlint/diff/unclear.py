"""Aligned effects in, what decides the training and cannot be held against each other out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.diff.differing import UNCOUNTED
from trainlint.facts.comparison import Difference, Pair
from trainlint.facts.effects import Kind
from trainlint.facts.terms import Sort, Term
from trainlint.facts.value import Unknown

#: The parts that decide what is trained, by what they are parts of.
_DECIDING: dict[Kind, tuple[str, ...]] = {
    Kind.SEED: ("seed", "condition"),
    Kind.LOADER: ("batch_size", "shuffle", "drop_last"),
    Kind.SPLIT: ("lengths", "test_size", "train_size"),
    Kind.OPTIMIZER: ("lr", "betas", "eps", "weight_decay", "momentum"),
    Kind.LEARNING_RATE: ("value", "condition"),
    Kind.SCHEDULER: ("T_max", "eta_min", "num_warmup_steps", "num_training_steps", "step_size", "gamma"),
    Kind.BACKWARD: ("loss", "times", "condition"),
    Kind.CLIP: ("max_norm", "clip_value", "condition"),
    Kind.STEP: ("turns", "condition"),
    Kind.EVALUATION: ("splits", "batches", "condition"),
    Kind.SAVE: ("condition",),
    Kind.DATA: ("0", "path", "data_files", "split"),
    Kind.TOKENIZER: ("0",),
    Kind.TRAINER: ("learning_rate", "weight_decay", "max_steps", "num_train_epochs"),
    Kind.LOSS: ("target", "ignore_index", "label_smoothing"),
    Kind.DRAW: ("0",),
}


def unclear(pairs: Iterable[Pair]) -> tuple[Unknown, ...]:
    """Why parts that matter are not compared, each once."""
    return tuple(dict.fromkeys(_told(pairs)))


def _told(pairs: Iterable[Pair]) -> Iterator[Unknown]:
    for pair in pairs:
        kind = pair.candidate.kind
        for entry in pair.differences:
            reason = None if entry.certain else _reason(entry)
            if reason is not None and entry.part in _DECIDING.get(kind, ()):
                part = f"argument {int(entry.part) + 1}" if entry.part.isdigit() else entry.part
                what = f"{part} of the {kind.value}"
                yield Unknown(f"whether the {what} is the same: {reason}", pair.candidate.span)


def _reason(entry: Difference) -> str | None:
    """What is not known in the values of either side."""
    values: list[Term] = [term for term in (entry.reference, entry.candidate) if term is not None]
    unknown = (part for term in values for part in term.walk() if part.sort is Sort.UNKNOWN)
    reason = entry.where if entry.where == UNCOUNTED else None
    return next((str(part.value) for part in unknown), reason)
