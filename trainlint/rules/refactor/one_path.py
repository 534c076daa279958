"""Two values of an argument in, whether they name one file or folder out."""

from __future__ import annotations

from trainlint.facts.comparison import Difference
from trainlint.facts.terms import Sort

#: Endings of what names a place on the disk.
_PLACES = ("_dir", "_path", "_file", "dir", "path")


def is_one_path(found: Difference) -> bool:
    """Whether both sides name one file or folder: `./out` and `out`."""
    mine, theirs = (
        term.operands[0] if term is not None and term.sort is Sort.OPTION else term
        for term in (found.reference, found.candidate)
    )
    texts = [term.value for term in (mine, theirs) if term is not None and isinstance(term.value, str)]
    named = found.part.endswith(_PLACES) and len(texts) == 2
    return named and len({text.removeprefix("./").rstrip("/") for text in texts}) == 1
