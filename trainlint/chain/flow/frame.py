"""Statements of one function in, the values of its variables out, evaluated in the order of the text."""

from __future__ import annotations

import ast
from dataclasses import field
from typing import Protocol

from trainlint.chain.flow.values import Code, Config, Instance, Items, Pairs, Piece, Pieces, Value
from trainlint.facts.module import ModuleFacts
from trainlint.record import state


class Evaluator(Protocol):
    """What a frame asks of the evaluator of expressions."""

    def value(self, node: ast.expr, frame: Frame) -> Value | None:
        """The value of an expression."""

    def wrote(self, config: Config, key: str) -> None:
        """The code wrote to a key of the config."""


@state
class Frame:
    """One call of a function, or the code of a module."""

    module: ModuleFacts
    evaluator: Evaluator
    depth: int
    function: ast.AST | None = None
    variables: dict[str, Value | None] = field(default_factory=dict)
    returned: Value | None = None

    def run(self, body: list[ast.stmt]) -> None:
        """Go through statements; both sides of a branch count, the one that says more wins."""
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """One statement with everything inside it."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if self.function is not None:
                self.variables[node.name] = Code(self.module, node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            self.assignment(node)
        elif isinstance(node, ast.Return):
            if node.value is not None:
                self.returned = better(self.returned, self.evaluator.value(node.value, self))
        elif isinstance(node, ast.If):
            self.branch(node)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self.assign(node.target, item_of(self.evaluator.value(node.iter, self)))
            self.run([*node.body, *node.orelse])
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self.changed(target)
        else:
            self.parts(node)

    def assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        """`a = b`; a literal None never replaces something: it stands for "not yet"."""
        if node.value is None:
            return
        value = self.evaluator.value(node.value, self)
        nothing = isinstance(node.value, ast.Constant) and node.value.value is None
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name) and isinstance(node, ast.AugAssign):
                self.variables[target.id] = None
            elif not (nothing and isinstance(target, ast.Name) and target.id in self.variables):
                self.assign(target, value)

    def branch(self, node: ast.If) -> None:
        """Go through both sides with the variables as they were, then keep what says more."""
        self.evaluator.value(node.test, self)
        before = dict(self.variables)
        self.run(node.body)
        taken, self.variables = self.variables, before
        self.run(node.orelse)
        for name in {**taken, **self.variables}:
            self.variables[name] = better(taken.get(name), self.variables.get(name))

    def parts(self, node: ast.AST) -> None:
        """The expressions and blocks of any other statement, in order."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluator.value(child, self)
            elif isinstance(child, ast.stmt):
                self.statement(child)
            elif isinstance(child, ast.withitem):
                value = self.evaluator.value(child.context_expr, self)
                if child.optional_vars is not None:
                    self.assign(child.optional_vars, value)
            else:
                self.parts(child)

    def assign(self, target: ast.expr, value: Value | None) -> None:
        """Bind a name, unpack a tuple, set an attribute, or note that the config is changed."""
        if isinstance(target, ast.Name):
            self.variables[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            for index, element in enumerate(target.elts):
                self.assign(element, part_of(value, index, len(target.elts)))
        elif isinstance(target, ast.Attribute):
            owner = self.evaluator.value(target.value, self)
            if isinstance(owner, Instance):
                if value is not None or target.attr not in owner.attributes:
                    owner.attributes[target.attr] = value
            else:
                self.changed(target)
        else:
            self.changed(target)

    def changed(self, target: ast.expr) -> None:
        """Note a write to, or a deletion of, a key of the config."""
        if not isinstance(target, (ast.Attribute, ast.Subscript)):
            return
        owner = self.evaluator.value(target.value, self)
        if isinstance(owner, Config):
            self.evaluator.wrote(
                owner, target.attr if isinstance(target, ast.Attribute) else key_of(target.slice)
            )


def better(one: Value | None, other: Value | None) -> Value | None:
    """Of two values that a variable may have, the one that says more; a doubt about the config stays."""
    if isinstance(one, Items) and isinstance(other, Items) and len(one.items) == len(other.items):
        return Items(tuple(better(*pair) for pair in zip(one.items, other.items, strict=True)))
    if one is None or other is None:
        return one if one is not None else other
    if isinstance(one, Config) and isinstance(other, Config) and one.path == other.path:
        return Config(
            one.path, one.supplied | other.supplied, one.exact and other.exact, one.plain or other.plain
        )
    return one


def key_of(node: ast.expr) -> str:
    """A literal text key, "*" for any other."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "*"


def item_of(value: Value | None) -> Value | None:
    """What iterating over a value gives."""
    if isinstance(value, Config):
        return value.child("*")
    if isinstance(value, Items):
        return next((item for item in value.items if item is not None), None)
    if isinstance(value, Pairs):
        return Items((None, value.value))
    return None


def part_of(value: Value | None, index: int, count: int) -> Value | None:
    """One part of a value that is unpacked into `count` names."""
    if isinstance(value, Items):
        return value.items[index] if len(value.items) == count else None
    if isinstance(value, Pieces):
        return Piece(value.path, value.separator, -1 if index == count - 1 else index)
    if isinstance(value, Config):
        return value.child("*")
    return None
