"""Config nodes in, the text that Python's `str` gives of them in OmegaConf out."""

from __future__ import annotations

from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigScalar, ScalarValue


def scalar_text(value: ScalarValue) -> str:
    """A scalar inside a text."""
    return value if isinstance(value, str) else str(value)


def container_text(node: ConfigNode) -> str:
    """A mapping or list inside a text: raw values, interpolations as they are written."""
    if isinstance(node, ConfigScalar):
        return repr(node.value)
    if isinstance(node, ConfigMap):
        return (
            "{" + ", ".join(f"{key!r}: {container_text(child)}" for key, child in node.children.items()) + "}"
        )
    if isinstance(node, ConfigList):
        return "[" + ", ".join(container_text(item) for item in node.items) + "]"
    return "?"
