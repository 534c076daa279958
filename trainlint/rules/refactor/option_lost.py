"""The options of two programs in, those that do nothing in the candidate out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.constants import set_to, used_at
from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Option
from trainlint.facts.terms import Sort
from trainlint.facts.uses import is_given, is_variable, mentioned, shown_value, uses
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.evidence import drifts, evidence, fixed_at, other_name
from trainlint.source import Span


@difference("TL614", "option-lost", severity=Severity.WARNING, harm=Harm.FEATURES)
def option_lost(comparison: Comparison) -> Iterator[Finding]:
    """The reference can be told something that the candidate has no option for, or does not use."""
    mine, theirs = (uses(side, Sort.OPTION) for side in (comparison.reference, comparison.candidate))
    declared = {option.name for option in comparison.candidate.options if is_given(option)}
    is_open = any(name and name.split(".")[0] not in declared for name in theirs)
    if comparison.candidate.by_hand:
        # Which options code of the candidate's own takes is not known.
        return
    for one, other in comparison.options:
        if one is None or not is_given(one) or is_variable(one) or one.name not in mine or one.name in theirs:
            continue
        if other_name(comparison, one.name, frozenset(mine)) is not None:
            continue
        shown = evidence(comparison, one.name)
        has_one = other is not None and is_given(other)
        if (has_one or is_open) and _drifts(comparison, one.name):
            # The value that is there now is told of where it is used.
            continue
        is_unread = has_one and other is not None and not other.read
        if shown is not None or is_unread or not (has_one or is_open):
            yield _finding(comparison, one, other if has_one else None, shown)


def _drifts(comparison: Comparison, name: str) -> bool:
    """Whether another plain value stands where this setting stood."""
    return any(name in mentioned(found.reference) for pair in comparison.pairs for found in drifts(pair))


def _finding(comparison: Comparison, one: Option, other: Option | None, shown: Pair | None) -> Finding:
    default = shown_value(one.default)
    told = f"nothing uses the option `{one.name}`" if other is not None else f"`{one.name}` is no option"
    return Finding(
        _place(comparison, one, shown, default),
        f"{told} any more: the reference does what it says"
        + (f", `{default}` by default" if default else ""),
        runtime="what sets it fails, or starts a run that does not do what was asked for",
        help=f"make `{one.name}` an option again that is used where the reference uses it",
        reference=(used_at(comparison.reference.modules, one.name) if other is not None else None)
        or one.span,
    )


def _place(comparison: Comparison, one: Option, shown: Pair | None, default: str | None) -> Span:
    """The constant in its place, else what depended on it."""
    found = set_to(comparison.candidate.modules, one.name, [default] if default else [])
    found = found or fixed_at(comparison, one.name)
    if found is not None:
        return found
    return shown.candidate.span if shown is not None else comparison.candidate.start
