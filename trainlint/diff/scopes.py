"""The candidate and what differs in it in, how the code on the way there calls the values that matter out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from trainlint.diff.normal import Normal
from trainlint.facts.behaviour import Behaviour, Call, Change, Event, Place, Step
from trainlint.facts.comparison import Pair, Scope
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.module import ModuleFacts, nodes_of
from trainlint.facts.symbols import Choice, Code, Constant, Instance, Setting, Symbol, Table
from trainlint.facts.terms import Sort, Term
from trainlint.record import entity, record
from trainlint.source import Span

#: What can be mended by a value that the code there has.
_MENDED = (Kind.BACKWARD, Kind.STEP, Kind.LOG, Kind.SAVE)
#: So many places are looked at, and so many attributes of attributes.
_PLACES = 20
_DEPTH = 2
#: What is written as it is, or stands for nothing.
_UNNAMED = (Sort.CONSTANT, Sort.NOTHING, Sort.UNKNOWN, Sort.ARGUMENT, Sort.NAME, Sort.FUNCTION)


@record
class _Given:
    """A new value of a variable, an attribute or a key, with the call that it stands in."""

    index: int
    event: Change
    frame: Place | None


def scopes(
    pairs: Iterable[Pair], behaviour: Behaviour, normal: Normal, modules: Iterable[ModuleFacts]
) -> dict[int, tuple[Scope, ...]]:
    """For each effect that differs for certain the code on the way to it, outermost first."""
    differing = [(pair.candidate, wanted) for pair in pairs if (wanted := _wanted(pair))][:_PLACES]
    if not differing:
        return {}
    reader = _Reader(normal, behaviour, {module.display: module for module in modules})
    return {effect.order: tuple(reader.scopes(effect, wanted)) for effect, wanted in differing}


def _wanted(pair: Pair) -> frozenset[Term]:
    """The values that what differs is made of, on either side."""
    if pair.candidate.kind not in _MENDED:
        return frozenset()
    found = [one for entry in pair.differences if entry.certain for one in (entry.reference, entry.candidate)]
    return frozenset(
        part for term in found if term is not None for part in term.walk() if part.sort not in _UNNAMED
    )


def _frame(place: Place) -> Place | None:
    """The innermost call around a place."""
    return next((step for step in place.outwards() if step.step is Step.CALL), None)


@entity
class _Reader:
    """Looks for names in one program."""

    normal: Normal
    behaviour: Behaviour
    modules: Mapping[str, ModuleFacts]
    _given: list[_Given] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._given = [
            _Given(index, event, _frame(event.place))
            for index, event in enumerate(self.behaviour.events)
            if isinstance(event, Change)
        ]

    def scopes(self, effect: Effect, wanted: frozenset[Term]) -> Iterator[Scope]:
        """The code on the way to an effect; of a logged value, to where it is computed."""
        found = self._event(effect)
        if found is None:
            return
        index, event = found
        steps = [step for step in event.place.outwards() if step.step is Step.CALL][::-1]
        spans = [*(step.span for step in steps), event.span]
        for step, span in zip([None, *steps], spans, strict=True):
            module = self.modules.get(span.file)
            node = _node(step, module) if module is not None else None
            if module is None or node is None:
                continue
            place = span
            until = index
            if effect.made is not None and _holds(node, module, effect.made):
                place, until = effect.made, self._made(effect.made, step, index)
            yield Scope(module, node, place, self._names(step, module, until, wanted))

    def _event(self, effect: Effect) -> tuple[int, Event] | None:
        for index, event in enumerate(self.behaviour.events):
            if event.span == effect.span:
                steps = [step.span for step in event.place.outwards() if step.step is Step.CALL]
                if tuple(steps[::-1]) == effect.calls:
                    return index, event
        return None

    def _made(self, made: Span, frame: Place | None, index: int) -> int:
        """The event that gives a variable the value that is computed at a place."""
        return next(
            (
                one.index
                for one in self._given
                if one.frame is frame and one.event.span.file == made.file and _covers(one.event.span, made)
            ),
            index,
        )

    def _names(
        self, frame: Place | None, module: ModuleFacts, until: int, wanted: frozenset[Term]
    ) -> Mapping[Term, tuple[str, ...]]:
        found: dict[Term, list[str]] = {}
        for name, value in self._variables(frame, module, until).items():
            for text, term in self._expressions(name, value, until, wanted):
                if term in wanted:
                    found.setdefault(term, []).append(text)
        return {term: tuple(dict.fromkeys(texts)) for term, texts in found.items()}

    def _variables(
        self, frame: Place | None, module: ModuleFacts, until: int
    ) -> dict[str, tuple[Term, Symbol | None]]:
        """The variables of a module and of the function, each with its value and its only symbol."""
        found = self._assigned(None, module, until)
        if frame is not None:
            found = {name: value for name, value in found.items() if name not in _own_names(frame)}
            found |= {name: (self.normal.term(value), value) for name, value in self._parameters(frame)}
            found |= self._assigned(frame, module, until)
            for name in self._changed_later(frame, module, until):
                found.pop(name, None)
        return found

    def _of(self, frame: Place | None, module: ModuleFacts) -> Iterator[_Given]:
        for one in self._given:
            here = frame is not None or one.event.span.file == module.display
            if here and one.event.owner is None and one.frame is frame:
                yield one

    def _changed_later(self, frame: Place | None, module: ModuleFacts, until: int) -> set[str]:
        return {one.event.name for one in self._of(frame, module) if one.index >= until}

    def _assigned(
        self, frame: Place | None, module: ModuleFacts, until: int
    ) -> dict[str, tuple[Term, Symbol | None]]:
        """What is given a value in a frame; not what gets another one later on."""
        found: dict[str, list[_Given]] = {}
        for one in self._of(frame, module):
            found.setdefault(one.event.name, []).append(one)
        return {
            name: (self._folded(given, None), given[0].event.value if len(given) == 1 else None)
            for name, given in found.items()
            if given[-1].index < until
        }

    def _folded(self, given: Iterable[_Given], before: Term | None) -> Term:
        """What several values come to, each under its condition."""
        terms, total = self.normal.terms, before
        for one in given:
            value = self.normal.term(one.event.value)
            test = terms.logic("and", self.normal.condition(one.event.place, one.frame))
            total = value if total is None else terms.choice(test, value, total)
        return total if total is not None else terms.nothing

    def _parameters(self, frame: Place) -> Iterator[tuple[str, Symbol]]:
        """What the call gives the parameters of the function."""
        call = next(
            (one for one in self.behaviour.events if isinstance(one, Call) and one.inside is frame), None
        )
        code = frame.value
        if call is None or not isinstance(code, Code) or not isinstance(code.node, ast.FunctionDef):
            return
        names = [entry.arg for entry in (*code.node.args.posonlyargs, *code.node.args.args)]
        bound = () if code.bound is None else (code.bound,)
        yield from zip(names, (*bound, *call.positional), strict=False)
        known = {*names, *(entry.arg for entry in code.node.args.kwonlyargs)}
        yield from (pair for pair in call.keywords if pair[0] in known)

    def _expressions(
        self, text: str, value: tuple[Term, Symbol | None], until: int, wanted: frozenset[Term]
    ) -> Iterator[tuple[str, Term]]:
        """A variable, and what can be read from it."""
        term, symbol = value
        yield text, term
        waiting = [(text, symbol, 0)] if symbol is not None else []
        while waiting:
            path, owner, depth = waiting.pop()
            for inner, part in self._members(owner, until, wanted):
                yield f"{path}{inner}", part if isinstance(part, Term) else self.normal.term(part)
                if depth + 1 < _DEPTH and not isinstance(part, Term):
                    waiting.append((f"{path}{inner}", part, depth + 1))

    def _members(
        self, symbol: Symbol, until: int, wanted: frozenset[Term]
    ) -> Iterator[tuple[str, Symbol | Term]]:
        if isinstance(symbol, Instance):
            later = {
                one.event.name for one in self._given if one.event.owner is symbol and one.index >= until
            }
            held = {**_of_class(symbol), **symbol.attributes}
            yield from ((f".{name}", part) for name, part in held.items() if name not in later)
        elif isinstance(symbol, Choice):
            then, other = (dict(self._members(side, until, wanted)) for side in (symbol.then, symbol.other))
            for suffix in then.keys() & other.keys():
                yield suffix, self._either(symbol, then[suffix], other[suffix])
        elif isinstance(symbol, Table) and not symbol.open and not symbol.touched:
            for key, part in symbol.entries:
                if isinstance(key, Constant) and isinstance(key.value, str):
                    yield f'["{key.value}"]' if '"' not in key.value and "\\" not in key.value else "?", part
        elif isinstance(symbol, Setting):
            yield from self._keys(symbol, until, wanted)

    def _either(self, choice: Choice, then: Symbol | Term, other: Symbol | Term) -> Term:
        sides = [part if isinstance(part, Term) else self.normal.term(part) for part in (then, other)]
        return self.normal.terms.choice(self.normal.term(choice.test), *sides)

    def _keys(
        self, owner: Setting, until: int, wanted: frozenset[Term]
    ) -> Iterator[tuple[str, Symbol | Term]]:
        """What the config holds, of what is asked for."""
        own = {theirs: mine for mine, theirs in self.normal.settings.items()}
        for option in sorted(
            (term for term in wanted if term.sort is Sort.OPTION), key=lambda o: str(o.value)
        ):
            *path, name = own.get(str(option.value), str(option.value)).split(".")
            if tuple(path) != owner.path:
                continue
            given = [
                one
                for one in self._given
                if isinstance(one.event.owner, Setting)
                and one.event.owner.path == owner.path
                and one.event.name == name
            ]
            if all(one.index < until for one in given):
                yield f".{name}", self._folded(given, option)


def _of_class(owner: Instance) -> dict[str, Symbol]:
    """The attributes that a class states: the defaults of fields."""
    stated = (one for one in owner.node.body if isinstance(one, ast.AnnAssign))
    return {
        one.target.id: Constant(one.value.value)
        for one in stated
        if isinstance(one.target, ast.Name) and isinstance(one.value, ast.Constant)
    }


def _covers(outer: Span, inner: Span) -> bool:
    start, end = (inner.line, inner.column), (inner.end_line, inner.end_column)
    return (outer.line, outer.column) <= start and end <= (outer.end_line, outer.end_column)


def _node(frame: Place | None, module: ModuleFacts) -> ast.AST | None:
    """The function that a call enters, of a class its `__init__`."""
    code = frame.value if frame is not None else None
    if frame is None:
        return module.tree
    if not isinstance(code, Code):
        return None
    inner = code.node.body if isinstance(code.node, ast.ClassDef) else [code.node]
    functions = [one for one in inner if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
    if isinstance(code.node, ast.ClassDef):
        functions = [one for one in functions if one.name == "__init__"]
    return functions[0] if functions else None


def _holds(node: ast.AST, module: ModuleFacts, place: Span) -> bool:
    """Whether a place stands in a function itself; in a module, outside of all functions."""
    if place.file != module.display:
        return False
    inside = [one for one in module.functions if one.lineno <= place.line <= (one.end_lineno or one.lineno)]
    return (inside[-1] if inside else module.tree) is node


def _own_names(frame: Place) -> set[str]:
    """The names that a function binds itself."""
    code = frame.value
    if not isinstance(code, Code):
        return set()
    nodes = nodes_of(code.node)
    names = {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    arguments = {one.arg for one in nodes if isinstance(one, ast.arg)}
    shared = {name for one in nodes if isinstance(one, ast.Global) for name in one.names}
    return (names | arguments) - shared
