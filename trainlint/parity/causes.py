"""A divergence in, the divergence with what it looks like the work of out."""

from __future__ import annotations

import re
from dataclasses import replace

from trainlint.facts.parity import Divergence, Phase

_REORDERED = (
    "as many random numbers were drawn by then, in another order: modules are made or initialised in another "
    "order"
)
_NORM = re.compile(r"norm (\S+),")
#: How close to a whole number a ratio must be to be one.
_CLOSE = 1e-4


def named(entry: Divergence, *, same_draws: bool) -> Divergence:
    """The divergence with its cause in a sentence, where its numbers show one.

    `same_draws`: the random generator stood at the same place in both runs when training began.
    """
    if entry.phase is Phase.INIT and same_draws:
        return replace(entry, cause=_REORDERED)
    return replace(entry, cause=_cause(entry))


def _cause(entry: Divergence) -> str:
    ratio = _ratio(entry)
    if entry.phase in (Phase.GRAD, Phase.GRADNORM) and ratio is not None:
        factor = _whole(ratio)
        if factor is not None:
            return (
                f"the gradients are {factor}: the loss is divided or multiplied otherwise, as by the "
                "accumulation steps or the world size"
            )
    if entry.phase is Phase.FORWARD and "loss" in entry.quantity and ratio is not None:
        factor = _whole(ratio)
        if factor is not None:
            return f"the loss is {factor}, as without or with its division by the accumulation steps"
    if entry.phase is Phase.LR and ratio is not None:
        return f"the learning rate is {ratio:.6g} times the reference's"
    if entry.phase is Phase.EVAL and "training mode" in entry.candidate and "eval mode" in entry.reference:
        return "the candidate evaluates in training mode: dropout and batch statistics are on"
    return ""


def _ratio(entry: Divergence) -> float | None:
    """The candidate's number in units of the reference's."""
    ours, theirs = _number(entry.reference), _number(entry.candidate)
    return None if not ours or theirs is None else theirs / ours


def _number(text: str) -> float | None:
    found = _NORM.search(text)
    try:
        return float(found[1] if found else text)
    except ValueError:
        return None


def _whole(ratio: float) -> str | None:
    """`4 times as large` or `4 times as small`, None for a ratio that is no whole number."""
    for value, size in ((ratio, "large"), (1 / ratio if ratio else 0.0, "small")):
        near = round(value)
        if near > 1 and abs(value - near) < _CLOSE * near:
            return f"{near} times as {size} as the reference's"
    return None
