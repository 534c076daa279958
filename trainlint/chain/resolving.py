"""A leaf of a composed config in, the value that the program sees there out."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.compose.interpolation import resolve
from trainlint.compose.resolution import Failure, Surroundings
from trainlint.facts.config import (
    Composition,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Key,
    select,
)
from trainlint.facts.launch import LaunchFacts
from trainlint.facts.script import ScriptFacts
from trainlint.facts.value import Known, Unknown, Value
from trainlint.source import Span

Path = tuple[Key, ...]
#: Follows the interpolation at a path to the node that it stands for.
Resolve = Callable[[Path], Value[ConfigNode]]


def resolver_of(composition: Composition, script: ScriptFacts, launch: LaunchFacts) -> Resolve:
    """What follows the interpolations of one composition.

    One that OmegaConf would refuse is Unknown here: the composer reports it itself.
    """
    environment = {**script.environment, **launch.environment}
    surroundings = Surroundings(environment, script.resolvers, script.opaque_resolvers, composition.hydra)
    root = composition.root

    def at(path: Path) -> Value[ConfigNode]:
        if root is None:
            return Unknown("the config could not be composed", launch.job.span)
        found = resolve(root, path, surroundings)
        return Unknown(found.reason, _place(root, path)) if isinstance(found, Failure) else found

    return at


def _place(root: ConfigMap, path: Path) -> Span:
    return (select(root, path) or root).origin.span


def followed(path: Path, node: ConfigNode, resolve: Resolve | None) -> Value[ConfigNode]:
    """The node itself, or what its interpolation leads to; without `resolve` that is Unknown."""
    if isinstance(node, ConfigUnknown):
        return node.unknown
    if not (isinstance(node, ConfigScalar) and node.is_interpolation):
        return Known(node, node.origin.span)
    if resolve is None:
        return Unknown(f"`{node.value!s}` is an interpolation", node.origin.span)
    return resolve(path)


def shown_key(path: Path) -> str:
    """The path as OmegaConf writes it: `callbacks[0].name`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part!s}" for part in path).lstrip(".")
