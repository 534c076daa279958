"""Passes that differ in number or mode in, what one side does and the other does not out."""

from __future__ import annotations

from trainlint.facts.parity import Divergence, Phase
from trainlint.parity.causes.evidence import Evidence, Shown
from trainlint.parity.causes.ratios import is_near, ratio, size

_MODE = "mode of evaluation"


def in_training_mode(entry: Divergence, evidence: Evidence) -> str:
    """Evaluated with what training adds."""
    ours, theirs = evidence.values(entry)
    if not entry.quantity.startswith(_MODE) or not isinstance(ours, str) or not isinstance(theirs, str):
        return ""
    if "training mode" in theirs and "eval mode" in ours:
        return "the candidate evaluates in training mode: dropout and batch statistics are on"
    if "training mode" in ours and "eval mode" in theirs:
        return "the reference evaluates in training mode: there dropout and batch statistics are on"
    if "gradients on" in theirs and "gradients off" in ours:
        return "the candidate evaluates without torch.no_grad: it keeps all it computes for a backward pass"
    return ""


def trained_in_eval_mode(entry: Divergence, evidence: Evidence) -> str:
    """Passes with gradients in eval mode, where the other side trains."""
    counts = evidence.numbers(entry), evidence.values(entry)
    if entry.quantity not in ("forward passes", "evaluation passes") or counts[1] == (None, None):
        return ""
    ours, theirs = (_in_eval_mode(side, entry.step) for side in (evidence.reference, evidence.candidate))
    if theirs and not ours:
        return "the candidate trains in eval mode: dropout is off, and statistics of batches stay as they are"
    if ours and not theirs:
        return "the reference trains in eval mode: there dropout is off"
    return ""


def counted(entry: Divergence, evidence: Evidence) -> str:
    """More or fewer of something in an update."""
    pair = evidence.numbers(entry)
    value = None if pair is None else ratio(*pair)
    if pair is None or value is None:
        return ""
    if value == evidence.ranks > 1 or value == 1 / evidence.ranks < 1:
        return (
            f"{size(value)}: the accumulation steps are shared among {evidence.ranks} ranks on one side alone"
        )
    if abs(pair[1] - pair[0]) == 1 and max(pair) > 2:
        return f"one {'more' if value > 1 else 'fewer'} than in the reference"
    return f"{size(value)}" if is_near(round(value), value) or is_near(round(1 / value), 1 / value) else ""


def evaluated(entry: Divergence, evidence: Evidence) -> str:
    """Evaluations that one side alone makes here."""
    ours, theirs = evidence.values(entry)
    if entry.quantity != "evaluation passes" or (ours is None) == (theirs is None):
        return ""
    return f"only the {'reference' if theirs is None else 'candidate'} evaluates after this update"


def _in_eval_mode(side: Shown, step: int) -> bool:
    """Whether passes before or after an update build gradients in eval mode."""
    return any(
        "eval mode, gradients on" in str(value)
        for there in (step - 1, step)
        for name, value in side.at(there, Phase.EVAL)
        if name.startswith(_MODE)
    )
