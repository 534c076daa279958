"""Two programs that fine-tune in, the steps with which only the reference prepares or trains a model out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort

#: What is done with a model, a tokenizer or a trainer, by the last part of the name.
_STEPS = (
    *("prepare_model_for_kbit_training", "get_chat_template", "train_on_responses_only"),
    *("train", "evaluate", "predict", "fit"),
)
_ADAPTERS = ("get_peft_model", "add_adapter")


def never_taken(comparison: Comparison) -> Iterator[Effect]:
    """What only the reference does with a model, a tokenizer or a trainer of a library."""
    done = {_last(effect) for effect in comparison.candidate.of(Kind.MODEL, Kind.TOKENIZER, Kind.TRAINER)}
    for effect in comparison.lost_of(Kind.MODEL, Kind.TOKENIZER, Kind.TRAINER):
        if _last(effect) in _STEPS and _last(effect) not in done:
            yield effect
    adapted, still = _adapted(comparison.reference), _adapted(comparison.candidate)
    if adapted is not None and still is None:
        yield adapted
    yield from comparison.lost_of(Kind.ATTRIBUTE)
    if not comparison.added_of(Kind.FREEZE):
        yield from comparison.lost_of(Kind.FREEZE)


def _last(effect: Effect) -> str:
    return effect.name.rpartition(".")[2]


def _adapted(program: Program) -> Effect | None:
    """Where a model gets its adapters: by a call, or by a trainer that is given their settings."""
    for effect in program.of(Kind.MODEL, Kind.SETUP, Kind.TRAINER):
        given = effect.part("peft_config") if effect.kind is Kind.TRAINER else None
        if _last(effect) in _ADAPTERS or (given is not None and given.sort is not Sort.CONSTANT):
            return effect
    return None
