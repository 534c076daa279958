"""Looks at the configs that loaded checkpoints carry, yields the values that this run has otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.weights import CheckpointFit, ConfigDifference
from trainlint.rules.base import Finding, rule, value_story

_FAILS = "RuntimeError: Error(s) in loading state_dict: size mismatch"
_DIFFERS = "the weights load without a word, and the model computes with them what it was not trained to"


@rule(
    "TL512",
    "checkpoint-config-mismatch",
    severity=Severity.WARNING,
    link=LinkKind.CHECKPOINT,
    needs=("checkpoints",),
)
def checkpoint_config_mismatch(chain: Chain) -> Iterator[Finding]:
    """A value that the model is built from is not the one that its checkpoint was trained with."""
    for fit in chain.checkpoints:
        for difference in fit.differences:
            yield _finding(fit, difference)


def _finding(fit: CheckpointFit, difference: ConfigDifference) -> Finding:
    fails = difference.shapes and bool(fit.shapes or fit.missing or fit.unexpected)
    given = fit.loaded.needed.given
    return Finding(
        difference.origin.span,
        f"`{difference.key}` is {difference.ours}, but `{given}` was trained with {difference.theirs}",
        help=f"write {difference.key}={difference.theirs}, or load a checkpoint that was trained so",
        runtime=_FAILS if fails else _DIFFERS,
        chain=(
            *value_story(difference.origin),
            Note(difference.place, f"the checkpoint's own config says {difference.theirs}"),
            Note(fit.place, "the checkpoint is loaded into the model here"),
        ),
        severity=Severity.ERROR if fails else Severity.WARNING,
    )
