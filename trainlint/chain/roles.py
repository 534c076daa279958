"""A class and the config key that names it in, which link of the chain it is out."""

from __future__ import annotations

import ast

from trainlint.chain.imports import Resolver
from trainlint.chain.names import Bound, find_dotted
from trainlint.facts.config import Key
from trainlint.facts.target import TargetRole

#: Base classes of the frameworks that say what a class is for.
_BASES = {
    "Module": TargetRole.MODEL,
    "LightningModule": TargetRole.MODEL,
    "PreTrainedModel": TargetRole.MODEL,
    "_Loss": TargetRole.LOSS,
    "Dataset": TargetRole.DATA,
    "IterableDataset": TargetRole.DATA,
    "DataLoader": TargetRole.DATA,
    "Sampler": TargetRole.DATA,
    "LightningDataModule": TargetRole.DATA,
    "Metric": TargetRole.EVALUATOR,
    "Optimizer": TargetRole.OTHER,
    "LRScheduler": TargetRole.OTHER,
    "_LRScheduler": TargetRole.OTHER,
    "Callback": TargetRole.OTHER,
    "Logger": TargetRole.OTHER,
    "Trainer": TargetRole.OTHER,
}
#: Words of config keys that say the same where the class does not.
_WORDS = {
    TargetRole.LOSS: {"loss", "losses", "criterion", "criteria", "objective"},
    TargetRole.EVALUATOR: {"evaluator", "evaluators", "evaluation", "eval", "metric", "metrics"},
    TargetRole.DATA: {
        "data",
        "dataset",
        "datasets",
        "datamodule",
        "dataloader",
        "loader",
        "collate",
        "sampler",
    },
    TargetRole.MODEL: {"model", "models", "arch", "architecture", "net", "network", "backbone", "module"},
}
_DEPTH = 16


def role_of(by_base: TargetRole | None, path: tuple[Key, ...]) -> TargetRole:
    """The role: base classes decide, then the words of the key, innermost first.

    A loss is usually a `Module` too, so a key that speaks of a loss wins over that base.
    """
    by_key = key_role(path)
    if by_base is TargetRole.MODEL and by_key in (TargetRole.LOSS, TargetRole.EVALUATOR):
        return by_key
    return by_base or by_key or TargetRole.OTHER


def base_role(resolver: Resolver, bound: Bound, depth: int = 0) -> TargetRole | None:
    """The role that the base classes of a class give it."""
    node = bound.definition.node
    if bound.definition.name in _BASES:
        return _BASES[bound.definition.name]
    if not isinstance(node, ast.ClassDef) or depth > _DEPTH:
        return None
    for base in node.bases:
        written = base.value if isinstance(base, ast.Subscript) else base
        dotted = ast.unparse(written)
        last = dotted.rpartition(".")[2]
        if last in _BASES:
            return _BASES[last]
        parent = (
            find_dotted(resolver, bound.module, dotted)
            if isinstance(written, (ast.Name, ast.Attribute))
            else None
        )
        role = base_role(resolver, parent, depth + 1) if isinstance(parent, Bound) else None
        if role is not None:
            return role
    return None


def key_role(path: tuple[Key, ...]) -> TargetRole | None:
    """What the words of a config key say, innermost first."""
    for key in reversed(path):
        words = set(str(key).lower().replace("-", "_").split("_"))
        for role, known in _WORDS.items():
            if words & known:
                return role
    return None
