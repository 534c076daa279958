"""The effects of two programs in, which answers to which out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import takewhile

from trainlint.diff.align import in_order
from trainlint.diff.merged import ways
from trainlint.diff.values import Judge, Verdict
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term

#: What has a name that says which one it is; of the others there is usually one.
_NAMED = {
    *(
        Kind.LOG,
        Kind.RESTORE,
        Kind.DISTRIBUTED,
        Kind.SEED,
        Kind.SETUP,
        Kind.TOKENIZER,
        Kind.TRAINER,
        Kind.DATA,
    ),
    *(Kind.DRAW, Kind.LOADER, Kind.SIGNAL, Kind.MODE, Kind.FILE, Kind.CALLBACK, Kind.LOSS, Kind.FREEZE),
    *(Kind.ATTRIBUTE, Kind.SAMPLE),
}
#: What is compared through what it does.
_UNALIGNED = (Kind.CALL,)
#: So many effects of one name are held against each one that is left.
_TRIED = 60


def held(
    scripts: Sequence[Sequence[Effect]], candidate: Sequence[Effect], judge: Judge
) -> list[tuple[Effect, Effect]]:
    """The pairs of effects; of scripts that were merged each is held against what the program is for it."""
    if len(scripts) == 1:
        return _paired(scripts[0], candidate, judge)
    found: list[tuple[Effect, Effect]] = []
    possible = ways(scripts, candidate, judge.terms)
    for script in scripts:
        tried = [_paired(script, way, judge) for way in possible]
        found += max(tried, key=lambda pairs: sum(_score(one, other, judge) for one, other in pairs))
    return found


def _paired(
    reference: Sequence[Effect], candidate: Sequence[Effect], judge: Judge
) -> list[tuple[Effect, Effect]]:
    found: list[tuple[Effect, Effect]] = []
    for kind in Kind:
        if kind not in _UNALIGNED:
            mine, theirs = ([e for e in effects if e.kind is kind] for effects in (reference, candidate))
            found += _aligned(mine, theirs, judge)
    return sorted(found, key=lambda pair: pair[0].order)


def _aligned(
    reference: Sequence[Effect], candidate: Sequence[Effect], judge: Judge
) -> list[tuple[Effect, Effect]]:
    """The effects of one kind: those of the same content, then those alike, in order as far as that goes."""
    pairs = list(takewhile(_is_alike, zip(reference, candidate, strict=False)))
    reference, candidate = reference[len(pairs) :], candidate[len(pairs) :]
    pairs += _ordered(reference, candidate, lambda one, other: _exact(one, other, judge))
    taken = {id(effect) for pair in pairs for effect in pair}
    left, free = ([e for e in effects if id(e) not in taken] for effects in (reference, candidate))
    if any(effect.kind is Kind.DATA for effect in (*left, *free)):
        # What is read once more answers to another source only where nothing else is left.
        known = {_source(effect) for pair in pairs for effect in pair}
        left, free = ([e for e in es if _source(e) not in known] or es for es in (left, free))
    pairs += _ordered(left, free, lambda one, other: _score(one, other, judge))
    taken = {id(effect) for pair in pairs for effect in pair}
    left, free = ([e for e in effects if id(e) not in taken] for effects in (reference, candidate))
    return pairs + _by_name(left, free, judge)


def _ordered(
    reference: Sequence[Effect], candidate: Sequence[Effect], score: Callable[[Effect, Effect], float]
) -> list[tuple[Effect, Effect]]:
    order = in_order(reference, candidate, score, _content)
    return [(reference[row], candidate[column]) for row, column in order]


def _content(effect: Effect) -> Hashable:
    """What two effects that are wholly alike have in common."""
    parts = tuple((key, id(term)) for key, term in effect.parts)
    return (effect.name, parts, tuple(map(id, effect.condition)), len(effect.loops))


def _is_alike(pair: tuple[Effect, Effect]) -> bool:
    """Whether nothing could answer to an effect better than this one."""
    one, other = pair
    return one.inside == other.inside and _content(one) == _content(other)


def _source(effect: Effect) -> Hashable:
    """What is read, whenever that is."""
    return (effect.name, *((key, id(term)) for key, term in effect.parts))


def _exact(one: Effect, other: Effect, judge: Judge) -> float:
    """The score of two effects that are written with the same values; these find each other first."""
    if one.name != other.name or dict(one.parts) != dict(other.parts):
        return 0
    return _score(one, other, judge)


def _by_name(reference: list[Effect], candidate: list[Effect], judge: Judge) -> list[tuple[Effect, Effect]]:
    """For each effect the one that is most like it, of the first few that answer to it by name."""
    free: dict[str, list[Effect]] = {}
    for effect in candidate:
        free.setdefault(_called(effect), []).append(effect)
    pairs = []
    for one in reference:
        others = free.get(_called(one), [])
        scored = [(_score(one, other, judge), -index) for index, other in enumerate(others[:_TRIED])]
        best = max(scored, default=(0.0, 0))
        if best[0] > 0:
            pairs.append((one, others.pop(-best[1])))
    return pairs


def _called(effect: Effect) -> str:
    """The name that another effect has to have to answer to this one."""
    return effect.name if effect.kind in _NAMED else ""


def _score(one: Effect, other: Effect, judge: Judge) -> float:
    """How alike two effects of one kind are; 0 for what cannot answer to each other."""
    if one.name != other.name and one.kind in _NAMED:
        return 0
    if one.kind is Kind.SETUP and any(_differ(term, other.part(key), judge) for key, term in one.parts):
        return 0
    total = 4.0 if one.name == other.name else 1.0
    keys = {key for key, _ in (*one.parts, *other.parts)}
    same = sum(_same_part(one.part(key), other.part(key), judge) for key in keys)
    total += 6 * same / len(keys) if keys else 6
    total += 1.5 if judge.alike(judge.whole(one.condition), judge.whole(other.condition)) else 0
    total += 1 if len(one.loops) == len(other.loops) else 0
    # A loss without gradients is of an evaluation.
    if one.kind is Kind.LOSS and one.is_without_gradients is other.is_without_gradients:
        total += 1
    return total + (0.5 if one.inside == other.inside else 0)


def _differ(one: Term, other: Term | None, judge: Judge) -> bool:
    """Whether two values tell one step from another: how a thing of the same maker is made is told there."""
    if other is None or _is_made_alike(one, other):
        return False
    return judge.judge(one, other).verdict is Verdict.DIFFERENT


def _is_made_alike(one: Term, other: Term) -> bool:
    made = one.sort is other.sort and one.sort in (Sort.CALL, Sort.OBJECT)
    return made and one.value == other.value


def _same_part(one: Term | None, other: Term | None, judge: Judge) -> bool:
    return one is not None and other is not None and judge.alike(one, other)
