"""A module in, the names out that it uses and that nothing in a scope around them binds."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import field

from trainlint.facts.module import ModuleFacts, parts_of
from trainlint.parse.python.scope import all_arguments
from trainlint.record import entity

Function = ast.FunctionDef | ast.AsyncFunctionDef
_Definition = Function | ast.Lambda | ast.ClassDef
#: What every module has, and what notebooks have.
_GIVEN = {
    *dir(builtins),
    *("__file__", "__name__", "__doc__", "__path__", "__package__", "__spec__", "__loader__", "__class__"),
    *("__annotations__", "__qualname__", "__module__", "display", "get_ipython"),
}
#: What may set names that the text does not show.
_SETTERS = {"exec", "globals", "vars", "locals"}
#: The field with the name that a node binds, of those that bind one without an `ast.Name`.
_BINDING = {ast.ExceptHandler: "name", ast.MatchAs: "name", ast.MatchStar: "name", ast.MatchMapping: "rest"}


@entity
class _Scope:
    """The names of one scope; `function` is the innermost one that it is in, `around` the next scope outside.

    What a class binds is seen by its own statements and not by the functions in it.
    """

    function: Function | None
    around: _Scope | None
    is_class: bool = False
    bound: set[str] = field(default_factory=set)
    used: list[ast.Name] = field(default_factory=list)

    def sees(self, name: str) -> bool:
        """Whether a name has a value in this scope or in one around it."""
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.bound and (scope is self or not scope.is_class):
                return True
            scope = scope.around
        return False


_Opened = list[tuple[_Scope, Iterable[ast.AST]]]


def unbound(module: ModuleFacts) -> Iterator[tuple[ast.Name, Function | None]]:
    """Each with the function that it stands in; nothing where code may set names in other ways."""
    if any(node.id in _SETTERS for node in module.each(ast.Name)):
        return
    declared = {name for node in module.each(ast.Global) for name in node.names}
    waiting: _Opened = [(_Scope(None, None, bound=_GIVEN | declared), module.tree.body)]
    scopes: list[_Scope] = []
    while waiting:
        scope, nodes = waiting.pop()
        scopes.append(scope)
        waiting += _read(scope, nodes)
    found = [(node, scope.function) for scope in scopes for node in scope.used if not scope.sees(node.id)]
    yield from sorted(found, key=lambda each: (each[0].lineno, each[0].col_offset))


def _read(scope: _Scope, nodes: Iterable[ast.AST]) -> _Opened:
    """Enter the names of some code into its scope; the scopes inside it come out, with their code."""
    opened: _Opened = []
    waiting = [*nodes]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                scope.used.append(node)
            else:
                scope.bound.add(node.id)
        elif isinstance(node, _Definition):
            waiting += _outside(node)
            opened.append(_opened(scope, node))
        elif isinstance(node, ast.AnnAssign):
            waiting += [node.target, *([node.value] if node.value is not None else [])]
        elif isinstance(node, ast.Try):
            # What it binds counts; what it uses may be meant to fail.
            tried = _Scope(scope.function, scope)
            _read(tried, parts_of(node))
            scope.bound |= tried.bound
        elif isinstance(node, ast.alias):
            scope.bound.add(node.asname or node.name.partition(".")[0])
        else:
            if node.__class__ in _BINDING:
                scope.bound.add(getattr(node, _BINDING[node.__class__]) or "")
            waiting += parts_of(node)
    return opened


def _outside(node: _Definition) -> list[ast.AST]:
    """What of a definition is computed where it stands."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    defaults = (*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None))
    return [*defaults, *(node.decorator_list if not isinstance(node, ast.Lambda) else ())]


def _opened(scope: _Scope, node: _Definition) -> tuple[_Scope, Iterable[ast.AST]]:
    """The scope that a definition opens, with the code in it; the name that it has is bound around it."""
    if not isinstance(node, ast.Lambda):
        scope.bound.add(node.name)
    if isinstance(node, ast.ClassDef):
        return _Scope(scope.function, scope, is_class=True), node.body
    own = {argument.arg for argument in all_arguments(node)}
    if isinstance(node, ast.Lambda):
        return _Scope(scope.function, scope, bound=own), [node.body]
    return _Scope(node, scope, bound=own), node.body
