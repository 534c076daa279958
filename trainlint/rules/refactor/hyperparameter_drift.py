"""What two programs build and call in, the plain values that differ out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Option
from trainlint.facts.terms import Sort, Term
from trainlint.facts.uses import is_given, mentioned, shown_value, uses
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.evidence import BUILT, drifts
from trainlint.rules.refactor.spelling import spelled


@difference("TL613", "hyperparameter-drift", severity=Severity.WARNING, harm=Harm.RESULTS)
def hyperparameter_drift(comparison: Comparison) -> Iterator[Finding]:
    """Something is built or called with another value."""
    lost, told = _lost(comparison), set[tuple[str, str]]()
    options = {option.name: option for option in comparison.candidate.options if is_given(option)}
    for pair in comparison.pairs_of(*BUILT):
        for found in drifts(pair):
            key = (spelled(found.reference), spelled(found.candidate))
            if not mentioned(found.reference) & lost and key not in told:
                told.add(key)
                yield _finding(pair, found, options)


def _lost(comparison: Comparison) -> set[str]:
    """The settings that the candidate cannot be told any more, which is told of by itself."""
    kept = {option.name for option in comparison.candidate.options if is_given(option)}
    missing = {one.name for one, other in comparison.options if one is not None and other is None}
    used = (
        uses(comparison.candidate, Sort.OPTION).keys() | uses(comparison.candidate, Sort.ENVIRONMENT).keys()
    )
    return missing - kept - used if used <= kept | {""} else set()


def _finding(pair: Pair, found: Difference, options: dict[str, Option]) -> Finding:
    called, name = pair.candidate.name.rpartition(".")[2], found.part
    named = f"argument {int(name) + 1} of `{called}`" if name.isdigit() else f"`{name}` of `{called}`"
    before, after = _shown(found.reference), _shown(found.candidate)
    option = options.get(str(found.candidate.value)) if found.candidate is not None else None
    is_option = option is not None and found.candidate is not None and found.candidate.sort is Sort.OPTION
    return Finding(
        option.span if is_option and option is not None else pair.candidate.span,
        f"{named} is {after}: the reference has {before}",
        runtime="the run trains as before, and comes to another result",
        help=f"take the reference's {before}, or make it an option with that default",
        reference=pair.reference.span,
    )


def _shown(term: Term | None) -> str:
    if term is None:
        return "the library's own value"
    default = shown_value(term.operands[0]) if term.sort in (Sort.OPTION, Sort.ENVIRONMENT) else None
    return f"`{spelled(term)}`" + (f", by default `{default}`" if default else "")
