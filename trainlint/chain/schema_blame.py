"""The schema problems of a launch in, those that stand for themselves out, blamed where they are mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trainlint.facts.config import (
    Composition,
    CompositionProblem,
    Inclusion,
    InclusionKind,
    SchemaMissingField,
)
from trainlint.facts.launch import Word
from trainlint.facts.value import Known
from trainlint.source import Span


def blamed(
    problems: Sequence[CompositionProblem], composition: Composition, overrides: Sequence[Word]
) -> tuple[CompositionProblem, ...]:
    """The problems without those that follow from a refused override at the same place.

    A field that the launch itself deletes is missing there; one that the whole config lacks is missing
    from the primary config.
    """
    refused = {problem.span for problem in composition.problems}
    taken = deleted(overrides)
    own = [problem for problem in problems if problem.span not in refused]
    return tuple(
        _placed(problem, composition, taken) if isinstance(problem, SchemaMissingField) else problem
        for problem in own
    )


def deleted(overrides: Sequence[Word]) -> dict[str, Word]:
    """The keys that the launch takes away, with the override that does."""
    found = {}
    for word in overrides:
        text = word.text
        if isinstance(text, Known) and text.value.startswith("~"):
            found[text.value[1:].partition("=")[0].replace("/", ".")] = word
    return found


def _placed(
    problem: SchemaMissingField, composition: Composition, taken: dict[str, Word]
) -> SchemaMissingField:
    word = taken.get(problem.key)
    if word is not None:
        text = word.text.value if isinstance(word.text, Known) else word.raw
        inclusion = Inclusion(InclusionKind.OVERRIDE, text, word.span, None, None)
        return replace(problem, span=word.span, inclusion=inclusion)
    if "." not in problem.key and composition.primary is not None:
        return replace(problem, span=Span.at(composition.primary))
    return problem
