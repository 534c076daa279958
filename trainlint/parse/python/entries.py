"""A module in, the places out where it asks Hydra for a config."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.facts.script import EntryKind, HydraEntry
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.calls import argument, hides_arguments
from trainlint.parse.python.constants import fold_text
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import Function, Scope, local_assignments, qualified
from trainlint.record import record

_MAIN = {"hydra.main", "hydra.main.main"}
_COMPOSE = {"hydra.compose", "hydra.experimental.compose", "hydra.compose.compose"}
_INITIALIZE = {
    f"{module}.{function}": function
    for module in ("hydra", "hydra.experimental", "hydra.initialize")
    for function in ("initialize", "initialize_config_dir", "initialize_config_module")
}
#: What Hydra takes `version_base` for when it is not given.
_UNSPECIFIED_VERSION = "1.1"


@record
class EntryCall:
    """An entry with the function it hands its config to, None for code at module level."""

    entry: HydraEntry
    function: Function | None


@record
class LocatedCall:
    """A call with the function around it."""

    call: ast.Call
    inside: Function | None


def hydra_entries(scope: Scope) -> list[EntryCall]:
    """Every `@hydra.main` function, `hydra.main(...)(function)` and `compose(...)` of a module."""
    if "hydra" not in scope.module.source.text:
        return []
    calls = list(calls_of(scope.module.tree))
    main = [*_decorated(scope), *_called(scope, calls)]
    composed = [located for located in calls if qualified(scope.module, located.call.func) in _COMPOSE]
    started = [located for located in calls if qualified(scope.module, located.call.func) in _INITIALIZE]
    return [*main, *(_compose_entry(scope, located, started) for located in composed)]


def calls_of(tree: ast.Module) -> Iterator[LocatedCall]:
    """Every call in the order of the text, with the innermost function around it."""
    stack: list[tuple[ast.AST, Function | None]] = [(tree, None)]
    while stack:
        node, inside = stack.pop()
        if isinstance(node, ast.Call):
            yield LocatedCall(node, inside)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside = node
        stack += [(child, inside) for child in reversed(list(ast.iter_child_nodes(node)))]


def _decorated(scope: Scope) -> Iterator[EntryCall]:
    for node in scope.module.nodes:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and qualified(scope.module, decorator.func) in _MAIN:
                yield EntryCall(_main_entry(scope, decorator, node.name), node)


def _called(scope: Scope, calls: list[LocatedCall]) -> Iterator[EntryCall]:
    """`hydra.main(config_path=…)(function)`, wherever it stands."""
    for located in calls:
        call, maker = located.call, located.call.func
        if isinstance(maker, ast.Call) and qualified(scope.module, maker.func) in _MAIN and call.args:
            name = ast.unparse(call.args[0])
            definition = scope.module.definitions.get(name)
            node = definition.node if definition is not None else None
            function = node if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
            yield EntryCall(_main_entry(scope, maker, name), function)


def _main_entry(scope: Scope, call: ast.Call, function: str) -> HydraEntry:
    version = _version(scope, call, 2)
    return HydraEntry(
        kind=EntryKind.MAIN,
        function=function,
        file=scope.module.path,
        config_path=_config_path(scope, call, 0, version),
        config_name=_given(scope, call, "config_name", 1),
        version_base=version,
        span=node_span(scope.module.source, call),
    )


def _given(scope: Scope, call: ast.Call, name: str, position: int | None) -> Value[str | None]:
    """The value of a parameter whose default is None."""
    given = argument(call, name, position)
    span = node_span(scope.module.source, call)
    if given is not None:
        return fold_text(given, scope)
    if hides_arguments(call):
        return Unknown(f"`{name}` may be among arguments that are only known at run time", span)
    return Known(None, span)


def _version(scope: Scope, call: ast.Call, position: int | None) -> Value[str | None]:
    value = _given(scope, call, "version_base", position)
    given = argument(call, "version_base", position) is not None
    return value if given or isinstance(value, Unknown) else Known(_UNSPECIFIED_VERSION, value.span)


def _config_path(
    scope: Scope, call: ast.Call, position: int, version: Value[str | None]
) -> Value[str | None]:
    """`config_path`; without one, versions before 1.2 mean the folder of the file."""
    value = _given(scope, call, "config_path", position)
    if argument(call, "config_path", position) is not None or isinstance(value, Unknown):
        return value
    if isinstance(version, Unknown):
        return version
    return Known("." if version.value in ("1.0", "1.1") else None, value.span)


def _compose_entry(scope: Scope, located: LocatedCall, started: list[LocatedCall]) -> EntryCall:
    call, inside = located.call, located.inside
    local = _inside(scope, inside)
    span = node_span(scope.module.source, call)
    start = _nearest(call, inside, started)
    path: Value[str | None] = Unknown("where Hydra was initialized is not in this file", span)
    version: Value[str | None] = Known(None, span)
    kind = ""
    if start is not None:
        kind = _INITIALIZE[qualified(scope.module, start.call.func)]
        path, version = _start(_inside(scope, start.inside), start.call, kind)
    entry = HydraEntry(
        kind=EntryKind.COMPOSE,
        function=inside.name if inside is not None else "<module>",
        file=scope.module.path,
        config_path=path,
        config_name=_given(local, call, "config_name", 0),
        version_base=version,
        span=span,
        overrides=tuple(_overrides(local, call)),
        absolute=kind == "initialize_config_dir",
        module=kind == "initialize_config_module",
    )
    return EntryCall(entry, inside)


def _inside(scope: Scope, function: Function | None) -> Scope:
    if function is None:
        return scope
    return Scope(scope.module, scope.lookup, local_assignments(function), scope.directory)


def _start(scope: Scope, call: ast.Call, kind: str) -> tuple[Value[str | None], Value[str | None]]:
    """The config path and version of one of the `initialize` functions."""
    if kind == "initialize":
        version = _version(scope, call, 3)
        return _config_path(scope, call, 0, version), version
    name = "config_dir" if kind == "initialize_config_dir" else "config_module"
    return _given(scope, call, name, 0), _version(scope, call, 2)


def _nearest(call: ast.Call, inside: Function | None, started: list[LocatedCall]) -> LocatedCall | None:
    """The `initialize` in force: the last one above in the same function, else the only one of the file."""
    above = [
        located for located in started if located.inside is inside and located.call.lineno <= call.lineno
    ]
    if above:
        return above[-1]
    return started[0] if len(started) == 1 else None


def _overrides(scope: Scope, call: ast.Call) -> Iterator[Value[str]]:
    given = argument(call, "overrides", 1)
    if given is None:
        if hides_arguments(call):
            yield Unknown("overrides may be passed at run time", node_span(scope.module.source, call))
        return
    if isinstance(given, ast.Name) and not _grows(scope, given.id):
        given = scope.locals.get(given.id) or given
    if not isinstance(given, (ast.List, ast.Tuple)):
        if not (isinstance(given, ast.Constant) and given.value is None):
            yield Unknown(
                f"the overrides `{ast.unparse(given)}` are only known at run time",
                node_span(scope.module.source, given),
            )
        return
    for element in given.elts:
        value = fold_text(element, scope)
        if isinstance(value, Known) and value.value is not None:
            yield Known(value.value, value.span)
        else:
            yield value if isinstance(value, Unknown) else Unknown("an override is None", value.span)


def _grows(scope: Scope, name: str) -> bool:
    """Whether a list is changed after it was made."""
    text = scope.module.source.text
    return any(f"{name}.{method}(" in text for method in ("append", "extend", "insert", "pop", "remove"))
