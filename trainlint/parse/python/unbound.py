"""A module in, the names out that it uses and that nothing in a scope around them binds."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence

from trainlint.facts.module import nodes_of, parts_of
from trainlint.parse.python.scope import all_arguments

Function = ast.FunctionDef | ast.AsyncFunctionDef
#: What every module has, and what notebooks have.
_GIVEN = {
    *dir(builtins),
    *("__file__", "__name__", "__doc__", "__path__", "__package__", "__spec__", "__loader__", "__class__"),
    *("__annotations__", "__qualname__", "__module__", "display", "get_ipython"),
}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
#: What may set names that the text does not show.
_SETTERS = {"exec", "globals", "vars", "locals"}


def unbound(tree: ast.Module) -> Iterator[tuple[ast.Name, Function | None]]:
    """Each with the function that it stands in; nothing where code may set names in other ways."""
    nodes = nodes_of(tree)
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    if used & _SETTERS:
        return
    declared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    yield from _inside(tree.body, _GIVEN | declared | _bound(tree.body), None)


def _inside(
    nodes: Sequence[ast.AST], known: set[str], function: Function | None
) -> Iterator[tuple[ast.Name, Function | None]]:
    """The names in some code of one scope, and in the scopes inside it."""
    for node in nodes:
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load) and node.id not in known:
                yield node, function
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _inside([*node.decorator_list, *_defaults(node)], known, function)
            own = {argument.arg for argument in all_arguments(node)} | _bound(node.body)
            yield from _inside(node.body, known | own, node)
        elif isinstance(node, ast.Lambda):
            own = {argument.arg for argument in all_arguments(node)}
            yield from _inside(_defaults(node), known, function)
            yield from _inside([node.body], known | own, function)
        elif isinstance(node, ast.ClassDef):
            yield from _class(node, known, function)
        elif isinstance(node, _COMPREHENSIONS):
            yield from _inside(parts_of(node), known | _bound([node]), function)
        elif isinstance(node, ast.AnnAssign):
            yield from _inside([node.value] if node.value is not None else [], known, function)
        elif not isinstance(node, ast.Try):
            yield from _inside(parts_of(node), known, function)


def _class(
    node: ast.ClassDef, known: set[str], function: Function | None
) -> Iterator[tuple[ast.Name, Function | None]]:
    """The names of a class: those that its body binds are not seen by its methods."""
    yield from _inside([*node.decorator_list, *node.bases, *node.keywords], known, function)
    own = known | _bound(node.body)
    for statement in node.body:
        is_method = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
        yield from _inside([statement], known if is_method else own, function)


def _defaults(node: Function | ast.Lambda) -> list[ast.AST]:
    return [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]


def _bound(nodes: Sequence[ast.AST]) -> set[str]:
    """The names that code binds in its own scope."""
    found, waiting = set[str](), list[ast.AST](nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
        if not isinstance(node, _SCOPES):
            waiting += parts_of(node)
    return found
