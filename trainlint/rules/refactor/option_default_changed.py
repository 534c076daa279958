"""The settings of two programs in, those whose default is another one out."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from trainlint.chain.operations import DISTRIBUTED
from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Option
from trainlint.facts.terms import Sort
from trainlint.facts.uses import Use, is_given, is_variable, shown_value, uses
from trainlint.rules.base import Finding, difference


@difference("TL615", "option-default-changed", severity=Severity.WARNING, harm=Harm.RESULTS)
def option_default_changed(comparison: Comparison) -> Iterator[Finding]:
    """The same setting is worth something else where nobody sets it."""
    mine, theirs = (uses(side, Sort.ENVIRONMENT) for side in (comparison.reference, comparison.candidate))
    lost = {value for name, use in mine.items() if name not in theirs for value in use.defaults}
    for one, other in comparison.options:
        if one is None or other is None or not is_given(one) or not is_given(other):
            continue
        if is_variable(one) and is_variable(other):
            yield from _variable(one, other, mine.get(one.name), theirs.get(other.name), lost)
        else:
            yield from _option(one, other)


def _option(one: Option, other: Option) -> Iterator[Finding]:
    before, after = shown_value(one.default), shown_value(other.default)
    if before is None or before == after:
        return
    if other.default.sort is Sort.NOTHING:
        yield Finding(
            other.span,
            f"`{other.name}` must be given: the reference takes `{before}` where it is not",
            severity=Severity.ERROR,
            runtime="the command line that starts the reference does not start this program",
            help=f"give it the default `{before}`",
            reference=one.span,
        )
    elif after is not None:
        yield _changed(one, other, before, after)


def _variable(
    one: Option, other: Option, mine: Use | None, theirs: Use | None, lost: Collection[str]
) -> Iterator[Finding]:
    """A variable of the environment, which may be read at several places with a default at each.

    A default of another variable that is `lost` is told of with that.
    """
    if mine is None or theirs is None or mine.is_open or theirs.is_open or one.name in DISTRIBUTED:
        return
    added, gone = (
        sorted(theirs.defaults.difference(mine.defaults, lost)),
        sorted(mine.defaults - theirs.defaults),
    )
    if added and mine.defaults:
        yield _changed(one, other, " or ".join(gone or sorted(mine.defaults)), " or ".join(added))


def _changed(one: Option, other: Option, before: str, after: str) -> Finding:
    named = f"`{one.name}`" if one.name == other.name else f"`{one.name}` (here `{other.name}`)"
    return Finding(
        other.span,
        f"the default of {named} is `{after}`: the reference has `{before}`",
        runtime="a run that does not set it trains with another value than before",
        help=f"take `{before}`, or say on the command line of the new runs what was the default",
        reference=one.span,
    )
