"""An evaluation in, where the program asks for it and what of it a user can switch off out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.splits import split_words, splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.source import Span


def asked_at(effect: Effect, program: Program) -> Span:
    """The call of the function that evaluates: the one that goes to eval mode, else the innermost."""
    prepared = [
        mode.calls
        for mode in program.of(Kind.MODE)
        if mode.name == "eval" and mode.calls and mode.calls == effect.calls[: len(mode.calls)]
    ]
    calls = max(prepared, key=len, default=effect.calls)
    return calls[-1] if calls else effect.span


def is_repeated(effect: Effect, program: Program) -> bool:
    """Whether an evaluation is asked for in a loop; the loops of the evaluation itself do not count."""
    place = asked_at(effect, program)
    last = effect.calls.index(place) + 1 if place in effect.calls else len(effect.calls)
    return any(loop.holds(call) for loop in effect.loops for call in effect.calls[:last])


def is_followed(effect: Effect, program: Program) -> bool:
    """Whether a program still trains behind an evaluation, so that what it draws may change that."""
    steps = program.of(Kind.STEP)
    around = {loop.span for loop in effect.loops}
    return not steps or any(
        step.order > effect.order or around & {loop.span for loop in step.loops} for step in steps
    )


def is_share(effect: Effect, others: Iterable[Effect], whole: Iterable[Effect]) -> bool:
    """Whether an evaluation does together with others of its side what one of the other side does.

    One of them is aligned with that one already: each evaluates its own splits, under one condition.
    """
    mine = set(splits(effect))
    around = {split for other in others if other.condition == effect.condition for split in splits(other)}
    return bool(mine and around - mine) and any(mine | around == set(splits(one)) for one in whole)


def each_place(effects: Iterable[Effect], program: Program) -> Iterator[tuple[Span, Effect]]:
    """One evaluation for each place that asks for some."""
    seen = dict[Span, Effect]()
    for effect in effects:
        seen.setdefault(asked_at(effect, program), effect)
    return iter(seen.items())


def chosen_at(effect: Effect, program: Program) -> Span:
    """Where the split that is evaluated is chosen: a loop over splits, or a call that names one."""
    for loop in reversed(effect.loops):
        if loop.over.sort is Sort.LIST and splits_of(loop.over):
            return loop.span
    named = [
        call.span
        for call in program.of(Kind.CALL)
        if call.span in effect.calls and any(_names_splits(term) for _, term in call.parts)
    ]
    return max(named, key=effect.calls.index, default=effect.span)


def _names_splits(term: Term) -> bool:
    if term.sort is Sort.OPERATION and term.value == "item":
        return _names_splits(term.operands[0])
    if term.sort is Sort.LIST:
        return any(map(_names_splits, term.operands))
    return term.sort is Sort.CONSTANT and bool(split_words(term.value))


def splits(effect: Effect) -> tuple[str, ...]:
    """The splits that an evaluation draws from, as far as they are named."""
    term = effect.part("splits")
    return tuple(str(one.value) for one in term.operands) if term is not None else ()


def is_off_by_default(effect: Effect, comparison: Comparison) -> bool:
    """Whether only an option that the reference does not have, and that is off, leads to an effect."""
    new = {other.name for one, other in comparison.options if one is None and other is not None}
    return any(_is_off(term, new) for term in effect.condition)


def _is_off(test: Term, new: set[str]) -> bool:
    if test.sort in (Sort.OPTION, Sort.ENVIRONMENT):
        default = test.operands[0]
        return test.value in new and (default.sort is Sort.NOTHING or not default.value)
    if test.sort is not Sort.OPERATION:
        return False
    if test.value == "and":
        return any(_is_off(operand, new) for operand in test.operands)
    if test.value == "or":
        return all(_is_off(operand, new) for operand in test.operands)
    if test.value in ("is not", "!=", "<"):
        setting, held = sorted(test.operands, key=lambda operand: operand.sort is Sort.CONSTANT)
        off = setting.sort is Sort.OPTION and setting.operands[0].value == held.value
        return off and setting.value in new
    return False


def may_be_done_elsewhere(comparison: Comparison) -> bool:
    """Whether the candidate hands a network to code that was not followed, which may do what was lost."""
    if not comparison.candidate.unfollowed:
        return False
    networks = {pair.candidate.part("model") for pair in comparison.pairs_of(Kind.FORWARD)} - {None}
    return any(
        part in networks
        for effect in comparison.added_of(Kind.SETUP, Kind.CALL)
        if "." in effect.name
        for _, term in effect.parts
        for part in term.walk()
    )
