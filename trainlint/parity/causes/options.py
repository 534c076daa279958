"""Options of optimizers that differ in, which parameters have them otherwise out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from trainlint.facts.parity import Digest, Divergence, Phase, Value
from trainlint.parity.causes.evidence import Evidence

_TRAINED = re.compile(r" is trained( \(\d+\))?$")
#: What an option does to a run, of which its first updates show little.
_MEANINGS = {
    "betas": "the averages of the gradients remember them for longer or shorter",
    "eps": "small gradients count otherwise",
    "momentum": "gradients of earlier updates count otherwise",
    "nesterov": "one side looks ahead by its momentum",
    "weight_decay": "weights are pulled to zero otherwise",
    "decoupled_weight_decay": "decay is part of the gradient on one side (Adam) and not on the other (AdamW)",
    "maximize": "the loss is made larger on one side",
    "amsgrad": "one side divides by the largest of the averages",
}
#: What the network holds beside its parameters.
NOT_TRAINED = ", not trained"
#: How many names are told one by one.
_TOLD = 3


def regrouped(entry: Divergence, evidence: Evidence) -> str:
    """An option that some parameters have otherwise, and which those are."""
    ours, theirs = (_per_parameter(value) for value in evidence.values(entry))
    names = [name for name, _ in _weights(evidence)]
    if not names or (not isinstance(ours, dict) and not isinstance(theirs, dict)):
        return ""
    one, other = _spread(ours, names), _spread(theirs, names)
    differing = [name for name in names if one.get(name) != other.get(name)]
    if not differing:
        return ""
    pairs = {(json.dumps(one.get(name)), json.dumps(other.get(name))) for name in differing}
    change = "; ".join(f"{here} in the reference, {there} in the candidate" for here, there in sorted(pairs))
    everywhere = len(differing) == len(names)
    return f"{'of all parameters' if everywhere else which(differing, evidence)}: {change}"


def frozen(entry: Divergence, evidence: Evidence) -> str:
    """A parameter that one side alone trains."""
    if not _TRAINED.search(entry.quantity):
        return ""
    ours, theirs = (value == "True" for value in evidence.values(entry))
    if ours == theirs:
        return "its optimizer does not have it on one side"
    side = "reference" if theirs else "candidate"
    return f"the {side} does not train it: it is frozen, tied to another one, or no optimizer is given it"


def meant(entry: Divergence, evidence: Evidence) -> str:
    """What an option does."""
    return _MEANINGS.get(entry.quantity, "")


def which(names: Sequence[str], evidence: Evidence) -> str:
    """Some of the parameters in words: by how many dimensions they have where that tells them apart."""
    chosen = set(names)
    dimensions = {name: len(digest.shape) for name, digest in _weights(evidence)}
    vectors = {name for name, count in dimensions.items() if count < 2}
    if vectors and chosen == vectors:
        return "only of parameters with one dimension (biases, norms)"
    if vectors and chosen == set(dimensions) - vectors:
        return "only of parameters with two dimensions or more (matrices, embeddings)"
    rest = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return f"only of {', '.join(names[:_TOLD])}{rest}"


def _weights(evidence: Evidence) -> list[tuple[str, Digest]]:
    held = evidence.reference.tensors(-1, Phase.INIT).items()
    return [(name, digest) for name, digest in held if not name.endswith(NOT_TRAINED)]


def _per_parameter(value: Value) -> Any:
    """An option as it was observed: a plain value, or one for each parameter."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _spread(value: Any, names: Sequence[str]) -> dict[str, Any]:
    return value if isinstance(value, dict) else dict.fromkeys(names, value)
