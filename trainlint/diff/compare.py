"""Two sides in, their programs held against each other out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from trainlint.diff.align import align_definitions, align_options, unclear_defaults
from trainlint.diff.breaches import breaches
from trainlint.diff.by_hand import not_followed, read_by_hand
from trainlint.diff.carried import Carried
from trainlint.diff.cascades import Replacements, roots
from trainlint.diff.definitions import definitions, method_calls
from trainlint.diff.differing import differences
from trainlint.diff.environment import read_by_libraries
from trainlint.diff.examples.chains import Chain, chains
from trainlint.diff.examples.evaluating import Read
from trainlint.diff.examples.prepared import prepared
from trainlint.diff.hidden import hidden, hidden_in_words
from trainlint.diff.match import held
from trainlint.diff.network_changes import of_all_scripts
from trainlint.diff.network_parts import network_parts
from trainlint.diff.normal import Normal
from trainlint.diff.program import Effects, effectful
from trainlint.diff.roles import with_roles
from trainlint.diff.scopes import scopes
from trainlint.diff.settings import settings_of
from trainlint.diff.sides import NothingToCompare, Script, Side
from trainlint.diff.terms import Terms
from trainlint.diff.unbound import nowhere_set, unset
from trainlint.diff.unclear import unclear
from trainlint.diff.values import Judge, Verdict
from trainlint.facts.behaviour import Call
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import GLOBAL, Breach, Definition, Effect, Kind, Option, Program
from trainlint.facts.module import ModuleFacts
from trainlint.facts.networks import NetworkPart
from trainlint.facts.terms import Sort, Term
from trainlint.facts.uses import is_given
from trainlint.source import Span

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


def compare(reference: Side, candidate: Side) -> Comparison:
    """Everything that the two programs do, aligned; raises NothingToCompare where one trains nothing."""
    terms = Terms()
    mine, theirs = _modules(reference), _modules(candidate)
    defined = align_definitions(_definitions(reference, mine), _definitions(candidate, theirs))
    options = align_options(settings_of(reference, terms), settings_of(candidate, terms))
    shared = [
        one.name
        for one, other in options
        if one is not None and other is not None and is_given(one) and is_given(other)
    ]
    judge = Judge(terms, _explained(options), frozenset(f"{Sort.OPTION.value} {name}" for name in shared))
    first, scripts, readers = _program(
        reference, mine, terms, {}, {}, [pair[0] for pair in defined], [o[0] for o in options]
    )
    names = {
        _last(other.name): _last(one.name) for one, other in defined if one is not None and other is not None
    }
    renamed = {other.name: one.name for one, other in options if one is not None and other is not None}
    second, _, others = _program(
        candidate, theirs, terms, names, renamed, [pair[1] for pair in defined], [o[1] for o in options]
    )
    for side, program in ((reference, first), (candidate, second)):
        _refuse_empty(side, program)
    told, untold = prepared(_data(reference, readers), _data(candidate, others))
    found = _compared(first, scripts, second, judge, options, defined)
    causes = hidden(found.lost, candidate, others[-1])
    silent = hidden_in_words(found.lost, causes, found.places)
    return replace(
        found,
        constants=_constants(candidate, terms),
        scopes=scopes(found.pairs, candidate.scripts[-1].behaviour, others[-1], theirs),
        prepared=told,
        hidden=causes,
        not_checked=(*found.not_checked, *untold, *silent),
    )


def _data(side: Side, readers: Sequence[Normal]) -> list[tuple[Chain, Read]]:
    """What the data of a side are mapped with."""
    scripts = zip(side.scripts, readers, strict=True)
    return [(chain, normal.term) for script, normal in scripts for chain in chains(script.behaviour)]


def _constants(side: Side, terms: Terms) -> tuple[tuple[Option, Option], ...]:
    """The numbers with a name that the two sides have with other values."""
    return tuple(
        (
            Option(entry.name, terms.constant(entry.reference.value), GLOBAL, entry.reference.span, True),
            Option(entry.name, terms.constant(entry.candidate.value), GLOBAL, entry.candidate.span, True),
        )
        for entry in side.changed
    )


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
        if one is not None and other is not None and is_given(one) and is_given(other)
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
) -> tuple[Program, list[tuple[Effect, ...]], list[Normal]]:
    """A side, the effects of each of its scripts, and the reader of each."""
    scripts: list[tuple[Effect, ...]] = []
    readers: list[Normal] = []
    written: dict[Term, tuple[Span, ...]] = {}
    computed: dict[Term, Span] = {}
    networks: list[tuple[NetworkPart, ...]] = []
    done = effectful(modules)
    for script in side.scripts:
        normal = _normal(script, terms, names, settings)
        collected = Effects(normal, done, first=sum(map(len, scripts)))
        collected.collect(script.behaviour)
        networks.append(network_parts(collected, script.behaviour))
        scripts.append(with_roles(collected.found, terms, collected.written))
        readers.append(normal)
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
        methods=method_calls(modules),
        computed=computed,
        breaches=(*_broken(side, modules, readers), *nowhere_set(modules, defined)),
        networks=tuple(networks),
    )
    return _with_command_line(program, side), scripts, readers


def _with_command_line(program: Program, side: Side) -> Program:
    """How a program comes by what the command line says."""
    parsed = [script.parsed for script in side.scripts if script.parsed is not None]
    return replace(
        program,
        merges=tuple(merge for script in side.scripts for merge in script.merges),
        parsed=parsed[0] if parsed else None,
        by_hand=() if parsed else tuple(read_by_hand(program.modules)),
    )


def _broken(side: Side, modules: Sequence[ModuleFacts], readers: Sequence[Normal]) -> Iterator[Breach]:
    """The calls and the uses of variables that cannot be right."""
    yield from breaches(modules, [script.behaviour for script in side.scripts])
    for script, normal in zip(side.scripts, readers, strict=True):
        yield from unset(script.behaviour, normal)


def _normal(script: Script, terms: Terms, names: Mapping[str, str], settings: Mapping[str, str]) -> Normal:
    """What reads the symbols of a script."""
    carried = Carried.of([script.behaviour])
    missing = tuple(problem.module for problem in script.facts.import_problems)
    return Normal(terms, script.evaluation, carried, names, settings, missing=missing)


def _refuse_empty(side: Side, program: Program) -> None:
    """Raise NothingToCompare where a side trains nothing, or does not do anything at all."""
    trains = (Kind.OPTIMIZER, Kind.BACKWARD, Kind.STEP, Kind.TRAINER, Kind.MODEL, Kind.FORWARD)
    if not program.of(*trains):
        events = (event for script in side.scripts for event in script.behaviour.events)
        calls = any(isinstance(event, Call) for event in events)
        why = "trains nothing that can be seen" if calls else "calls nothing when it is started"
        shown = side.scripts[0].facts.module.display
        raise NothingToCompare(side.name, f"`{shown}` {why}", side.start)


def _compared(
    reference: Program,
    scripts: Sequence[Sequence[Effect]],
    candidate: Program,
    judge: Judge,
    options: tuple[tuple[Option | None, Option | None], ...],
    defined: tuple[tuple[Definition | None, Definition | None], ...],
) -> Comparison:
    found = held(scripts, candidate.effects, judge)
    _learn(found, judge)
    mine, theirs = {one.order for one, _ in found}, {other.order for _, other in found}
    pairs = tuple(Pair(one, other, differences(one, other, judge)) for one, other in found)
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
        not_checked=(
            *unclear_defaults(options),
            *read_by_libraries(candidate.modules),
            *not_followed(reference, candidate),
            *unclear(pairs),
        ),
        places=_places(reference, candidate, found),
        networks=of_all_scripts(reference, candidate, judge),
    )


def _learn(pairs: Iterable[tuple[Effect, Effect]], judge: Judge) -> None:
    """Let the judge put aside what follows from differences that are told of where they stand."""
    judge.replaced = Replacements(judge.terms, judge.may_be_same)
    for mine, theirs in roots(pairs, judge.terms):
        found = judge.told.setdefault((mine, theirs), judge.apart(mine, theirs))
        if found.verdict is not Verdict.SAME:
            judge.replaced.learn(mine, theirs)


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
