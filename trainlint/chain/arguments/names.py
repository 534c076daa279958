"""A name or attribute and where it stands in, what it is bound to out."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from trainlint.chain.arguments.frame import Evaluator, Frame
from trainlint.chain.arguments.machine import Machine
from trainlint.chain.arguments.values import (
    Class,
    Closure,
    Constant,
    Instance,
    Items,
    Library,
    OwnModule,
    Pairs,
    Parser,
    Super,
    Value,
)
from trainlint.chain.imports import Found
from trainlint.chain.names import Bound
from trainlint.facts.module import DefinitionKind, ModuleFacts
from trainlint.facts.value import Known
from trainlint.parse.python.constants import fold
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import Scope, qualified
from trainlint.source import Span

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Collections that code elsewhere may change in place.
_OPEN = (list, dict, set)


@dataclass
class Namer:
    """Follows names; `modules` are the frames of modules whose code was run."""

    machine: Machine
    evaluator: Evaluator
    modules: dict[str, Frame] = field(default_factory=dict)
    classes: dict[ast.ClassDef, Class] = field(default_factory=dict)

    def run_module(self, module: ModuleFacts) -> None:
        """Run the code of a module, once."""
        key = str(module.path)
        if key in self.modules:
            return
        frame = self.modules[key] = Frame(module, self.evaluator)
        name = "__main__" if self.machine.is_script(module) else self._name_of(module)
        frame.variables["__name__"] = Constant(name, Span.at(module.display))
        frame.variables["__file__"] = Constant(str(module.path), Span.at(module.display))
        documentation = ast.get_docstring(module.tree)
        frame.variables["__doc__"] = Constant(documentation, Span.at(module.display))
        frame.run_all(module.tree.body)

    def _name_of(self, module: ModuleFacts) -> str:
        return self.machine.program.lookup.resolver.module_at(module.path).name

    def name(self, name: str, frame: Frame) -> Value | None:
        """What a name means in a function."""
        if name in frame.variables and name not in frame.shared:
            return self._guarded(name, frame.variables[name], frame)
        if frame.around is not None and name in frame.around:
            return frame.around[name]
        return self.member(frame.module, name)

    def _guarded(self, name: str, value: Value | None, frame: Frame) -> Value | None:
        """A collection at the level of a module may be changed by code that is not run here."""
        if frame.function is not None or not _is_collection(value) or not self.machine.may_change(name):
            return value
        return None

    def peek(self, node: ast.expr, frame: Frame) -> Value | None:
        """What a plain or dotted name means, without evaluating anything."""
        if isinstance(node, ast.Name):
            return self.name(node.id, frame)
        full = qualified(frame.module, node)
        return Library(full) if full else None

    def member(self, module: ModuleFacts, name: str) -> Value | None:
        """What a name means in a module."""
        ran = self.modules.get(str(module.path))
        if ran is not None and name in ran.variables:
            return self._guarded(name, ran.variables[name], ran)
        if name not in module.definitions and name not in module.aliases and "*" not in module.aliases:
            return Library(name) if hasattr(builtins, name) else None
        found = self.machine.program.lookup.named(module, name)
        if isinstance(found, Found):
            facts = self.machine.program.lookup.resolver.facts(found) if found.place.is_own else None
            return OwnModule(facts) if facts is not None else Library(found.name)
        if isinstance(found, Bound):
            return self._defined(found)
        alias = module.aliases.get(name)
        return Library(alias) if alias is not None and not alias.startswith(".") else None

    def _defined(self, found: Bound) -> Value | None:
        node, module = found.definition.node, found.facts
        if not found.module.place.is_own:
            return Library(f"{found.module.name}.{found.definition.name}")
        if isinstance(node, _FUNCTIONS):
            return Closure(module, node)
        if isinstance(node, ast.ClassDef):
            return self.define_class(module, node)
        ran = self.modules.get(str(module.path))
        if ran is not None:
            return self._guarded(found.definition.name, ran.variables.get(found.definition.name), ran)
        if found.definition.kind is not DefinitionKind.VARIABLE or found.definition.others:
            return None
        return self._folded(module, found.definition.name)

    def _folded(self, module: ModuleFacts, name: str) -> Value | None:
        """The value of a variable of a module that was not run."""
        known = fold(ast.Name(name, ast.Load()), Scope(module, self.machine.program.lookup))
        if isinstance(known, Known):
            open_ended = isinstance(known.value, _OPEN) and self.machine.may_change(name)
            return Constant(known.value, known.span) if not open_ended else None
        node = getattr(module.definitions[name].node, "value", None) if name in module.definitions else None
        if isinstance(node, (ast.Dict, ast.List, ast.Tuple)) and not self.machine.may_change(name):
            return self.evaluator.value(node, Frame(module, self.evaluator))
        return None

    def set_global(self, module: ModuleFacts, name: str, value: Value | None) -> None:
        """`global name` and then an assignment."""
        ran = self.modules.get(str(module.path))
        if ran is not None:
            ran.variables[name] = value

    def library(self, owner: Library, name: str) -> Value:
        """An attribute of a library; a module of the project below a package counts as its own."""
        return Library(f"{owner.name}.{name}")

    def define_class(self, module: ModuleFacts, node: ast.ClassDef) -> Class:
        """A class, its body run once."""
        if node not in self.classes:
            made = self.classes[node] = Class(module, node)
            frame = Frame(module, self.evaluator, function=node, owner=made)
            frame.run(node.body)
            made.attributes = frame.variables
        return self.classes[node]

    def attribute(self, owner: Instance | Class | Super | Parser, name: str, frame: Frame) -> Value | None:
        """An attribute of an object or class of the project."""
        if isinstance(owner, Instance) and name in owner.attributes:
            return owner.attributes[name]
        start = owner if isinstance(owner, Class) else owner.owner
        if start is None:
            return None
        classes = list(self.lineage(start))
        bound = None if isinstance(owner, Class) else owner.bound if isinstance(owner, Super) else owner
        if isinstance(owner, Super):
            whole = list(self.lineage(owner.bound.owner)) if owner.bound.owner is not None else classes
            classes = whole[whole.index(start) + 1 :] if start in whole else classes[1:]
        for current in classes:
            if name in current.attributes:
                return _bound(current.attributes[name], bound, current)
        if isinstance(owner, Super) and isinstance(owner.bound, Parser):
            return Super(owner.bound, start) if name == "" else None
        return None

    def lineage(self, owner: Class) -> Iterator[Class]:
        """A class and those of the project that it inherits from."""
        pending, seen = [owner], {owner.node}
        while pending:
            current = pending.pop(0)
            yield current
            for base in self.bases(current):
                if isinstance(base, Class) and base.node not in seen:
                    seen.add(base.node)
                    pending.append(base)

    def bases(self, owner: Class) -> list[Value | None]:
        """What stands between the brackets of a class statement."""
        frame = Frame(owner.module, self.evaluator)
        return [self.evaluator.value(base, frame) for base in owner.node.bases]

    def foreign_bases(self, owner: Class) -> list[str | None]:
        """Bases that are no code of the project, by name; None for what is not known."""
        found: list[str | None] = []
        for current in self.lineage(owner):
            for base in self.bases(current):
                if isinstance(base, Library):
                    found.append(base.name)
                elif not isinstance(base, Class):
                    found.append(None)
        return found

    def span(self, module: ModuleFacts, node: ast.AST) -> Span:
        """Where a node is written."""
        return node_span(module.source, node)


def _bound(value: Value | None, bound: Instance | Parser | None, owner: Class) -> Value | None:
    """A function found in a class becomes a method of the object."""
    if not isinstance(value, Closure):
        return value
    decorators = [ast.unparse(entry) for entry in getattr(value.node, "decorator_list", [])]
    if "staticmethod" in decorators:
        return Closure(value.module, value.node, value.around, None, owner)
    if "classmethod" in decorators:
        return Closure(value.module, value.node, value.around, owner, owner)
    return Closure(value.module, value.node, value.around, bound, owner)


def _is_collection(value: Value | None) -> bool:
    return isinstance(value, (Items, Pairs)) or (
        isinstance(value, Constant) and isinstance(value.value, _OPEN)
    )
