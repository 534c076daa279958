"""A class in, the classes whose methods its objects have out, in Python's order of looking names up."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field

from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.names import Bound
from trainlint.chain.signatures.frameworks import FRAMEWORK
from trainlint.facts.module import ModuleFacts
from trainlint.facts.signature import Unreadable
from trainlint.parse.python.scope import Function, qualified
from trainlint.record import record, state

_DEPTH = 24
_PLAIN_METACLASSES = frozenset(("abc.ABCMeta", "ABCMeta", "type"))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@record
class ClassText:
    """A class whose text is read."""

    module: ModuleFacts
    node: ast.ClassDef

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        """One class statement is one class."""
        return isinstance(other, ClassText) and other.node is self.node

    @property
    def name(self) -> str:
        """Its name."""
        return self.node.name


@record
class Framework:
    """A class of a library that is known without its text, by its full name."""

    name: str


Ancestor = ClassText | Framework
#: The class itself first, or why the order cannot be told.
Order = tuple[Ancestor, ...] | Unreadable


@state
class ClassOrder:
    """Puts the ancestors of classes in order, each class once."""

    lookup: ModuleLookup
    _orders: dict[ast.ClassDef, Order] = field(default_factory=dict)

    def of(self, owner: ClassText, depth: int = 0) -> Order:
        """The class and its ancestors as Python looks names up in them."""
        if owner.node not in self._orders:
            self._orders[owner.node] = Unreadable(f"`{owner.name}` inherits in a circle")
            self._orders[owner.node] = self._order(owner, depth)
        return self._orders[owner.node]

    def base(self, module: ModuleFacts, node: ast.expr) -> Ancestor | Unreadable:
        """The class that a base names."""
        plain = node.value if isinstance(node, ast.Subscript) else node
        name = qualified(module, plain)
        text = ast.unparse(plain)
        if name in FRAMEWORK:
            return Framework(name)
        found = self.lookup.named(module, text) if name else None
        if not isinstance(found, Bound) or not isinstance(found.definition.node, ast.ClassDef):
            reason = getattr(found, "reason", "it is no class that can be read")
            return Unreadable(f"its base `{text}` is not known ({reason})")
        if found.definition.others:
            return Unreadable(f"its base `{text}` is defined in more than one way")
        full = f"{found.module.name}.{found.definition.name}"
        return Framework(full) if full in FRAMEWORK else ClassText(found.facts, found.definition.node)

    def _order(self, owner: ClassText, depth: int) -> Order:
        if depth > _DEPTH:
            return Unreadable(f"`{owner.name}` inherits through too many classes")
        for keyword in owner.node.keywords:
            if (
                keyword.arg == "metaclass"
                and qualified(owner.module, keyword.value) not in _PLAIN_METACLASSES
            ):
                return Unreadable(f"`{owner.name}` is made by the metaclass `{ast.unparse(keyword.value)}`")
        bases: list[Ancestor] = []
        for node in owner.node.bases:
            base = self.base(owner.module, node)
            if isinstance(base, Unreadable):
                return base
            bases.append(base)
        orders: list[list[Ancestor]] = []
        for base in bases:
            order = self.of(base, depth + 1) if isinstance(base, ClassText) else (base,)
            if isinstance(order, Unreadable):
                return order
            orders.append(list(order))
        merged = _merged([*orders, bases])
        return (owner, *merged) if merged is not None else Unreadable(f"`{owner.name}` has no order of bases")


def _merged(orders: list[list[Ancestor]]) -> list[Ancestor] | None:
    """Python's C3 order; `object` and its like stand at the end."""
    result: list[Ancestor] = []
    pending = [list(order) for order in orders if order]
    while pending:
        first = next(
            (order[0] for order in pending if not any(order[0] in other[1:] for other in pending)), None
        )
        if first is None:
            return None
        result.append(first)
        pending = [rest for order in pending if (rest := [entry for entry in order if entry != first])]
    return result


def method(owner: ClassText, name: str) -> Function | Unreadable | None:
    """The function that a class's own body defines by a name, None when it does not bind the name."""
    found: Function | Unreadable | None = None
    for statement in owner.node.body:
        if isinstance(statement, _FUNCTIONS) and statement.name == name:
            found = statement
        elif name in _bound(statement):
            found = Unreadable(f"`{owner.name}.{name}` is bound in more than one way")
    return found


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Every name that a statement of a class body may bind, in the blocks inside it too."""
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        yield statement.name
        return
    for node in ast.iter_child_nodes(statement):
        if isinstance(node, ast.stmt):
            yield from _bound(node)
        elif isinstance(node, ast.ExceptHandler):
            for inner in node.body:
                yield from _bound(inner)
        elif isinstance(node, ast.alias):
            yield node.asname or node.name
        else:
            yield from (
                child.id
                for child in ast.walk(node)
                if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)
            )
