"""A target of an assignment and its new value in, what becomes of parsers, objects and `sys.argv` out."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from trainlint.chain.arguments.frame import Evaluator, Frame
from trainlint.chain.arguments.machine import Machine
from trainlint.chain.arguments.methods import ParserMethods
from trainlint.chain.arguments.names import Namer
from trainlint.chain.arguments.values import (
    Added,
    Argv,
    Class,
    Constant,
    Group,
    Headed,
    Instance,
    Library,
    Pairs,
    Parser,
    Value,
)

#: Attributes of an argument that decide nothing.
_HARMLESS = frozenset(("completer", "help", "metavar", "dest", "default", "const"))


@dataclass
class Setter:
    """Sets what is no plain variable."""

    machine: Machine
    evaluator: Evaluator
    namer: Namer
    methods: ParserMethods

    def change(self, target: ast.expr, value: Value | None, frame: Frame) -> None:
        """An attribute, item or global is set; `value` is None for what is not known."""
        if isinstance(target, ast.Name):
            self.namer.set_global(frame.module, target.id, value)
        elif isinstance(target, ast.Attribute):
            self._set_attribute(target, value, frame)
        elif isinstance(target, ast.Subscript):
            self._set_item(target, value, frame)

    def _set_attribute(self, target: ast.Attribute, value: Value | None, frame: Frame) -> None:
        owner = self.evaluator.value(target.value, frame)
        if isinstance(owner, Library) and owner.name == "sys" and target.attr == "argv":
            self._set_argv(value)
        elif isinstance(owner, (Instance, Class)):
            owner.attributes[target.attr] = value
        elif isinstance(owner, Parser):
            self.methods.set_attribute(owner, target.attr, value, self.evaluator.span(target, frame))
        elif isinstance(owner, Added) and target.attr not in _HARMLESS:
            self.methods.change(owner.draft, target.attr, value, self.evaluator.span(target, frame))
        elif owner is None and isinstance(value, (Parser, Group)):
            self.methods.lose(value.builder, self.evaluator.span(target, frame))

    def _set_argv(self, value: Value | None) -> None:
        known = isinstance(value, (Headed, Argv))
        self.machine.argv = value if known and self.machine.certain else None

    def _set_item(self, target: ast.Subscript, value: Value | None, frame: Frame) -> None:
        owner, key = self.evaluator.value(target.value, frame), self.evaluator.value(target.slice, frame)
        if isinstance(owner, (Argv, Headed)):
            if not (isinstance(key, Constant) and key.value == 0):
                self.machine.argv = None
        elif isinstance(owner, Pairs) and isinstance(key, Constant) and self.machine.certain:
            owner.pairs[key.value] = value
        elif isinstance(target.value, ast.Name):
            frame.variables[target.value.id] = None
        if owner is None and isinstance(value, (Parser, Group)):
            self.methods.lose(value.builder, self.evaluator.span(target, frame))
