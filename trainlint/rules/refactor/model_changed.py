"""The networks of two programs in, layers and functions that are called with other constants out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.networks import Part, parts
from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.rules.base import Finding, difference

#: What libraries take where nothing is given, by keyword and as it would be typed.
_USUAL = {"None", "False", "0", "1"}
_DEFAULTS = {
    **dict.fromkeys(("bias", "affine", "elementwise_affine", "requires_grad"), ("True",)),
    "eps": ("1e-05", "1e-06", "1e-08"),
    "dropout": ("0.1",),
    "p": ("0.5",),
    "activation": ("relu",),
    "approximate": ("none",),
    "dim": ("-1",),
    "end_dim": ("-1",),
}


@difference("TL641", "model-changed", severity=Severity.WARNING, harm=Harm.RESULTS)
def model_changed(comparison: Comparison) -> Iterator[Finding]:
    """A layer or a function of the network is given something else."""
    mine, theirs = parts(comparison.reference.modules), parts(comparison.candidate.modules)
    for name in sorted(mine.keys() & theirs.keys()):
        if len(mine[name]) == len(theirs[name]):
            yield from _changed(name, mine[name], theirs[name])


def _changed(name: str, mine: list[Part], theirs: list[Part]) -> Iterator[Finding]:
    """The keywords that one of the calls of a name gives another value, where the others are alike."""
    left = list(theirs)
    for one in list(mine):
        same = next((other for other in left if other.keywords == one.keywords), None)
        if same is not None:
            left.remove(same)
            mine = [part for part in mine if part is not one]
    for one, other in zip(mine, left, strict=True):
        for key in sorted(one.keywords.keys() | other.keywords.keys()):
            told = _told(one, other, key)
            if told is not None:
                yield Finding(
                    other.span,
                    f"`{key}` of `{name}` in the network is {told[1]}: the reference has {told[0]}",
                    runtime="another model is trained; checkpoints of the one may not load into the other",
                    help="give the network what the reference gives it",
                    reference=one.span,
                )


def _told(one: Part, other: Part, key: str) -> tuple[str, str] | None:
    """What a keyword is in the reference and the candidate, where that is not the same for certain."""
    if key in one.keywords and key in other.keywords:
        before, after = one.keywords[key], other.keywords[key]
        both = before is not None and after is not None and before != after
        return (f"`{before}`", f"`{after}`") if both else None
    value = one.keywords.get(key, other.keywords.get(key))
    if one.places != other.places or value is None or value in (*_USUAL, *_DEFAULTS.get(key, ())):
        return None
    given, none = f"`{value}`", "the library's own value"
    return (given, none) if key in one.keywords else (none, given)
