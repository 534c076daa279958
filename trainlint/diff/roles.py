"""The effects of a program in, what only their place among the others tells of them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from trainlint.diff.prompts import begun_from, prompt_of
from trainlint.diff.terms import Terms
from trainlint.diff.weights import weights_of
from trainlint.facts.effects import Effect, Kind, Loop
from trainlint.facts.splits import split_words, splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.source import Span

#: What every optimizer step goes through.
CORE = (
    Kind.ZERO_GRAD,
    Kind.FORWARD,
    Kind.BACKWARD,
    Kind.UNSCALE,
    Kind.CLIP,
    Kind.STEP,
    Kind.SCALER_UPDATE,
    Kind.SCHEDULER_STEP,
    Kind.LEARNING_RATE,
    Kind.AVERAGE,
)


#: What says something else on each side of an `if`, or stops the run there.
_APART = (Kind.LOG, Kind.CALL, Kind.REFUSAL)


def with_roles(
    effects: Sequence[Effect], terms: Terms, written: Mapping[Term, tuple[Span, ...]]
) -> tuple[Effect, ...]:
    """Forwards without gradients are evaluations; each effect is told the turns of its inner loops.

    `written` tells where values are given to variables.
    """
    training = training_loops(effects)
    return tuple(_with_role(effect, training, terms, written) for effect in _folded(effects, terms))


def _folded(effects: Sequence[Effect], terms: Terms) -> list[Effect]:
    """A call on both sides of an `if` is one call, whose arguments depend on the test."""
    found: list[Effect] = []
    known: dict[tuple[Kind, str, tuple[int, ...]], int] = {}
    for effect in effects:
        partner = None if effect.kind in _APART else _partner(effect, known, terms)
        if partner is None:
            known[effect.kind, effect.name, tuple(map(id, effect.condition))] = len(found)
            found.append(effect)
            continue
        index, test = partner
        found[index] = _either(found[index], effect, test, terms)
    return found


def _partner(
    effect: Effect, known: dict[tuple[Kind, str, tuple[int, ...]], int], terms: Terms
) -> tuple[int, Term] | None:
    """The effect of the other side of an `if`, and the test under which it is the one that happens."""
    for term in effect.condition:
        opposite = terms.negation(term)
        others = terms.ordered((*(one for one in effect.condition if one is not term), opposite))
        index = known.pop((effect.kind, effect.name, tuple(map(id, others))), None)
        if index is not None:
            return index, opposite
    return None


def _either(first: Effect, second: Effect, test: Term, terms: Terms) -> Effect:
    keys = dict.fromkeys(key for key, _ in (*first.parts, *second.parts))
    nothing = terms.nothing
    parts = tuple(
        (key, terms.choice(test, first.part(key) or nothing, second.part(key) or nothing)) for key in keys
    )
    return replace(first, parts=parts, condition=tuple(term for term in first.condition if term is not test))


def training_loops(effects: Iterable[Effect]) -> tuple[Loop, ...]:
    """The loops around the optimizer step (without one: around the backward), outermost first."""
    effects = tuple(effects)
    for kind in (Kind.STEP, Kind.BACKWARD, Kind.ZERO_GRAD):
        found = next((effect for effect in effects if effect.kind is kind and effect.loops), None)
        if found is not None:
            return found.loops
    return ()


def _with_role(
    effect: Effect, training: Sequence[Loop], terms: Terms, written: Mapping[Term, tuple[Span, ...]]
) -> Effect:
    inner = [loop for loop in effect.loops if loop.span not in {known.span for known in training}]
    if effect.kind is Kind.FORWARD and effect.is_without_gradients:
        named = frozenset(split for loop in inner for split in _splits_over(loop.over))
        splits = sorted(named or (split for _, term in effect.parts for split in splits_of(term)))
        parts = [("splits", terms.constant(tuple(dict.fromkeys(splits)))), ("batches", _turns(inner, terms))]
        parts += [("weights", terms.constant(weights)) for weights in weights_of(effect.part("model"))]
        start = begun_from(term for key, term in effect.parts if key != "model") if inner else None
        texts = prompt_of(start) if start is not None else None
        if start is None or texts is None:
            return replace(effect, kind=Kind.EVALUATION, parts=tuple(parts))
        said = terms.make(Sort.LIST, None, *map(terms.constant, texts))
        made = next(iter(written.get(start, ())), None)
        return replace(effect, kind=Kind.EVALUATION, parts=(*parts, ("prompt", said)), made=made)
    if effect.kind in CORE:
        return replace(effect, parts=(*effect.parts, ("times", _turns(inner, terms))))
    return effect


def _turns(loops: Iterable[Loop], terms: Terms) -> Term:
    """How often loops turn together, loops over named splits aside."""
    counted = [loop.turns for loop in loops if not _splits_over(loop.over)]
    return terms.product(counted) if counted else terms.constant(1)


def _splits_over(over: Term) -> frozenset[str]:
    """The splits that a loop goes through: a list of names, or a table with an entry for each."""
    while over.sort is Sort.CALL and over.value in (".items", ".keys"):
        over = over.operands[0]
    names = {Sort.LIST: over.operands, Sort.TABLE: over.operands[::2]}.get(over.sort, ())
    if not all(name.sort is Sort.CONSTANT and split_words(name.value) for name in names):
        return frozenset()
    return frozenset(split for name in names for split in split_words(name.value))
