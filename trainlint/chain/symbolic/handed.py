"""A function that a library calls with data in, what its names stand for there out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.machine import Machine
from trainlint.facts.symbols import Code, Symbol

#: What maps data, by the last part of the name.
_MAPS = ("map", "filter")
#: So many functions are looked into.
_FUNCTIONS = 40


def takes_data(via: str) -> bool:
    """Whether a call of this name maps data with the function that it is given."""
    last = via.rpartition(".")[2]
    return last in _MAPS or last.endswith("Trainer")


def names_of(machine: Machine, code: Code, frame: Frame) -> dict[ast.AST, dict[str, Symbol]]:
    """For a function, and those of the project that it names, what its names stand for."""
    found: dict[ast.AST, dict[str, Symbol]] = {}
    waiting = [code]
    while waiting and len(found) < _FUNCTIONS:
        one = waiting.pop()
        if one.node in found:
            continue
        outer = one.closure if isinstance(one.closure, Frame) else None
        home = Frame(one.module, frame.place, one, {}, outer, frame.depth + 1, spans=frame.spans)
        home.statement = one.node
        found[one.node] = {name.id: machine.value(name, home) for name in _free(one.node)}
        waiting += [
            symbol
            for symbol in found[one.node].values()
            if isinstance(symbol, Code) and not isinstance(symbol.node, ast.ClassDef)
        ]
    return found


@lru_cache(maxsize=4096)
def _free(node: ast.AST) -> tuple[ast.Name, ...]:
    """The names that a function reads and gives no value to, each once."""
    parts = list(ast.walk(node))
    own = {part.id for part in parts if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    own |= {part.arg for part in parts if isinstance(part, ast.arg)}
    own |= {part.name for part in parts if isinstance(part, ast.FunctionDef) and part is not node}
    return tuple({part.id: part for part in _read(parts) if part.id not in own}.values())


def _read(parts: list[ast.AST]) -> Iterator[ast.Name]:
    return (part for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load))
