"""A value with where it comes from: what the little interpreter of this package computes with."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import field

from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Symbol
from trainlint.record import entity, record


class UnclearError(Exception):
    """Something that cannot be computed."""


class FailsError(Exception):
    """What the code itself would raise."""


@record
class Stand:
    """What stands for something of a library: two are the same where they are made by the same calls."""

    name: str


@entity
class Trace:
    """A value, the expression that made it, what that was made of, and what a container holds."""

    value: object
    node: ast.AST | None = None
    module: ModuleFacts | None = None
    parts: tuple[Trace, ...] = ()
    slots: dict[object, Trace] = field(default_factory=dict)

    def walk(self) -> Iterator[Trace]:
        """The value and all that it comes from, each once."""
        seen, waiting = {id(self)}, [self]
        while waiting:
            trace = waiting.pop()
            yield trace
            for part in (*trace.parts, *trace.slots.values()):
                if id(part) not in seen:
                    seen.add(id(part))
                    waiting.append(part)


Scope = dict[str, Trace]
#: For each function what its names stand for where it was handed over.
Names = Mapping[ast.AST, Mapping[str, Symbol]]


@entity
class Function:
    """A function of the project; `around` are the variables of the functions around it, innermost first."""

    node: ast.FunctionDef | ast.Lambda
    module: ModuleFacts
    around: tuple[Scope, ...] = ()
    positional: tuple[Trace, ...] = ()
    keywords: dict[str, Trace] = field(default_factory=dict)
    defaults: dict[str, Trace] = field(default_factory=dict)


def key_of(value: object) -> int:
    """What two equal values share."""
    return hash((_kind(value), repr(_plain(value))))


def _plain(value: object) -> object:
    """A value as a data set holds it: keys in no order, tuples as lists."""
    if isinstance(value, dict):
        return sorted((repr(key), repr(_plain(held))) for key, held in value.items())
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return sorted(map(repr, value)) if isinstance(value, set) else value


def _kind(value: object) -> str:
    return "list" if isinstance(value, tuple) else "dict" if isinstance(value, dict) else type(value).__name__
