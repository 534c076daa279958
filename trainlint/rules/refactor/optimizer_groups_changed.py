"""The optimizers of two programs in, those of another class or with other parameter groups out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.groups import asked, groups, is_plain, other_number
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span


@difference("TL635", "optimizer-groups-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def optimizer_groups_changed(comparison: Comparison) -> Iterator[Finding]:
    """The optimizer is another one, or trains or decays other parameters."""
    for pair in comparison.pairs_of(Kind.OPTIMIZER):
        mine, theirs = (effect.name.rpartition(".")[2] for effect in (pair.reference, pair.candidate))
        if mine != theirs:
            yield _finding(
                pair,
                f"the optimizer is `{theirs}`, in the reference `{mine}`",
                "the same rate and decay make other steps: what was tuned for one is not right for the other",
                pair.reference.span,
            )
            continue
        words = _changed(pair)
        if words is not None:
            yield _finding(
                pair,
                words,
                "weights decay that did not, or do not that did, or are not trained at all",
                _at(comparison.reference, pair.reference),
            )


def _changed(pair: Pair) -> str | None:
    """What differs between the groups of two optimizers, in words."""
    before, after = pair.reference.part("params"), pair.candidate.part("params")
    if before is None or after is None or before is after:
        return None
    one, other = groups(before), groups(after)
    if not all(mine or is_plain(given) for mine, given in ((one, before), (other, after))):
        return None
    if len(one) != len(other):
        return f"the optimizer is given {_number(other)}, in the reference {_number(one)}"
    left = [group for group in one if not _has(other, group)]
    free = [group for group in other if not _has(one, group)]
    for mine, theirs in zip(left, free, strict=False):
        words = _of_group(pair, mine, theirs)
        if words is not None:
            return words
    return None


def _has(known: tuple[dict[str, Term], ...], group: dict[str, Term]) -> bool:
    return any(set(entry.items()) == set(group.items()) for entry in known)


def _of_group(pair: Pair, mine: dict[str, Term], theirs: dict[str, Term]) -> str | None:
    tests = asked(mine), asked(theirs)
    if tests[0] is not None and tests[1] is not None and other_number(tests[0], tests[1]) is not None:
        was, now = map(spelled, (tests[0], tests[1]))
        return f"a parameter group takes those with `{now}`, in the reference `{was}`"
    for key in sorted({*mine, *theirs} - {"params"}):
        before = mine.get(key) or pair.reference.part(key)
        after = theirs.get(key) or pair.candidate.part(key)
        if _differ(before, after):
            return f"a parameter group has {_given(key, after)}, in the reference {_given(key, before)}"
    return None


def _differ(was: Term | None, now: Term | None) -> bool:
    """Whether two values of a group differ for certain; one that is not given is the library's."""
    sorts = [term.sort for term in (was, now) if term is not None]
    if any(sort not in (Sort.CONSTANT, Sort.OPTION) for sort in sorts):
        return False
    if was is None or now is None:
        return Sort.OPTION in sorts
    if was.sort is now.sort:
        return was.value != now.value
    return _unset(was) is not _unset(now)


def _unset(term: Term) -> Term:
    """What a value is where nobody sets anything."""
    return term.operands[0] if term.sort is Sort.OPTION else term


def _given(key: str, value: Term | None) -> str:
    return f"no `{key}` but the library's" if value is None else f"`{key}={spelled(value)}`"


def _number(found: tuple[dict[str, Term], ...]) -> str:
    if not found:
        return "all parameters without groups"
    return f"{len(found)} parameter group{'s' if len(found) > 1 else ''}"


def _finding(pair: Pair, words: str, runtime: str, reference: Span) -> Finding:
    return Finding(
        pair.candidate.span,
        words,
        runtime=runtime,
        help="make the optimizer and its groups as the reference does",
        reference=reference,
    )


def _at(program: Program, effect: Effect) -> Span:
    """Where the groups are written out, else where the optimizer is made."""
    given = effect.part("params")
    places = program.written.get(given, ()) if given is not None and groups(given) else ()
    return places[0] if places else effect.span
