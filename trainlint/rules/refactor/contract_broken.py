"""The calls of two programs in, those that no longer fit what they call out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Breach, Broken
from trainlint.parse.python.written import returned_at
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.renames import last_name, left_calls, renamed
from trainlint.rules.refactor.uncalled import uncalled
from trainlint.source import Span


@difference("TL626", "contract-broken", severity=Severity.ERROR, harm=Harm.RESULTS)
def contract_broken(comparison: Comparison) -> Iterator[Finding]:
    """A call does not fit what it calls: arguments, what comes back, or a method that is not there."""
    known = {(breach.broken, breach.name, breach.detail) for breach in comparison.reference.breaches}
    told = _renamed_calls(comparison)
    for breach in comparison.candidate.breaches:
        place = breach.span.file, breach.span.end_line
        is_known = (breach.broken, breach.name, breach.detail) in known
        if is_known or (breach.broken is Broken.NO_SUCH_METHOD and place in told):
            continue
        yield _finding(comparison, breach)
    for name, named, call in uncalled(comparison):
        yield Finding(
            named,
            f"`{name}` is named and not called: its result is wanted here",
            runtime="TypeError or AttributeError where the function is used for what it returns",
            help=f"call it: `{name}(…)`",
            reference=call,
        )


def _renamed_calls(comparison: Comparison) -> set[tuple[str, int]]:
    """Calls by the name that a method had before, which are told of where the method was renamed."""
    return {
        (place.file, place.end_line)
        for mine, _ in renamed(comparison)
        for place in left_calls(comparison, last_name(mine))
    }


def _finding(comparison: Comparison, breach: Breach) -> Finding:
    message, runtime, remedy = _words(breach)
    return Finding(
        breach.span,
        message,
        runtime=runtime,
        help=remedy,
        reference=_returned(comparison, breach) or _counterpart(comparison, breach.span),
    )


def _words(breach: Breach) -> tuple[str, str, str]:
    name, detail = breach.name, breach.detail
    if breach.broken is Broken.NOTHING_RETURNED:
        return (
            f"`{name}` returns nothing, and its value is used",
            "it is None: the run ends with a TypeError or AttributeError where it is used",
            f"return from `{name}` what its callers expect",
        )
    if breach.broken is Broken.NOT_GIVEN:
        return (
            f"`{name}` is called without `{detail}`",
            f"TypeError: {name}() missing required argument: '{detail}'",
            f"give `{detail}`, or give the parameter a default",
        )
    if breach.broken is Broken.NOT_TAKEN:
        return (
            f"`{name}` does not take the arguments that it is called with: {detail}",
            f"TypeError: {name}() got an unexpected argument",
            f"call it with what it takes, or let `{name}` take it",
        )
    if breach.broken is Broken.UNSET:
        where = f" {detail}" if detail else ""
        return (
            f"`{name}` has no value here{where}",
            f"NameError: name '{name}' is not defined, or UnboundLocalError in a function",
            f"set `{name}` on each path that leads here",
        )
    return (
        f"`{detail}` has no method `{name}`",
        f"AttributeError: '{detail}' object has no attribute '{name}'",
        f"call a method that `{detail}` has, or hand over another object",
    )


def _returned(comparison: Comparison, breach: Breach) -> Span | None:
    """Where the reference's function of that name returns its value."""
    if breach.broken is not Broken.NOTHING_RETURNED:
        return None
    for one, other in comparison.definitions:
        if one is not None and other is not None and other.span == breach.defined:
            return returned_at(one.module, one.node)
    return None


def _counterpart(comparison: Comparison, place: Span) -> Span | None:
    """What the reference does in place of a candidate's call, or of the statement around a place."""
    for pair in comparison.pairs:
        chain = (*pair.candidate.calls, pair.candidate.span)
        depth = next((len(chain) - index for index, call in enumerate(chain) if _holds(call, place)), None)
        if depth is not None:
            others = (*pair.reference.calls, pair.reference.span)
            return others[-depth] if depth <= len(others) else others[0]
    return None


def _holds(call: Span, place: Span) -> bool:
    """Whether a place is a call, or a part of it."""
    begins, ends = (call.line, call.column), (call.end_line, call.end_column)
    inside = begins <= (place.line, place.column) and (place.end_line, place.end_column) <= ends
    return call.file == place.file and inside
