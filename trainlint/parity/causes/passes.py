"""Passes that differ in number or mode in, what one side does and the other does not out."""

from __future__ import annotations

from trainlint.facts.parity import Divergence
from trainlint.parity.causes.evidence import Evidence
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
