"""The tests of a guard and the config value it refuses in, the stated values that it would take out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.symbolic.holdings import pieces
from trainlint.chain.symbolic.parts import within
from trainlint.facts.symbols import Constant, Operation, Sequence, Setting, Symbol, Table
from trainlint.facts.value import Known, Value

_DEPTH = 12
_MOST = 200
_COMPARED = ("==", "!=", "is", "is not", "in", "not in")
_LOOKED_UP = ("get", "[]")
#: What is done to a text before it is held against others.
_PLAIN = ("default", "str", "str.lower", "str.upper", "str.strip")

#: Whether a guard lets a launch pass; None where that is not known.
Passes = Callable[[Evaluation], "bool | None"]


def accepted(
    tests: tuple[Symbol, ...], setting: Setting, evaluation: Evaluation, passes: Passes
) -> tuple[object, ...]:
    """The stated values with which the guard would let the launch pass."""
    found: dict[str, object] = {}
    for candidate in _stated(tests, setting):
        if len(found) >= _MOST:
            break
        if passes(_with(evaluation, setting.path, candidate)):
            found.setdefault(repr(candidate), candidate)
    return tuple(found.values())


def is_stated(tests: tuple[Symbol, ...], setting: Setting) -> bool:
    """Whether the tests hold a setting against stated values."""
    return next(_stated(tests, setting), None) is not None


def _with(evaluation: Evaluation, path: tuple[str, ...], candidate: object) -> Evaluation:
    """The same launch with another value at one key."""
    lookup = evaluation.lookup

    def changed(asked: tuple[str, ...]) -> Value[object]:
        return Known(candidate, evaluation.place) if asked == path else lookup(asked)

    return Evaluation(changed, evaluation.world_size, evaluation.environment, evaluation.place)


def _stated(tests: tuple[Symbol, ...], setting: Setting) -> Iterator[object]:
    """The values that the tests hold against a setting."""
    for test in tests:
        for operation in _operations(test):
            operands = operation.operands[:2]
            if any(_is_bare(operand, setting) for operand in operands):
                for operand in operands:
                    yield from _constants(operand)


def _is_bare(symbol: Symbol, setting: Setting) -> bool:
    """Whether a symbol is the setting itself, and not what was computed from it."""
    parts = within(symbol, _plainly, _DEPTH)
    return any(isinstance(part, Setting) and part.path == setting.path for part in parts)


def _plainly(symbol: Symbol) -> tuple[Symbol, ...]:
    computed = isinstance(symbol, Operation) and symbol.name not in _PLAIN
    return () if computed else pieces(symbol)


def _operations(symbol: Symbol) -> Iterator[Operation]:
    for part in within(symbol, pieces, _DEPTH):
        if isinstance(part, Operation) and part.name in (*_COMPARED, *_LOOKED_UP):
            yield part


def _constants(symbol: Symbol) -> Iterator[object]:
    if isinstance(symbol, Constant) and symbol.value is not None:
        yield symbol.value
    elif isinstance(symbol, Sequence):
        for item in symbol.items:
            yield from _constants(item)
    elif isinstance(symbol, Table):
        for key, _ in symbol.entries:
            yield from _constants(key)
