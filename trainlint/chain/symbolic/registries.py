"""A dictionary of a module that decorators fill in, the dictionary with all that they put into it out."""

from __future__ import annotations

import ast

from trainlint.chain.imports import Found
from trainlint.chain.names import Bound
from trainlint.chain.symbolic.machine import Machine
from trainlint.facts.module import Guard, ModuleFacts
from trainlint.facts.symbols import Code, Constant, Symbol, Table
from trainlint.regex import regex

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
#: Loads modules by names that nobody can follow.
_DYNAMIC = regex(r"\b(?:import_module|__import__|pkgutil|exec|eval)\b")
_READ = {"get", "keys", "values", "items", "copy"}
_READERS = {
    "len",
    "list",
    "sorted",
    "tuple",
    "set",
    "dict",
    "print",
    "repr",
    "str",
    "join",
    "iter",
    "enumerate",
}


def registered(machine: Machine, module: ModuleFacts, name: str, table: Table) -> Table | None:
    """The dictionary `name` with what `@register("key")` puts into it; None where that is not all."""
    modules = tuple({entry.path: entry for entry in (module, *machine.loaded)}.values())
    named = [entry for entry in modules if name in entry.source.text]
    writers = [node for node in module.tree.body if isinstance(node, _FUNCTIONS) and _key_of(node, name)]
    if len(writers) != 1 or any(_written_elsewhere(entry, name, writers[0]) for entry in named):
        return None
    writer = writers[0]
    if any(_DYNAMIC.search(entry.source.text) for entry in modules) or _loads_more(machine, writer.name):
        return None
    entries: list[tuple[Symbol, Symbol]] = list(table.entries)
    for entry in modules:
        if writer.name not in entry.source.text:
            continue
        found = _put_in(machine, entry, writer, name)
        if found is None:
            return None
        entries += found
    return Table(tuple(entries), span=table.span)


def _key_of(writer: _Function, table: str) -> str | None:
    """The parameter whose value is the key that a decorator writes to, `__name__` for what it decorates."""
    names = [argument.arg for argument in writer.args.args]
    for node in ast.walk(writer):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            if not (isinstance(target.value, ast.Name) and target.value.id == table):
                continue
            if isinstance(target.slice, ast.Name) and names[:1] == [target.slice.id]:
                return target.slice.id
            if names and ast.unparse(target.slice) == f"{names[0]}.__name__":
                return "__name__"
    return None


def _written_elsewhere(module: ModuleFacts, name: str, writer: _Function) -> bool:
    """Whether anything but the decorator may change the dictionary."""
    inside = {id(node) for node in ast.walk(writer)}
    parents = {id(child): node for node in module.nodes for child in ast.iter_child_nodes(node)}
    for node in module.nodes:
        if id(node) in inside or not _is_named(node, name):
            continue
        if not _only_read(node, parents.get(id(node)), parents):
            return True
    return False


def _is_named(node: ast.AST, name: str) -> bool:
    return (isinstance(node, ast.Name) and node.id == name) or (
        isinstance(node, ast.Attribute) and node.attr == name
    )


def _only_read(node: ast.AST, parent: ast.AST | None, parents: dict[int, ast.AST]) -> bool:
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return isinstance(parent.ctx, ast.Load)
    if isinstance(parent, (ast.Compare, ast.FormattedValue, ast.comprehension, ast.For)):
        return True
    if isinstance(parent, (ast.Assign, ast.AnnAssign)):
        return parent in _bodies(parents, parent) and parent.value is not node
    if isinstance(parent, ast.Attribute):
        return parent.attr in _READ
    return isinstance(parent, ast.Call) and ast.unparse(parent.func).rpartition(".")[2] in _READERS


def _bodies(parents: dict[int, ast.AST], node: ast.stmt) -> list[ast.stmt]:
    """The statements beside one in the text of its module."""
    around = parents.get(id(node))
    return around.body if isinstance(around, ast.Module) else []


def _loads_more(machine: Machine, writer: str) -> bool:
    """Whether modules may be loaded later that use the decorator too."""
    loaded = {module.path for module in machine.loaded}
    later = [code.module for code in machine.targets.values() if code.module.path not in loaded]
    if any(writer in module.source.text for module in later):
        return True
    for module in machine.loaded:
        for imported in module.imports:
            if imported.guard in (Guard.NONE, Guard.TYPE_CHECKING):
                continue
            found = machine.lookup.named(module, imported.bound)
            home = found.module if isinstance(found, Bound) else found
            if isinstance(home, Found) and home.path not in loaded and home.place.is_own:
                return True
    return False


def _put_in(
    machine: Machine, module: ModuleFacts, writer: _Function, table: str
) -> list[tuple[Symbol, Symbol]] | None:
    """What the decorators of one module put into the dictionary, None where one is used otherwise."""
    found: list[tuple[Symbol, Symbol]] = []
    used: set[int] = set()
    for node in module.tree.body:
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            continue
        for mark in node.decorator_list:
            function = mark.func if isinstance(mark, ast.Call) else mark
            if not _means(machine, module, function, writer):
                continue
            key = _key(mark, node, _key_of(writer, table))
            if key is None:
                return None
            used.add(id(function))
            found.append((Constant(key), Code(module, node)))
    others = (node for node in module.nodes if id(node) not in used and _mentions(node, writer))
    return None if any(_means(machine, module, node, writer) for node in others) else found


def _mentions(node: ast.AST, writer: _Function) -> bool:
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and node.attr == writer.name)


def _means(machine: Machine, module: ModuleFacts, node: ast.AST, writer: _Function) -> bool:
    """Whether an expression is the decorator."""
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return False
    if isinstance(node, ast.Name) and node.id != writer.name and node.id not in module.aliases:
        return False
    named = machine.lookup.named(module, ast.unparse(node))
    return isinstance(named, Bound) and named.definition.node is writer


def _key(mark: ast.expr, node: _Defined, kind: str | None) -> str | None:
    """The key that one use of the decorator writes to."""
    if kind == "__name__":
        return None if isinstance(mark, ast.Call) else node.name
    if isinstance(mark, ast.Call) and len(mark.args) == 1 and not mark.keywords:
        given = mark.args[0]
        return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None
    return None
