"""A class of the project in, its methods, attributes and bases out; making an object of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from trainlint.chain.names import Bound
from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.loaded import as_left
from trainlint.chain.symbolic.machine import Machine, Order
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.module import ModuleFacts, dotted_parts
from trainlint.facts.symbols import Code, Instance, Opaque, Symbol
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import qualified
from trainlint.source import Span

#: What holds statements, by the name of the field.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PROPERTIES = {"property", "cached_property", "functools.cached_property", "computed_field"}


def classes(machine: Machine, module: ModuleFacts, node: ast.ClassDef) -> Order:
    """A class and those it inherits from, as far as they are the project's, in the order of the search."""
    known = machine.orders.get(node)
    if known is None:
        known = machine.orders[node] = _order(machine, module, node)
    return known


def _order(machine: Machine, module: ModuleFacts, node: ast.ClassDef) -> Order:
    pending, seen = [(module, node)], {node}
    for here, current in pending:
        for base in current.bases:
            named = machine.lookup.named(here, ast.unparse(base)) if qualified(here, base) else None
            found = named.definition.node if isinstance(named, Bound) and named.module.place.is_own else None
            if isinstance(named, Bound) and isinstance(found, ast.ClassDef) and found not in seen:
                seen.add(found)
                pending.append((named.facts, found))
    return tuple(pending)


def outside_bases(machine: Machine, module: ModuleFacts, node: ast.ClassDef) -> list[str]:
    """The full names of bases that are not the project's, of the class and of those it inherits from."""
    known = machine.bases.get(node)
    if known is None:
        known = machine.bases[node] = _outside_bases(machine, module, node)
    return known


def _outside_bases(machine: Machine, module: ModuleFacts, node: ast.ClassDef) -> list[str]:
    names: list[str] = []
    own = {current for _, current in classes(machine, module, node)}
    for here, current in classes(machine, module, node):
        for base in current.bases:
            plain = base.value if isinstance(base, ast.Subscript) else base
            named = machine.lookup.named(here, ast.unparse(plain)) if qualified(here, plain) else None
            if not (isinstance(named, Bound) and named.definition.node in own):
                names.append(qualified(here, plain) or ast.unparse(base))
    return [name for name in names if name != "object"]


def method(
    machine: Machine, owner: Symbol, module: ModuleFacts, node: ast.ClassDef, name: str
) -> Code | None:
    """A method of a class, bound to an object."""
    return next(methods(machine, owner, module, node, name), None)


def methods(
    machine: Machine, owner: Symbol, module: ModuleFacts, node: ast.ClassDef, name: str
) -> Iterator[Code]:
    """The methods of this name in the order of the search: what `super()` means is the next one."""
    known = machine.methods.get((node, name))
    if known is None:
        known = machine.methods[node, name] = tuple(
            (here, statement, any(_is_name(mark, "staticmethod") for mark in statement.decorator_list))
            for here, current in classes(machine, module, node)
            for statement in current.body
            if isinstance(statement, _FUNCTIONS) and statement.name == name
        )
    for here, found, static in known:
        yield Code(here, found, None if static else owner)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


#: Bases of libraries that say nothing of how long an object is.
_UNSIZED = {"torch.nn.Module", "torch.nn.modules.module.Module", "torch.utils.data.Dataset", "abc.ABC"}


def instance(machine: Machine, module: ModuleFacts, node: ast.ClassDef, span: Span) -> Instance:
    """A new object of a class, before its `__init__` has run."""
    return Instance(
        module,
        node,
        span,
        plain=_counts_as_true(machine, module, node),
        lineage=classes(machine, module, node),
        bases=tuple(outside_bases(machine, module, node)),
    )


def _counts_as_true(machine: Machine, module: ModuleFacts, node: ast.ClassDef) -> bool:
    """Whether an object of a class is always true: nothing gives it a length or a truth of its own."""
    own = {
        statement.name
        for _, current in classes(machine, module, node)
        for statement in current.body
        if isinstance(statement, _FUNCTIONS)
    }
    return not own & {"__len__", "__bool__"} and set(outside_bases(machine, module, node)) <= _UNSIZED


def is_property(code: Code) -> bool:
    """Whether a method is called by being named."""
    return isinstance(code.node, _FUNCTIONS) and any(
        ".".join(dotted_parts(mark)) in _PROPERTIES for mark in code.node.decorator_list
    )


def class_attribute(machine: Machine, module: ModuleFacts, node: ast.ClassDef, name: str) -> Symbol | None:
    """A value that the body of a class sets."""
    for here, current in classes(machine, module, node):
        if (current, name) in machine.reset:
            return machine.reset[current, name]
        for statement in current.body:
            value = _assigned(statement, name)
            if value is not None:
                frame = Frame(here, Place(None, Step.ENTRY, node_span(here.source, statement)))
                frame.statement = statement
                with machine.trial():
                    found = machine.value(value, frame)
                return as_left(machine, here, name, found)
    return None


def _assigned(statement: ast.stmt, name: str) -> ast.expr | None:
    if isinstance(statement, ast.Assign):
        names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        return statement.value if name in names else None
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.value if statement.target.id == name else None
    return None


def after(machine: Machine, instance: Instance, current: ast.ClassDef, name: str) -> Code | None:
    """What `super().name` means inside a class: the next method of this name."""
    order = list(classes(machine, instance.module, instance.node))
    position = next((i for i, (_, node) in enumerate(order) if node is current), len(order))
    for here, node in order[position + 1 :]:
        for statement in node.body:
            if isinstance(statement, _FUNCTIONS) and statement.name == name:
                return Code(here, statement, instance)
    return None


def class_around(module: ModuleFacts, function: ast.AST) -> ast.ClassDef | None:
    """The class whose body a method stands in."""
    return _owners(module.tree).get(function)


@lru_cache(maxsize=256)
def _owners(tree: ast.Module) -> dict[ast.AST, ast.ClassDef]:
    """Which class each method of a module belongs to."""
    classes = (node for node in _statements(tree) if isinstance(node, ast.ClassDef))
    return {statement: node for node in classes for statement in node.body}


def _statements(block: ast.AST) -> Iterator[ast.AST]:
    """All statements in a block, those inside others after them; `except` and `case` count as some."""
    inner = [part for name in _BLOCKS for part in getattr(block, name, ())]
    yield from inner
    for statement in inner:
        yield from _statements(statement)


def unset(name: str, frame: Frame) -> Opaque:
    """An attribute that nothing that was followed sets."""
    return Opaque(f"`.{name}` is set by code that is not followed", frame.span)
