"""What a program does in, the variables that it uses where they have no value out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from trainlint.chain.symbolic.heap import is_unset
from trainlint.diff.computing import Case, attempt, defaults_of
from trainlint.diff.normal import Normal
from trainlint.facts.behaviour import Behaviour, Step, Uncertain
from trainlint.facts.effects import Breach, Broken, Definition
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Choice, Symbol
from trainlint.facts.terms import Sort, Term
from trainlint.parse.python.places import node_span
from trainlint.parse.python.unbound import unbound

#: So many ways through a value are looked at.
_WAYS = 200
_Test = tuple[Symbol, bool]


def unset(behaviour: Behaviour, normal: Normal) -> Iterator[Breach]:
    """Variables that are used on a path, or by a process, on which nothing has set them."""
    reached: dict[Term, str | None] = {}
    for event in behaviour.events:
        if not isinstance(event, Uncertain) or _is_caught(event):
            continue
        place = normal.condition(event.place)
        for tests in _unset_ways(event.value):
            asked = (_term(test, normal, truth=truth) for test, truth in tests)
            condition = normal.terms.logic("and", (*place, *asked))
            if condition not in reached:
                reached[condition] = _reached(condition)
            where = reached[condition]
            if where is not None:
                yield Breach(Broken.UNSET, event.name, where, event.span, event.span)
                break


def nowhere_set(modules: Iterable[ModuleFacts], defined: Iterable[Definition | None]) -> Iterator[Breach]:
    """Names that no scope around their use binds, in code that the program comes to."""
    called = {node for entry in defined if entry is not None and entry.called for node in _run(entry.node)}
    for module in modules:
        if module.dynamic is not None or any(one.name == "*" for one in module.imports):
            continue
        for name, function in unbound(module):
            if function is None or function in called:
                span = node_span(module.source, name)
                yield Breach(Broken.UNSET, name.id, "", span, span)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """A function that is called; of a class that is called its constructors."""
    yield node
    if isinstance(node, ast.ClassDef):
        yield from (part for part in node.body if getattr(part, "name", "") in ("__init__", "__post_init__"))


def _is_caught(event: Uncertain) -> bool:
    return any(step.step is Step.TRY for step in event.place.outwards())


def _term(test: Symbol, normal: Normal, *, truth: bool) -> Term:
    found = normal.term(test)
    return found if truth else normal.terms.negation(found)


def _unset_ways(value: Symbol) -> Iterator[tuple[_Test, ...]]:
    """The tests that lead to no value, for each way that does."""
    waiting: list[tuple[Symbol, tuple[_Test, ...]]] = [(value, ())]
    for _ in range(_WAYS):
        if not waiting:
            return
        symbol, tests = waiting.pop()
        if isinstance(symbol, Choice):
            waiting.append((symbol.other, (*tests, (symbol.test, False))))
            waiting.append((symbol.then, (*tests, (symbol.test, True))))
        elif is_unset(symbol):
            yield tests


def _reached(condition: Term) -> str | None:
    """For which process a condition holds in the first turn, in words; None where that is not certain."""
    settings = defaults_of(condition)
    # Each test alone: the first that is not certain decides, and most conditions have one.
    is_all = condition.sort is Sort.OPERATION and condition.value == "and"
    parts = condition.operands if is_all else (condition,)
    flags = [name for name, value in settings.items() if isinstance(value, bool)]
    for flag in (None, *flags):
        changed = settings if flag is None else {**settings, flag: not settings[flag]}
        for case in _processes(condition, changed):
            if all(attempt(part, case, {}) is True for part in parts):
                given = "" if flag is None else f"with another `{flag.partition(' ')[2]}`"
                return " ".join(filter(None, (case.told, given)))
    return None


def _processes(condition: Term, settings: Mapping[str, object]) -> Iterator[Case]:
    """One process alone, and several where the condition asks for that, in the first turn of each loop."""
    yield Case(0, 1, 0, settings, "")
    if any(part.sort is Sort.FACT for part in condition.walk()):
        yield Case(0, 2, 1, settings, "on rank 1 of 2 processes")
        yield Case(0, 2, 0, settings, "with 2 processes")
