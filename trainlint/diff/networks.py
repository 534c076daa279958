"""An object or code in, whether it is a network or that of one out."""

from __future__ import annotations

import ast

from trainlint.diff.kinds import kind_of_function
from trainlint.facts.effects import Kind
from trainlint.facts.symbols import Changing, Choice, Code, Instance, Made, Symbol

_MODULES = ("Module", "PreTrainedModel", "LightningModule")
#: Methods of a network whose inside is the network's own.
_OF_NETWORKS = ("forward", "__init__", "_init_weights")


def is_module(owner: Instance) -> bool:
    """Whether an object is a network."""
    return any(base.rpartition(".")[2].endswith(_MODULES) for base in owner.bases)


def is_module_class(node: ast.ClassDef) -> bool:
    """Whether a class says that it is a network."""
    return any(ast.unparse(base).endswith(_MODULES) for base in node.bases)


def is_of_network(code: Code) -> bool:
    """Whether code is the constructor or the forward of a network."""
    if isinstance(code.node, ast.ClassDef):
        return is_module_class(code.node)
    return code.name in _OF_NETWORKS and isinstance(code.bound, Instance) and is_module(code.bound)


def is_network(made: Made) -> bool:
    """Whether a library's object is a network: a layer, several of them, a model that was loaded."""
    kind = kind_of_function(made.name)
    if made.owner is not None or kind is Kind.LOSS:
        return False
    head, _, last = made.name.rpartition(".")
    return kind in (Kind.MODEL, Kind.AVERAGE) or (head.startswith("torch.nn") and last[:1].isupper())


def called(symbol: Symbol) -> Symbol:
    """What is called, where that is wrapped: a variable of a loop, one of several."""
    for _ in range(8):
        if isinstance(symbol, Changing):
            symbol = symbol.before
        elif isinstance(symbol, Choice):
            symbol = symbol.then
        else:
            break
    return symbol
