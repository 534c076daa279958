"""What two programs build and call in, the plain values that differ out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Kind, Option
from trainlint.facts.terms import Sort, Term
from trainlint.facts.uses import is_given, mentioned, shown_value, terms_of, uses
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.evidence import BUILT, drifts
from trainlint.rules.refactor.origins import stated
from trainlint.rules.refactor.spelling import excerpts, spelled, text_of

#: What has a value and no arguments.
_NAMED = (Kind.ATTRIBUTE, Kind.FREEZE)
#: What a model generates from.
_PROMPTS = ("**", "0", "inputs", "input_ids")
#: Longer texts are shown in part.
_LONG = 60

#: What a run shows, and what is compared through what it does.
_SHOWN = (Kind.LOG, Kind.CALL)


@difference("TL613", "hyperparameter-drift", severity=Severity.WARNING, harm=Harm.RESULTS)
def hyperparameter_drift(comparison: Comparison) -> Iterator[Finding]:
    """Something is built or called with another value."""
    yield from _constants(comparison)
    lost, told = _lost(comparison), set[tuple[str, str]]()
    options = {option.name: option for option in comparison.candidate.options if is_given(option)}
    for pair in comparison.pairs_of(*BUILT):
        for found in drifts(pair):
            key = (spelled(found.reference), spelled(found.candidate))
            if not mentioned(found.reference) & lost and key not in told:
                told.add(key)
                yield _finding(comparison, pair, found, options)
    yield from _prompts(comparison)


def _prompts(comparison: Comparison) -> Iterator[Finding]:
    """Loops that have the network go on from another text; each text is told once."""
    told = set[tuple[Term, Term]]()
    for pair in comparison.pairs_of(Kind.EVALUATION):
        found = pair.difference("prompt")
        if found is None or found.reference is None or found.candidate is None or not found.certain:
            continue
        both = found.reference, found.candidate
        if both in told:
            continue
        told.add(both)
        before, after = map(_texts, both)
        yield Finding(
            pair.candidate.made or pair.candidate.span,
            f"what the network generates begins with {after}: with {before} in the reference",
            runtime="the run trains as before, and what it shows of the network says something else",
            help=f"begin with {before}, or make it an option with that default",
            reference=pair.reference.made or pair.reference.span,
        )


def _texts(prompt: Term) -> str:
    texts = [f"`{part.value}`" for part in prompt.operands]
    return " and ".join(texts) or "no text"


def _constants(comparison: Comparison) -> Iterator[Finding]:
    """The numbers with a name that are others, where both programs do the same with them."""
    used = _deciding(comparison)
    for one, other in comparison.constants:
        if one.name in used:
            before, after = shown_value(one.default), shown_value(other.default)
            yield Finding(
                other.span,
                f"`{other.name}` is `{after}`: the reference has `{before}`",
                runtime="the run trains as before, and comes to another result",
                help=f"take the reference's `{before}`, or make it an option with that default",
                reference=one.span,
            )


def _deciding(comparison: Comparison) -> set[str]:
    """The numbers with a name on which more depends, in both programs alike, than what is shown."""
    left, found = {one.name for one, _ in comparison.constants}, set[str]()
    for pair in comparison.pairs if left else ():
        if left and pair.reference.kind not in _SHOWN:
            mine, theirs = (mentioned(*terms_of(effect)) for effect in (pair.reference, pair.candidate))
            found |= left & mine & theirs
            left -= found
    return found


def _lost(comparison: Comparison) -> set[str]:
    """The settings that the candidate cannot be told any more, which is told of by itself."""
    kept = {option.name for option in comparison.candidate.options if is_given(option)}
    missing = {one.name for one, other in comparison.options if one is not None and other is None}
    used = (
        uses(comparison.candidate, Sort.OPTION).keys() | uses(comparison.candidate, Sort.ENVIRONMENT).keys()
    ) - {other.name for _, other in comparison.constants}
    return missing - kept - used if used <= kept | {""} else set()


def _finding(comparison: Comparison, pair: Pair, found: Difference, options: dict[str, Option]) -> Finding:
    called, name = pair.candidate.name.rpartition(".")[2], found.part
    named = f"argument {int(name) + 1} of `{called}`" if name.isdigit() else f"`{name}` of `{called}`"
    if pair.candidate.kind is Kind.SAMPLE and name in _PROMPTS:
        named = f"the prompt of `{called}`"
    if pair.candidate.kind in _NAMED:
        named = f"`{called}`"
    before, after = _told(found)
    option = options.get(str(found.candidate.value)) if found.candidate is not None else None
    is_option = option is not None and found.candidate is not None and found.candidate.sort is Sort.OPTION
    return Finding(
        option.span
        if is_option and option is not None
        else stated(comparison.candidate, found.candidate, pair.candidate.span),
        f"{named} is {after}: the reference has {before}",
        runtime="the run trains as before, and comes to another result",
        help=f"take the reference's {before}, or make it an option with that default",
        reference=stated(comparison.reference, found.reference, pair.reference.span),
    )


def _told(found: Difference) -> tuple[str, str]:
    """What both sides have; of long texts the parts around the first place where they differ."""
    mine, theirs = (text_of(term) for term in (found.reference, found.candidate))
    if mine is None or theirs is None or max(len(mine), len(theirs)) < _LONG:
        return _shown(found.reference), _shown(found.candidate)
    before, after = excerpts(mine, theirs)
    return f"`{before}`", f"`{after}`"


def _shown(term: Term | None) -> str:
    if term is None:
        return "the library's own value"
    default = shown_value(term.operands[0]) if term.sort in (Sort.OPTION, Sort.ENVIRONMENT) else None
    return f"`{spelled(term)}`" + (f", by default `{default}`" if default else "")
