"""An object or a place in, whether it is a network or inside one out."""

from __future__ import annotations

import ast

from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import Code, Instance

_MODULES = ("Module", "PreTrainedModel", "LightningModule")
#: Methods of a network whose inside is the network's own.
_OF_NETWORKS = ("forward", "__init__", "_init_weights")


def is_module(owner: Instance) -> bool:
    """Whether an object is a network."""
    return any(base.rpartition(".")[2].endswith(_MODULES) for base in owner.bases)


def in_module(place: Place) -> bool:
    """Whether a place is inside the constructor or the forward of a network."""
    for step in place.outwards():
        if step.step is Step.CALL and isinstance(step.value, Code):
            code = step.value
            if isinstance(code.node, ast.ClassDef):
                if any(ast.unparse(base).endswith(_MODULES) for base in code.node.bases):
                    return True
            elif code.name in _OF_NETWORKS and isinstance(code.bound, Instance) and is_module(code.bound):
                return True
    return False
