"""A class and an attribute's name in, the definition of the attribute out, base classes followed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.chain.imports import Resolver
from trainlint.chain.names import Bound, Named, NameMissing, Unfollowed, find_dotted
from trainlint.facts.module import Definition, DefinitionKind
from trainlint.parse.python.places import node_span

#: Bases and metaclasses that add no public names of their own.
_BARE = {"object", "Generic", "Protocol", "ABC", "abc.ABC", "typing.Generic", "typing.Protocol"}
_BARE_METACLASSES = {"ABCMeta", "abc.ABCMeta", "type"}
#: Class decorators that keep the class and its names.
_PLAIN_DECORATORS = {"dataclass", "dataclasses.dataclass", "final", "typing.final", "runtime_checkable"}
_DEPTH = 24


def find_member(resolver: Resolver, owner: Bound, name: str, depth: int = 0) -> Named:
    """What `owner.name` is for a class, as far as its text and its bases' texts tell."""
    node = owner.definition.node
    if not isinstance(node, ast.ClassDef) or depth > _DEPTH:
        return Unfollowed(f"`{owner.definition.name}` is no class whose attributes can be read")
    for statement in _statements(node.body):
        if name in _bound_names(statement):
            span = node_span(owner.facts.source, statement)
            here = Bound(owner.module, owner.facts, Definition(name, _kind(statement), span, statement))
            return _aliased(resolver, owner, statement) or here
    doubt = _doubt(owner, node, name)
    for base in node.bases:
        found = _in_base(resolver, owner, base, name, depth)
        if isinstance(found, Bound):
            return found
        if isinstance(found, Unfollowed):
            doubt = doubt or found
    return doubt or _missing(owner, node, name)


def _aliased(resolver: Resolver, owner: Bound, statement: ast.stmt) -> Bound | None:
    """The definition that `name = other` in a class body stands for, when it is one of the module."""
    value = getattr(statement, "value", None)
    if not isinstance(value, (ast.Name, ast.Attribute)):
        return None
    found = find_dotted(resolver, owner.module, ast.unparse(value))
    return found if isinstance(found, Bound) else None


def _in_base(resolver: Resolver, owner: Bound, base: ast.expr, name: str, depth: int) -> Named:
    base = base.value if isinstance(base, ast.Subscript) else base
    dotted = ast.unparse(base)
    nothing = NameMissing(owner.module, name, (), None)
    if dotted in _BARE:
        return nothing
    if not isinstance(base, (ast.Name, ast.Attribute)):
        return Unfollowed(f"the base `{dotted}` of `{owner.definition.name}` is made by a call")
    parent = find_dotted(resolver, owner.module, dotted)
    if isinstance(parent, Bound) and parent.definition.kind is DefinitionKind.CLASS:
        return find_member(resolver, parent, name, depth + 1)
    return Unfollowed(f"the base `{dotted}` of `{owner.definition.name}` could not be read")


def _doubt(owner: Bound, node: ast.ClassDef, name: str) -> Unfollowed | None:
    """Why a class may have attributes that its body does not show."""
    if name.startswith("__"):
        return Unfollowed(f"`{name}` is set by Python itself")
    for decorator in node.decorator_list:
        written = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if written not in _PLAIN_DECORATORS:
            return Unfollowed(f"`{node.name}` is changed by the decorator `{written}`")
    if any(ast.unparse(keyword.value) not in _BARE_METACLASSES for keyword in node.keywords):
        return Unfollowed(f"`{node.name}` is made by a metaclass")
    text = owner.facts.source.text
    if f"{node.name}.{name}" in text or f"setattr({node.name}" in text:
        return Unfollowed(f"attributes of `{node.name}` are set outside of its body")
    return None


def _missing(owner: Bound, node: ast.ClassDef, name: str) -> NameMissing:
    available = tuple(dict.fromkeys(found for st in _statements(node.body) for found in _bound_names(st)))
    public = tuple(found for found in available if not found.startswith("_"))
    return NameMissing(owner.module, name, public, None)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a class body, those under conditions too, last ones first: they win."""
    for statement in reversed(body):
        for block in ("finalbody", "orelse", "body"):
            inner = getattr(statement, block, None)
            if inner and not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield from _statements(inner)
        for handler in getattr(statement, "handlers", ()):
            yield from _statements(handler.body)
        yield statement


def _bound_names(statement: ast.stmt) -> tuple[str, ...]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return (statement.name,)
    if isinstance(statement, ast.Assign):
        names = (node for target in statement.targets for node in ast.walk(target))
        return tuple(node.id for node in names if isinstance(node, ast.Name))
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return (statement.target.id,) if isinstance(statement.target, ast.Name) else ()
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return tuple(alias.asname or alias.name.partition(".")[0] for alias in statement.names)
    return ()


def _kind(statement: ast.stmt) -> DefinitionKind:
    if isinstance(statement, ast.ClassDef):
        return DefinitionKind.CLASS
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return DefinitionKind.FUNCTION
    return DefinitionKind.VARIABLE
