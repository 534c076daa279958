"""A leaf of a composed config in, the value that the program sees there out."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.facts.config import ConfigNode, ConfigScalar, ConfigUnknown, Key
from trainlint.facts.value import Known, Unknown, Value

Path = tuple[Key, ...]
#: Follows the interpolation at a path to the node that it stands for.
Resolve = Callable[[Path], Value[ConfigNode]]


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
