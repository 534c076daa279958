"""The environment variables of two programs in, those that the candidate does not ask for out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.constants import asked_for, names, set_to
from trainlint.chain.operations import DISTRIBUTED
from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Option
from trainlint.facts.terms import Sort
from trainlint.facts.uses import Use, is_given, is_variable, mentioned, uses
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.evidence import BUILT, OTHERS, drifts, evidence, is_plain
from trainlint.source import Span


@difference("TL616", "environment-variable-no-longer-read", severity=Severity.WARNING, harm=Harm.RESULTS)
def environment_variable_no_longer_read(comparison: Comparison) -> Iterator[Finding]:
    """The reference takes something from the environment, and the candidate does not."""
    mine, theirs = (uses(side, Sort.ENVIRONMENT) for side in (comparison.reference, comparison.candidate))
    pairs = [(one, other) for one, other in comparison.options if one is not None and is_variable(one)]
    lost = [
        (one, other) for one, other in pairs if one.name in mine and _is_lost(one, other, theirs, comparison)
    ]
    if lost:
        for one, other in lost:
            yield _finding(comparison, one, mine[one.name], other)
        return
    for one, _ in pairs:
        fixed_in = _fixed(comparison, one.name) if one.name in theirs else None
        if fixed_in is not None:
            yield _settled(one, *fixed_in)
            continue
        before, after = mine.get(one.name), theirs.get(one.name)
        if before is None or after is None or before.is_open or after.is_open:
            continue
        gone, new = before.defaults - after.defaults, after.defaults - before.defaults
        fixed = (after.fixed - before.fixed) & before.defaults
        if gone and not new:
            yield _less(comparison, one, sorted(gone), one.span)
        elif fixed and not new:
            # In some runs its default is taken whatever it is set to: the last place that asked is gone.
            reads = asked_for(comparison.reference.modules, one.name)
            yield _less(comparison, one, sorted(fixed), reads[-1].span if reads else one.span)


def _is_lost(one: Option, other: Option | None, theirs: dict[str, Use], comparison: Comparison) -> bool:
    """Whether nothing in the candidate names it, and nothing could that builds such names."""
    if one.name in DISTRIBUTED or one.name in theirs:
        return False
    if other is not None and is_variable(other):
        return evidence(comparison, one.name) is not None
    modules = comparison.candidate.modules
    return not names(modules, one.name) and not any("BaseSettings" in entry.source.text for entry in modules)


def _finding(comparison: Comparison, one: Option, use: Use, other: Option | None) -> Finding:
    place = set_to(comparison.candidate.modules, one.name, use.defaults)
    now = ""
    if other is not None and is_given(other):
        place, now = other.span, f", it is the option `{other.name}` now"
    return Finding(
        place or comparison.candidate.start,
        f"the environment variable `{one.name}` is no longer read{now}",
        runtime=f"`{one.name}=… python …` starts, and what is asked for is not done",
        help=f"read `{one.name}` as the reference does, or refuse to start where it is set",
        reference=one.span,
    )


def _fixed(comparison: Comparison, name: str) -> tuple[Pair, Difference] | None:
    """Something that is built with a plain value in place of a setting, where nothing else tells of that."""
    for pair in comparison.pairs_of(*BUILT):
        told = drifts(pair)
        for found in pair.differences:
            fixed = found.certain and found.part not in OTHERS and not mentioned(found.candidate)
            plain = is_plain(found.candidate) and found not in told
            if fixed and plain and name in mentioned(found.reference):
                return pair, found
    return None


def _settled(one: Option, pair: Pair, found: Difference) -> Finding:
    part = f"argument {int(found.part) + 1}" if found.part.isdigit() else f"`{found.part}`"
    return Finding(
        pair.candidate.span,
        f"the environment variable `{one.name}` no longer decides {part} of "
        f"`{pair.candidate.name.rpartition('.')[2]}`",
        runtime=f"`{one.name}=… python …` starts, and what is asked for is not done",
        help=f"give it what `{one.name}` says, as the reference does",
        reference=one.span,
    )


def _less(comparison: Comparison, one: Option, gone: list[str], reference: Span) -> Finding:
    place = set_to(comparison.candidate.modules, one.name, gone)
    default = " or ".join(f"`{value}`" for value in gone)
    return Finding(
        place or comparison.candidate.start,
        f"the environment variable `{one.name}` is no longer read where its default is {default}",
        runtime=f"`{one.name}=… python …` starts, and what is asked for is not done there",
        help=f"read `{one.name}` there too, as the reference does",
        reference=reference,
    )
