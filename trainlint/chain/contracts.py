"""Modules in, the calls of their own functions that do not fit what is called out."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.places import node_span
from trainlint.record import record
from trainlint.source import Span

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@record
class Misfit:
    """A call at odds with what it calls: `name` of the function, `what` is wrong, `place` of the call."""

    name: str
    what: str
    place: Span
    defined: Span


def misfits(modules: Iterable[ModuleFacts]) -> Iterator[Misfit]:
    """Calls by name of functions of which there is only one, and which nothing wraps."""
    modules = tuple(modules)
    known = dict(_functions(modules))
    for module in modules:
        given = _taken(module.tree)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
                home, function = known[node.func.id]
                for what in _wrong(node, function, node in given):
                    places = node_span(module.source, node), node_span(home.source, function)
                    yield Misfit(function.name, what, *places)
        yield from _of_classes(module, given)


def _of_classes(module: ModuleFacts, given: set[ast.AST]) -> Iterator[Misfit]:
    """Calls of `self.name(…)` in the class that defines the method, for classes that inherit nothing."""
    for owner in module.tree.body:
        if not isinstance(owner, ast.ClassDef) or owner.bases:
            continue
        methods = {
            node.name: node
            for node in owner.body
            if isinstance(node, _FUNCTION) and not node.decorator_list and node.args.args
        }
        for node in ast.walk(owner):
            function = methods.get(_of_self(node) or "")
            if function is not None and isinstance(node, ast.Call):
                for what in _wrong(node, function, node in given, bound=1):
                    places = node_span(module.source, node), node_span(module.source, function)
                    yield Misfit(function.name, what, *places)


def _of_self(node: ast.AST) -> str | None:
    """The method that `self.name(…)` calls."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    owner = node.func.value
    return node.func.attr if isinstance(owner, ast.Name) and owner.id == "self" else None


def _functions(modules: Iterable[ModuleFacts]) -> Iterator[tuple[str, tuple[ModuleFacts, _Function]]]:
    """The functions of modules by name; not those of which there are several, or that something wraps."""
    modules = tuple(modules)
    bound = Counter(name for module in modules for name in _bound(module.tree))
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, _FUNCTION) and bound[node.name] == 1 and not node.decorator_list:
                yield node.name, (module, node)


def _bound(tree: ast.Module) -> Iterator[str]:
    """Every name that is defined, assigned or a parameter anywhere; what is imported is defined elsewhere."""
    for node in ast.walk(tree):
        if isinstance(node, (*_FUNCTION, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def _taken(tree: ast.Module) -> set[ast.AST]:
    """The calls whose result is given a name or taken apart."""
    found = set[ast.AST]()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.Attribute, ast.Subscript, ast.Starred)):
            found.add(node.value)
        elif isinstance(node, ast.For):
            found.add(node.iter)
    return found


def _wrong(call: ast.Call, function: _Function, is_taken: bool, bound: int = 0) -> Iterator[str]:
    """What does not fit; the first `bound` arguments come from the object."""
    if is_taken and _gives_nothing(function):
        yield "returns nothing, and its result is used here"
    if any(isinstance(given, ast.Starred) for given in call.args) or any(
        word.arg is None for word in call.keywords
    ):
        return
    names = {word.arg for word in call.keywords if word.arg is not None}
    yield from _misplaced(function.args, len(call.args) + bound, names, bound)


def _misplaced(takes: ast.arguments, number: int, names: set[str], bound: int) -> Iterator[str]:
    """How arguments do not fit: so many by position, and those by name."""
    places = [*takes.posonlyargs, *takes.args]
    if number > len(places) and takes.vararg is None:
        yield f"takes {len(places) - bound} arguments by position, and gets {number - bound} here"
    unknown = names - {entry.arg for entry in (*takes.args, *takes.kwonlyargs)}
    if unknown and takes.kwarg is None:
        yield f"has no argument `{min(unknown)}`, which is given here"
    needed = [entry.arg for entry in places[: len(places) - len(takes.defaults)]][number:]
    only = zip(takes.kwonlyargs, takes.kw_defaults, strict=True)
    needed += [entry.arg for entry, default in only if default is None]
    missing = [name for name in needed if name not in names]
    if missing:
        yield f"needs `{missing[0]}`, which is not given here"


def _gives_nothing(function: _Function) -> bool:
    """Whether no path returns a value, although the function does something."""
    if isinstance(function, ast.AsyncFunctionDef):
        return False
    own = list(_own(function))
    gives = any(
        isinstance(node, (ast.Yield, ast.YieldFrom))
        or (isinstance(node, ast.Return) and node.value is not None)
        for node in own
    )
    return not gives and not any(isinstance(node, ast.Raise) for node in function.body)


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function, without the functions in it."""
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, (*_FUNCTION, ast.Lambda, ast.ClassDef)):
            yield node
            yield from _own(node)
