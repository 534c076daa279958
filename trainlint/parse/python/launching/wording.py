"""Values in, the words that messages use for them out."""

from __future__ import annotations


def a_kind(kind: str) -> str:
    """The name of a type with its article."""
    return f"an `{kind}`" if kind[0] in "aeiouI" else f"a `{kind}`"
