"""The modules of two sides in, the numbers in their code that have a name and changed out.

What such a number stands for is compared as a setting of that name, so that the change is told of where it is
written and not wherever it leads to.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from trainlint.chain.arguments.arithmetic import arithmetic
from trainlint.facts.module import ModuleFacts, parts_of
from trainlint.parse.python.places import node_span
from trainlint.record import record
from trainlint.source import Span

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SCOPES = (*_DEFINES, ast.Lambda)
Number = bool | int | float


@record
class Named:
    """A number that is given a name: in a module, a class or a function, or as the default of a parameter.

    `node` is the expression that gives it, `scope` the class or function around it.
    """

    name: str
    scope: str
    module: str
    value: Number
    node: ast.expr
    span: Span


@record
class Changed:
    """A number of both programs under one name, with another value in each; `name` says which."""

    name: str
    reference: Named
    candidate: Named


def changed(
    reference: Sequence[ModuleFacts], candidate: Sequence[ModuleFacts], taken: frozenset[str]
) -> tuple[Changed, ...]:
    """The named numbers that differ; `taken` are names that mean something else."""
    mine = [entry for module in reference for entry in named(module)]
    theirs = [entry for module in candidate for entry in named(module)]
    pairs = [pair for pair in _paired(mine, theirs) if not _is_same(pair[0].value, pair[1].value)]
    counts = Counter(one.name for one, _ in pairs)
    return tuple(
        Changed(_called(one, counts[one.name] > 1 or one.name in taken), one, other) for one, other in pairs
    )


def _called(entry: Named, is_ambiguous: bool) -> str:
    return f"{entry.scope or entry.module}.{entry.name}" if is_ambiguous else entry.name


def _is_same(one: Number, other: Number) -> bool:
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _paired(mine: Sequence[Named], theirs: Sequence[Named]) -> Iterator[tuple[Named, Named]]:
    """By place and name, then by name: only where each side has one of that kind."""
    keys: tuple[Callable[[Named], Hashable], ...] = (
        lambda entry: (entry.module, entry.scope, entry.name),
        lambda entry: (entry.scope, entry.name),
        lambda entry: entry.name,
    )
    for key in keys:
        ones, others = _single(mine, key), _single(theirs, key)
        found = [(one, others[at]) for at, one in ones.items() if at in others]
        yield from found
        done = {id(entry) for pair in found for entry in pair}
        mine = [entry for entry in mine if id(entry) not in done]
        theirs = [entry for entry in theirs if id(entry) not in done]


def _single(entries: Iterable[Named], key: Callable[[Named], Hashable]) -> dict[Hashable, Named]:
    kept = tuple(entries)
    counts = Counter(map(key, kept))
    return {key(entry): entry for entry in kept if counts[key(entry)] == 1}


def named(module: ModuleFacts) -> Iterator[Named]:
    """The numbers of a module that get a name once, and never another value by it."""
    for scope, name, nodes in _scopes(module.tree):
        parameters = tuple(_defaults(scope)) if isinstance(scope, _Function) else ()
        numbers = [
            (target, value, node)
            for target, node in (*_assigned(nodes), *parameters)
            if (value := number(node)) is not None
        ]
        if not numbers:
            continue
        stored = Counter(_stored(nodes))
        stored.update(_global(module.nodes if isinstance(scope, ast.Module) else nodes))
        given = {target for target, _ in parameters}
        for target, value, node in numbers:
            if stored[target] == (0 if target in given else 1):
                yield Named(target, name, module.path.stem, value, node, node_span(module.source, node))


def _scopes(module: ast.Module) -> Iterator[tuple[_Scope, str, Sequence[ast.AST]]]:
    """A module, and the functions and classes in it under their full names, each with what stands in it."""
    waiting: list[tuple[_Scope, str]] = [(module, "")]
    while waiting:
        scope, called = waiting.pop()
        nodes = _own(scope)
        yield scope, called, nodes
        inside = (one for one in nodes if isinstance(one, _DEFINES))
        waiting += ((one, f"{called}.{one.name}".lstrip(".")) for one in inside)


def _own(scope: _Scope) -> list[ast.AST]:
    """What stands in a scope and in no other inside it; those themselves do."""
    found, waiting = list[ast.AST](), list[ast.AST](scope.body)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, _SCOPES):
            waiting += parts_of(node)
    return found


def _stored(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _global(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """What functions say that they set of their module's names."""
    for node in nodes:
        if isinstance(node, ast.Global):
            yield from node.names


def _assigned(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if len(targets) == 1 and isinstance(targets[0], ast.Name):
                yield targets[0].id, node.value


def _defaults(function: _Function) -> Iterator[tuple[str, ast.expr]]:
    given = function.args
    names = [*given.posonlyargs, *given.args]
    last = names[len(names) - len(given.defaults) :]
    yield from ((entry.arg, node) for entry, node in zip(last, given.defaults, strict=True))
    for entry, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if default is not None:
            yield entry.arg, default


def number(node: ast.expr) -> Number | None:
    """What an expression of numbers comes to; None for any other."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, (bool, int, float)) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = number(node.operand)
        return -inner if inner is not None else None
    if isinstance(node, ast.BinOp):
        return arithmetic(node.op, number(node.left), number(node.right))
    return None
