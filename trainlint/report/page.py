"""A rule in, the place of its documentation page out."""

from __future__ import annotations


def page(code: str, name: str) -> str:
    """The rule's page below the project's root, as the documentation is built."""
    return f"docs/rules/{code}-{name}.md"
