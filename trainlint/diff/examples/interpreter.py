"""A function of a program and its arguments in, what it gives out; nothing is run but syntax trees.

Only what is certain is computed: an operation on something of a library, code that is not understood and too
many steps end it (UnclearError), and what Python would raise is the function's own failure (FailsError).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import field

from trainlint.diff.examples import natives, statements
from trainlint.diff.examples.expressions import arguments, value
from trainlint.diff.examples.reading import of_symbol
from trainlint.diff.examples.stands import asked
from trainlint.diff.examples.traces import (
    FailsError,
    Function,
    Names,
    Scope,
    Stand,
    Trace,
    UnclearError,
)
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Symbol
from trainlint.facts.terms import Term
from trainlint.record import entity

_STEPS = 20_000
_DEPTH = 20
#: Methods of texts that ask for a text: examples shall hold it.
_ASKED = {"removeprefix", "removesuffix", "startswith", "endswith", "replace", "split", "partition", "find"}


@entity
class Run:
    """One run: what functions' names stand for, and the texts that the code asks its data for.

    `texts` are those that either program was seen to ask for.
    """

    names: Names
    term: Callable[[Symbol], Term]
    module: ModuleFacts
    wanted: dict[str, None] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    steps: int = 0
    _node: ast.AST | None = None
    _depth: int = 0

    def step(self) -> None:
        """Count one step of the code."""
        self.steps += 1
        if self.steps > _STEPS:
            raise UnclearError

    def named(self, name: str) -> Trace:
        """What a name stands for that is no variable of the functions that are run."""
        known = self.names.get(self._node, {}) if self._node is not None else {}
        found = known.get(name)
        if found is None:
            raise UnclearError
        return Trace(of_symbol(self, found))

    def defaults(self, node: ast.FunctionDef | ast.Lambda, frame: tuple[Scope, ...]) -> dict[str, Trace]:
        """The defaults of the parameters of a function."""
        given = node.args
        positional = [argument.arg for argument in (*given.posonlyargs, *given.args)]
        pairs = zip(positional[len(positional) - len(given.defaults) :], given.defaults, strict=True)
        only = zip((argument.arg for argument in given.kwonlyargs), given.kw_defaults, strict=True)
        return {name: value(self, node, frame) for name, node in (*pairs, *only) if node is not None}

    def inside(self, node: ast.FunctionDef | ast.Lambda, module: ModuleFacts) -> dict[str, Trace]:
        """The defaults of a function that stands in a module."""
        outside = (self.module, self._node)
        self.module, self._node = module, node
        try:
            return self.defaults(node, ())
        finally:
            self.module, self._node = outside

    def called(self, node: ast.Call, frame: tuple[Scope, ...]) -> Trace:
        """What a call gives."""
        owner = value(self, node.func.value, frame) if isinstance(node.func, ast.Attribute) else None
        callee = None if isinstance(node.func, ast.Attribute) else value(self, node.func, frame)
        given, named = arguments(self, node, frame)
        plain = [trace.value for trace in given]
        words = {name: trace.value for name, trace in named.items()}
        if callee is not None and isinstance(callee.value, Function):
            returned = self.function(callee.value, given, named)
            return Trace(returned.value, node, self.module, (returned,), returned.slots)
        parts = (*((owner,) if owner is not None else ()), *given, *named.values())
        if owner is not None and isinstance(node.func, ast.Attribute) and not isinstance(owner.value, Stand):
            return self._native(node, node.func.attr, owner, given, parts, words)
        if owner is not None and isinstance(owner.value, Stand):
            assert isinstance(node.func, ast.Attribute)
            return self._library(node, owner.value, node.func.attr, plain, words, parts)
        if callee is not None and isinstance(callee.value, Stand):
            return self._library(node, callee.value, "", plain, words, parts)
        raise UnclearError

    def _native(
        self,
        node: ast.Call,
        name: str,
        owner: Trace,
        given: list[Trace],
        parts: tuple[Trace, ...],
        words: dict[str, object],
    ) -> Trace:
        """A method of a text or a container."""
        if not natives.is_method(owner.value, name):
            raise UnclearError
        plain = [self.callable(trace.value) for trace in given]
        if isinstance(owner.value, str) and name in _ASKED:
            self.wanted |= {text: None for text in plain[:1] if isinstance(text, str)}
        words = {key: self.callable(word) for key, word in words.items()}
        before = len(owner.value) if isinstance(owner.value, list) else 0
        found = natives.method(owner.value, name, plain, words)
        natives.bounded(owner.value)
        if name == "append":
            owner.slots[before] = given[0]
        elif found is None and name != "get":
            owner.slots.clear()
        return Trace(found, node, self.module, parts)

    def _library(
        self,
        node: ast.Call,
        callee: Stand,
        method: str,
        given: list[object],
        named: dict[str, object],
        parts: tuple[Trace, ...],
    ) -> Trace:
        """A function of a library, or a method of something of one."""
        name = f"{callee.name}.{method}" if method else callee.name
        function = natives.function(name)
        if function is not None:
            plain = [self.callable(one) for one in given]
            words = {key: self.callable(word) for key, word in named.items()}
            if any(isinstance(one, Stand) for one in given) and name != "isinstance":
                raise UnclearError
            found = natives.computed(lambda: function(*plain, **words))
            return Trace(found, node, self.module, parts, _kept(name, parts))
        if any(isinstance(one, Function) for one in (*given, *named.values())):
            raise UnclearError
        asks = method or "()"
        if asks in ("encode", "()"):
            self.wanted |= {text: None for text in given[:1] if isinstance(text, str)}
        return Trace(asked(asks, tuple(given), named, self.texts), node, self.module, parts)

    def callable(self, given: object) -> object:
        """A function of the project as one that builtin functions can call."""
        if not isinstance(given, Function):
            return given
        return lambda *items: self.function(given, [Trace(item) for item in items], {}).value

    def function(self, called: Function, given: list[Trace], named: dict[str, Trace]) -> Trace:
        """Run the body of a function."""
        outside = (self.module, self._node)
        self._depth += 1
        try:
            if self._depth > _DEPTH:
                raise UnclearError
            scope = _bound(called, [*called.positional, *given], called.keywords | named)
            frame = (scope, *called.around)
            self.module = called.module
            if called.node in self.names:
                self._node = called.node
            if isinstance(called.node, ast.Lambda):
                return value(self, called.node.body, frame)
            returned = statements.run(self, called.node.body, frame)
            return returned if isinstance(returned, Trace) else Trace(None, called.node, called.module)
        finally:
            self._depth -= 1
            self.module, self._node = outside


def _kept(name: str, parts: tuple[Trace, ...]) -> dict[object, Trace]:
    """What a copy of a container holds."""
    return parts[0].slots if parts and name in ("list", "tuple", "dict", "iter") else {}


def _bound(called: Function, given: list[Trace], named: dict[str, Trace]) -> Scope:
    """The parameters of a function with their values."""
    parameters = called.node.args
    order = [argument.arg for argument in (*parameters.posonlyargs, *parameters.args)]
    known = {*order, *(argument.arg for argument in parameters.kwonlyargs)}
    rest, more = given[len(order) :], {key: word for key, word in named.items() if key not in known}
    if (rest and parameters.vararg is None) or (more and parameters.kwarg is None):
        raise FailsError("TypeError")
    scope = called.defaults | dict(zip(order, given, strict=False))
    scope |= {key: word for key, word in named.items() if key in known}
    if parameters.vararg is not None:
        items: dict[object, Trace] = dict(enumerate(rest))
        scope[parameters.vararg.arg] = Trace(tuple(item.value for item in rest), slots=items)
    if parameters.kwarg is not None:
        words: dict[object, Trace] = {name: more[name] for name in more}
        scope[parameters.kwarg.arg] = Trace({key: word.value for key, word in more.items()}, slots=words)
    if known - scope.keys():
        raise FailsError("TypeError")
    return scope
