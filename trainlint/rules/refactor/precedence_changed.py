"""The settings of two programs in, those for which another source wins out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.constants import Request, asked_for, taken_from
from trainlint.diagnostic import Harm, Severity
from trainlint.facts.arguments import COMMAND_LINE, Merge
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Program
from trainlint.facts.terms import Sort
from trainlint.facts.uses import Use, uses
from trainlint.rules.base import Finding, difference
from trainlint.source import Span


@difference("TL617", "precedence-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def precedence_changed(comparison: Comparison) -> Iterator[Finding]:
    """What is asked for and what a checkpoint holds come in another order."""
    for sort in (Sort.ENVIRONMENT, Sort.OPTION):
        mine, theirs = uses(comparison.reference, sort), uses(comparison.candidate, sort)
        for name in sorted(mine.keys() & theirs.keys()):
            before, after = mine[name], theirs[name]
            if before.is_saved and not after.is_saved and not after.is_open:
                yield _lost(comparison, name, after)
            elif after.is_saved and not before.is_saved and not before.is_open:
                yield _gained(comparison, name)
    yield from _merges(comparison.reference, comparison.candidate)


def _merges(reference: Program, candidate: Program) -> Iterator[Finding]:
    """The command line held over a file of settings, or the other way round.

    A program that takes no file does not change where others are started with one.
    """
    before = {merge.last: merge for merge in reference.merges}
    for merge in candidate.merges:
        if merge.last in before or (merge.last == COMMAND_LINE and not before):
            continue
        if before or (merge.certain and reference.parsed is not None):
            otherwise = Merge(COMMAND_LINE, reference.parsed or merge.span, certain=True)
            yield _reversed(merge, next(iter(before.values()), otherwise))


def _reversed(merge: Merge, before: Merge) -> Finding:
    return Finding(
        merge.span,
        f"{merge.last} has the last say on settings: in the reference it is {before.last}",
        runtime="what is given in both places is taken from the other one, without a word",
        help=f"let {before.last} hold where both have a setting",
        reference=before.span,
    )


def _lost(comparison: Comparison, name: str, after: Use) -> Finding:
    plain = " or ".join(f"`{value}`" for value in sorted(after.defaults))
    reads = asked_for(comparison.candidate.modules, name)
    return Finding(
        _place([read for read in reads if read.stands_in] or list(reads)[::-1], comparison.candidate.start),
        f"the checkpoint's value no longer stands in for `{name}`: "
        f"the reference takes it where `{name}` is not set",
        runtime=f"a run that goes on ignores `{name}`, or takes {plain} and not the saved value",
        help=f"take `{name}` if it is set, else the value of the checkpoint, else the default",
        reference=_reference(comparison, name),
    )


def _gained(comparison: Comparison, name: str) -> Finding:
    reads = asked_for(comparison.candidate.modules, name)
    return Finding(
        _place([read for read in reads if not read.is_plain] or list(reads), comparison.candidate.start),
        f"`{name}` comes before what the checkpoint holds: the reference takes the checkpoint's value",
        runtime="a run that goes on from a checkpoint is set up otherwise than the run that wrote it",
        help="take the value of the checkpoint alone",
        reference=taken_from(comparison.reference.modules, name) or _reference(comparison, name),
    )


def _reference(comparison: Comparison, name: str) -> Span | None:
    reads = asked_for(comparison.reference.modules, name)
    return next((read.span for read in (*(read for read in reads if not read.is_plain), *reads)), None)


def _place(reads: list[Request], otherwise: Span) -> Span:
    return reads[0].span if reads else otherwise
