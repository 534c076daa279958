"""Two sides in, their programs held against each other out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from trainlint.diff.align import align_definitions, align_options, in_order, unclear_defaults
from trainlint.diff.carried import Carried
from trainlint.diff.cascades import ROOTS, Replacements, roots
from trainlint.diff.definitions import definitions
from trainlint.diff.environment import read_by_libraries
from trainlint.diff.library import signature
from trainlint.diff.merged import ways
from trainlint.diff.narrowing import narrowed
from trainlint.diff.normal import Normal
from trainlint.diff.program import Effects, effectful
from trainlint.diff.roles import with_roles
from trainlint.diff.settings import FIELD, GLOBAL, settings_of
from trainlint.diff.sides import NothingToCompare, Side
from trainlint.diff.terms import Terms
from trainlint.diff.values import Judge, Judgement, Verdict
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Definition, Effect, Kind, Option, Program
from trainlint.facts.module import ModuleFacts
from trainlint.facts.terms import Sort, Term
from trainlint.source import Span

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
}
#: What is compared through what it does.
_UNALIGNED = (Kind.CALL,)
#: What counts as often as it is called.
_COUNTED = {
    *(
        Kind.STEP,
        Kind.BACKWARD,
        Kind.ZERO_GRAD,
        Kind.CLIP,
        Kind.FORWARD,
        Kind.EVALUATION,
        Kind.SCHEDULER_STEP,
    ),
    *(Kind.OPTIMIZER, Kind.MODEL, Kind.MODE, Kind.SAVE, Kind.SEED),
}
_LARGEST = 400
#: What comes out otherwise inside `torch.no_grad` or `torch.autocast`.
_COMPUTING = (Kind.FORWARD, Kind.EVALUATION, Kind.LOSS, Kind.BACKWARD)


def compare(reference: Side, candidate: Side) -> Comparison:
    """Everything that the two programs do, aligned; raises NothingToCompare where one trains nothing."""
    terms = Terms()
    mine, theirs = _modules(reference), _modules(candidate)
    defined = align_definitions(_definitions(reference, mine), _definitions(candidate, theirs))
    options = align_options(settings_of(reference, terms), settings_of(candidate, terms))
    shared = [one.name for one, other in options if _is_given(one) and _is_given(other) and one is not None]
    judge = Judge(terms, _explained(options), frozenset(f"{Sort.OPTION.value} {name}" for name in shared))
    first, scripts = _program(
        reference, mine, terms, {}, {}, [pair[0] for pair in defined], [o[0] for o in options]
    )
    names = {
        _last(other.name): _last(one.name) for one, other in defined if one is not None and other is not None
    }
    renamed = {other.name: one.name for one, other in options if one is not None and other is not None}
    second, _ = _program(
        candidate, theirs, terms, names, renamed, [pair[1] for pair in defined], [o[1] for o in options]
    )
    for side, program in ((reference, first), (candidate, second)):
        _refuse_empty(side, program)
    return _compared(first, scripts, second, judge, options, defined)


def _is_given(option: Option | None) -> bool:
    """Whether users set it: a constant in the code that has its name is none."""
    return option is not None and option.form not in (FIELD, GLOBAL)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _modules(side: Side) -> tuple[ModuleFacts, ...]:
    return tuple({module.path: module for script in side.scripts for module in script.facts.loaded}.values())


def _definitions(side: Side, modules: Iterable[ModuleFacts]) -> tuple[Definition, ...]:
    return definitions(modules, [script.behaviour for script in side.scripts])


def _explained(options: Iterable[tuple[Option | None, Option | None]]) -> set[tuple[int, int]]:
    """The pairs of defaults that differ, which are told of once and not wherever they are used."""
    return {
        (id(one.default), id(other.default))
        for one, other in options
        if one is not None and other is not None and one.default is not other.default
        if one.default.sort is other.default.sort is Sort.CONSTANT
    }


def _program(
    side: Side,
    modules: Sequence[ModuleFacts],
    terms: Terms,
    names: Mapping[str, str],
    settings: Mapping[str, str],
    defined: Iterable[Definition | None],
    options: Iterable[Option | None],
) -> tuple[Program, list[tuple[Effect, ...]]]:
    """A side, and the effects of each of its scripts."""
    scripts: list[tuple[Effect, ...]] = []
    written: dict[Term, tuple[Span, ...]] = {}
    computed: dict[Term, Span] = {}
    done = effectful(modules)
    for script in side.scripts:
        normal = Normal(terms, script.evaluation, Carried.of([script.behaviour]), names, settings)
        collected = Effects(normal, done, first=sum(map(len, scripts)))
        collected.collect(script.behaviour)
        scripts.append(with_roles(collected.found, terms))
        written |= collected.written
        computed |= normal.computed
    program = Program(
        files=side.files,
        effects=tuple(effect for effects in scripts for effect in effects),
        options=tuple(option for option in options if option is not None),
        definitions=tuple(entry for entry in defined if entry is not None),
        unfollowed=side.problems,
        start=side.start,
        modules=tuple(modules),
        written=written,
        computed=computed,
    )
    return program, scripts


def _refuse_empty(side: Side, program: Program) -> None:
    trains = (Kind.OPTIMIZER, Kind.BACKWARD, Kind.STEP, Kind.TRAINER, Kind.MODEL, Kind.FORWARD)
    if not program.of(*trains):
        shown = side.scripts[0].facts.module.display
        raise NothingToCompare(side.name, f"`{shown}` trains nothing that can be seen", side.start)


def _compared(
    reference: Program,
    scripts: Sequence[Sequence[Effect]],
    candidate: Program,
    judge: Judge,
    options: tuple[tuple[Option | None, Option | None], ...],
    defined: tuple[tuple[Definition | None, Definition | None], ...],
) -> Comparison:
    found = _held(scripts, candidate.effects, judge)
    _learn(found, judge)
    mine, theirs = {one.order for one, _ in found}, {other.order for _, other in found}
    pairs = tuple(Pair(one, other, _differences(one, other, judge)) for one, other in found)
    lost = [effect for effect in reference.effects if effect.order not in mine]
    added = [effect for effect in candidate.effects if effect.order not in theirs]
    return Comparison(
        reference=reference,
        candidate=candidate,
        pairs=pairs,
        lost=tuple(_real(lost, [one for one, _ in found])),
        added=tuple(_real(added, [other for _, other in found])),
        options=options,
        definitions=defined,
        not_checked=(*unclear_defaults(options), *read_by_libraries(candidate.modules)),
        places=_places(reference, candidate, found),
    )


def _learn(pairs: Iterable[tuple[Effect, Effect]], judge: Judge) -> None:
    """Let the judge put aside what follows from differences that are told of where they stand."""
    judge.replaced = Replacements(judge.terms, judge.may_be_same)
    for mine, theirs in roots(pairs, judge.terms):
        found = judge.told.setdefault((mine, theirs), judge.apart(mine, theirs))
        if found.verdict is not Verdict.SAME:
            judge.replaced.learn(mine, theirs)


def _held(
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
    if len(reference) > _LARGEST or len(candidate) > _LARGEST:
        return _by_name(list(reference), list(candidate), judge)
    pairs = _ordered(reference, candidate, lambda one, other: _exact(one, other, judge))
    taken = {id(effect) for pair in pairs for effect in pair}
    left, free = ([e for e in effects if id(e) not in taken] for effects in (reference, candidate))
    pairs += _ordered(left, free, lambda one, other: _score(one, other, judge))
    taken = {id(effect) for pair in pairs for effect in pair}
    left, free = ([e for e in effects if id(e) not in taken] for effects in (reference, candidate))
    return pairs + _by_name(left, free, judge)


def _ordered(
    reference: Sequence[Effect], candidate: Sequence[Effect], score: Callable[[Effect, Effect], float]
) -> list[tuple[Effect, Effect]]:
    return [(reference[row], candidate[column]) for row, column in in_order(reference, candidate, score)]


def _exact(one: Effect, other: Effect, judge: Judge) -> float:
    """The score of two effects that have the same values; these find each other first."""
    keys = {key for key, _ in (*one.parts, *other.parts)}
    same = all(_same_part(one.part(key), other.part(key), judge) for key in keys)
    return _score(one, other, judge) if same and one.name == other.name else 0


def _by_name(reference: list[Effect], candidate: list[Effect], judge: Judge) -> list[tuple[Effect, Effect]]:
    pairs = []
    for one in reference:
        scored = [(_score(one, other, judge), -index) for index, other in enumerate(candidate)]
        best = max(scored, default=(0.0, 0))
        if best[0] > 0:
            pairs.append((one, candidate.pop(-best[1])))
    return pairs


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
    total += 1.5 if judge.same(_all(one.condition, judge), _all(other.condition, judge)) else 0
    total += 1 if len(one.loops) == len(other.loops) else 0
    return total + (0.5 if one.inside == other.inside else 0)


def _differ(one: Term, other: Term | None, judge: Judge) -> bool:
    return other is not None and judge.judge(one, other).verdict is Verdict.DIFFERENT


def _same_part(one: Term | None, other: Term | None, judge: Judge) -> bool:
    return one is not None and other is not None and judge.same(one, other)


def _all(condition: Iterable[Term], judge: Judge) -> Term:
    return judge.terms.logic("and", condition)


def _real(left: Sequence[Effect], paired: Iterable[Effect]) -> Iterable[Effect]:
    """What is left of one side, without more calls of what has a partner already."""
    known = {(effect.span, effect.kind, effect.name) for effect in paired}
    for effect in left:
        key = (effect.span, effect.kind, effect.name)
        if effect.kind in _COUNTED or key not in known:
            known.add(key)
            yield effect


def _places(
    reference: Program, candidate: Program, found: Iterable[tuple[Effect, Effect]]
) -> dict[int, Span]:
    """For each effect of the reference the place in the candidate where it would stand."""
    partners = {one.order: (one, other) for one, other in found}
    following = dict[int, tuple[Effect, Effect] | None]()
    after: tuple[Effect, Effect] | None = None
    for effect in reversed(reference.effects):
        following[effect.order] = after
        after = partners.get(effect.order, after)
    places, last = dict[int, Span](), None
    for effect in reference.effects:
        last = partners.get(effect.order, last)
        places[effect.order] = _between(effect, last, following[effect.order], candidate.start)
    return places


def _between(
    lost: Effect,
    last: tuple[Effect, Effect] | None,
    following: tuple[Effect, Effect] | None,
    start: Span,
) -> Span:
    """The step of the candidate behind which something lost would come."""
    if following is not None and (last is None or _shared(lost, following[0]) > _shared(lost, last[0])):
        # What comes first in a loop stands in that loop, not behind what was done before.
        last, following = following, last
    if last is None:
        return start
    chain = (*last[1].calls, last[1].span)
    if following is None or (last[0].calls == lost.calls != following[0].calls):
        return chain[-1]
    other = (*following[1].calls, following[1].span)
    return next((mine for mine, theirs in zip(chain, other, strict=False) if mine != theirs), chain[-1])


def _shared(one: Effect, other: Effect) -> int:
    """How many loops two effects of a program have in common."""
    return sum(mine.span == theirs.span for mine, theirs in zip(one.loops, other.loops, strict=False))


def _differences(one: Effect, other: Effect, judge: Judge) -> tuple[Difference, ...]:
    found: list[Difference] = []
    for key in dict.fromkeys(key for key, _ in (*one.parts, *other.parts)):
        mine, theirs = one.part(key), other.part(key)
        if mine is None or theirs is None:
            found += _one_sided(one, key, mine, theirs, judge)
            continue
        told = judge.told.get((mine, theirs)) if (one.kind, key) in ROOTS else None
        found += _difference(key, mine, theirs, told or judge.apart(mine, theirs), judge)
    found += _of_condition(one, other, judge)
    if one.kind is Kind.STEP and len(one.loops) != len(other.loops):
        depths = judge.terms.constant(len(one.loops)), judge.terms.constant(len(other.loops))
        found.append(Difference("loops", *depths))
    elif one.kind is Kind.STEP and one.loops:
        turns = one.loops[0].turns, other.loops[0].turns
        found += _difference("turns", *turns, judge.judge(*turns), judge)
    found += _of_within(one, other)
    return tuple(found)


def _difference(part: str, mine: Term, theirs: Term, verdict: Judgement, judge: Judge) -> list[Difference]:
    if verdict.verdict is Verdict.SAME:
        return []
    certain = verdict.verdict is Verdict.DIFFERENT
    inner = narrowed(mine, theirs, judge) if certain else None
    return [Difference(part, mine, theirs, verdict.where, certain, inner)]


def _one_sided(
    effect: Effect, key: str, mine: Term | None, theirs: Term | None, judge: Judge
) -> list[Difference]:
    """An argument that one side alone gives: the other has what the library takes for it."""
    default = signature(effect.name if "." in effect.name else f".{effect.name}").get(key, ...)
    if default is ...:
        return [Difference(key, mine, theirs, certain=effect.kind is Kind.SAVE)]
    taken = judge.terms.constant(default)
    mine, theirs = mine or taken, theirs or taken
    return _difference(key, mine, theirs, judge.apart(mine, theirs), judge)


def _of_condition(one: Effect, other: Effect, judge: Judge) -> list[Difference]:
    """What the conditions of two effects do not share."""
    verdict = judge.apart(_all(one.condition, judge), _all(other.condition, judge))
    if verdict.verdict is Verdict.SAME:
        return []
    mine = [term for term in one.condition if not any(judge.same(term, same) for same in other.condition)]
    theirs = [term for term in other.condition if not any(judge.same(same, term) for same in one.condition)]
    if not mine and not theirs:
        return []
    settled = all(map(_is_settled, (*mine, *theirs))) and all(
        judge.judge(term, other).verdict is Verdict.DIFFERENT for term in mine for other in theirs
    )
    certain = verdict.verdict is Verdict.DIFFERENT or settled
    return [Difference("condition", _all(mine, judge), _all(theirs, judge), verdict.where, certain)]


def _is_settled(term: Term) -> bool:
    """Whether a test that one side alone has is one for certain: what it asks is not lost in a loop."""
    return all(part.sort not in (Sort.UNKNOWN, Sort.CARRIED) for part in term.walk())


def _of_within(one: Effect, other: Effect) -> list[Difference]:
    """Context managers that only one side has around an effect."""
    if one.kind not in _COMPUTING:
        return []
    mine, theirs = (
        {str(term.value): term for term in effect.within if term.sort is Sort.CALL} for effect in (one, other)
    )
    lost = [Difference(f"within {name}", term, None) for name, term in mine.items() if name not in theirs]
    added = [Difference(f"within {name}", None, term) for name, term in theirs.items() if name not in mine]
    return lost + added
