"""Two effects that answer to each other in, what differs between them out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diff.cascades import ROOTS
from trainlint.diff.leaving import left_before, left_early
from trainlint.diff.library import signature
from trainlint.diff.narrowing import narrowed, only
from trainlint.diff.scaling import in_force
from trainlint.diff.values import Judge, Judgement, Verdict
from trainlint.facts.comparison import Difference
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term

#: Ends of the names of calls that say what devices the machine has.
_MACHINE = (".is_available", ".is_bf16_supported", ".device_count", ".current_accelerator")
#: Why the turns of two loops are not compared.
UNCOUNTED = "one of the loops asks before each turn whether to go on"
#: Operators that give true or false.
_TESTS = {"<", "<=", "==", "!=", "is", "is not", "in", "not in", "and", "or", "not"}
_COMPUTING = (Kind.FORWARD, Kind.EVALUATION, Kind.LOSS, Kind.BACKWARD)


def differences(one: Effect, other: Effect, judge: Judge) -> tuple[Difference, ...]:
    """What differs in the parts, the condition, the loops and the contexts of two effects."""
    one, other = in_force(one, judge.terms), in_force(other, judge.terms)
    found: list[Difference] = []
    for key in dict.fromkeys(key for key, _ in (*one.parts, *other.parts)):
        mine, theirs = one.part(key), other.part(key)
        if mine is None or theirs is None:
            bare = one if mine is None else other
            found += _one_sided(bare, key, mine, theirs, judge)
            continue
        told = judge.told.get((mine, theirs)) if (one.kind, key) in ROOTS else None
        found += _difference(key, mine, theirs, told or judge.apart(mine, theirs), judge)
    found += _of_condition(one, other, judge)
    if one.kind is Kind.STEP and len(one.loops) != len(other.loops):
        depths = judge.terms.constant(len(one.loops)), judge.terms.constant(len(other.loops))
        found.append(Difference("loops", *depths))
    elif one.kind is Kind.STEP and one.loops:
        found += _of_turns(one.loops[0].turns, other.loops[0].turns, judge)
    found += _of_within(one, other)
    if one.kind is Kind.EVALUATION:
        found += left_before(one, other, judge)
    if one.kind is Kind.STEP:
        found += left_early(one, other, judge)
    return tuple(found)


def _difference(part: str, mine: Term, theirs: Term, verdict: Judgement, judge: Judge) -> list[Difference]:
    if verdict.verdict is Verdict.SAME:
        return []
    certain = verdict.verdict is Verdict.DIFFERENT
    if not certain:
        return [Difference(part, mine, theirs, verdict.where, certain=False)]
    *around, inner = narrowed(mine, theirs, judge)
    shared = only(*inner, judge)
    return [
        Difference(part, mine, theirs, verdict.where, inner=inner, only=shared, around=tuple(around[::-1]))
    ]


def _of_turns(mine: Term, theirs: Term, judge: Judge) -> list[Difference]:
    """How often two loops turn; a number and a test that is asked before each turn may come to the same."""
    if _is_test(mine) is not _is_test(theirs):
        return [Difference("turns", mine, theirs, UNCOUNTED, certain=False)]
    return _difference("turns", mine, theirs, judge.judge(mine, theirs), judge)


def _is_test(term: Term) -> bool:
    if term.sort is Sort.CONSTANT:
        return isinstance(term.value, bool)
    return term.sort is Sort.OPERATION and term.value in _TESTS


def _one_sided(
    effect: Effect, key: str, mine: Term | None, theirs: Term | None, judge: Judge
) -> list[Difference]:
    """An argument that one side alone gives: the other has what the library takes for it.

    Where that one hands on a table (`**settings`) of which not all is known, it may be in there.
    """
    if any(effect.part(rest) is not None for rest in ("*", "**")):
        return [Difference(key, mine, theirs, certain=False)]
    default = signature(effect.name if "." in effect.name else f".{effect.name}").get(key, ...)
    if default is ...:
        return [Difference(key, mine, theirs, certain=effect.kind is Kind.SAVE)]
    taken = judge.terms.constant(default)
    mine, theirs = mine or taken, theirs or taken
    return _difference(key, mine, theirs, judge.apart(mine, theirs), judge)


def _of_condition(one: Effect, other: Effect, judge: Judge) -> list[Difference]:
    """What the conditions of two effects do not share."""
    verdict = judge.apart(judge.whole(one.condition), judge.whole(other.condition))
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
    if mine and theirs and all(map(_asks_machine, (*mine, *theirs))):
        # Two ways to ask what the machine has may come to the same answer.
        certain = False
    return [Difference("condition", judge.whole(mine), judge.whole(theirs), verdict.where, certain)]


def _asks_machine(term: Term) -> bool:
    """Whether a test asks for the devices of the machine."""
    return any(part.sort is Sort.CALL and str(part.value).endswith(_MACHINE) for part in term.walk())


def _is_settled(term: Term) -> bool:
    """Whether a test that one side alone has is one for certain: what it asks is not lost in a loop."""
    return all(part.sort not in (Sort.UNKNOWN, Sort.CARRIED) for part in term.walk())


def _of_within(one: Effect, other: Effect) -> list[Difference]:
    """Context managers that only one side has around an effect; uncertain where it is one of several."""
    if one.kind not in _COMPUTING:
        return []
    mine, theirs = (
        {name: term for term in effect.within for name in _contexts(term)} for effect in (one, other)
    )
    lost = [
        Difference(f"within {name}", term, None, certain=term.sort is Sort.CALL)
        for name, term in mine.items()
        if name not in theirs
    ]
    added = [
        Difference(f"within {name}", None, term, certain=term.sort is Sort.CALL)
        for name, term in theirs.items()
        if name not in mine
    ]
    return lost + added


def _contexts(term: Term) -> Iterator[str]:
    """The context managers that a value may be: of `nullcontext() if … else autocast(…)` the latter."""
    if term.sort is Sort.OPERATION and term.value == "if":
        for branch in term.operands[1:]:
            yield from _contexts(branch)
    elif term.sort is Sort.CALL and term.value != "contextlib.nullcontext":
        yield str(term.value)
