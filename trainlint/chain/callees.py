"""An expression and the names around it in, what it stands for out: code of the project, or a dotted name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trainlint.facts.calls import FromCommand
from trainlint.facts.module import DefinitionKind, ModuleFacts, dotted_parts
from trainlint.facts.script import ScriptFacts
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.places import node_span
from trainlint.record import record

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
#: Methods that give what a command line holds.
_PARSES = ("parse_args", "parse_known_args", "parse_args_into_dataclasses", "parse_args_and_config")
_DEPTH = 24


@record
class Function:
    """A function or method of the project, `owner` is the object it belongs to."""

    node: FunctionNode
    frame: Frame
    name: str
    owner: Object | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Class:
    """A class of the project."""

    node: ast.ClassDef
    frame: Frame

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Object:
    """An object of a class of the project."""

    of: Class

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Module:
    """A module of the project."""

    frame: Frame

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Foreign:
    """Something of a library, or what a call of it gave, by its dotted name."""

    name: str


Thing = Function | Class | Object | Module | Foreign


@record
class Bound:
    """What a name is bound to, as code and as a value."""

    thing: Thing | None
    value: Value[object] | FromCommand
    literal: bool = False

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@dataclass(eq=False)
class Frame:
    """The names of a function or module while its text is followed; `outer` is the one around it."""

    module: ModuleFacts = field(repr=False)
    name: str
    project: Project = field(repr=False)
    outer: Frame | None = None
    names: dict[str, Bound] = field(default_factory=dict, repr=False)
    local: frozenset[str] = frozenset()

    def lookup(self, name: str) -> Bound | None:
        """What a name means here; module-level definitions count before their line is reached."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            if name in frame.local:
                return None
            if frame.outer is None:
                return frame._defined(name)
            frame = frame.outer
        return None

    def _defined(self, name: str) -> Bound | None:
        definition = self.module.definitions.get(name)
        if definition is None:
            return None
        place = definition.span
        computed = Unknown("it is computed", place)
        if definition.kind is DefinitionKind.FUNCTION and isinstance(definition.node, FunctionNode):
            return Bound(Function(definition.node, self, f"{self.name}.{name}"), computed)
        if definition.kind is DefinitionKind.CLASS and isinstance(definition.node, ast.ClassDef):
            return Bound(Class(definition.node, self), computed)
        if definition.kind is DefinitionKind.IMPORT:
            return self._imported(name)
        return None

    def _imported(self, name: str) -> Bound | None:
        for entry in self.module.imports:
            if entry.bound == name:
                thing = self.project.imported(self, entry.full_name)
                return Bound(thing, Unknown("it is imported", entry.span))
        return None


@dataclass(eq=False)
class Project:
    """The modules of the project that a script loads, by their dotted names."""

    frames: dict[str, Frame] = field(default_factory=dict)
    methods: dict[str, list[Function]] = field(default_factory=dict)
    #: Names on the way of an import, which may lead in a circle.
    _followed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, script: ScriptFacts) -> Project:
        """The modules of one script."""
        project = cls()
        for module in (script.module, *script.loaded):
            for name in _dotted_names(module.path, script.import_path):
                project.frames.setdefault(name, Frame(module, name, project))
        for frame in project.frames.values():
            for node in frame.module.tree.body:
                if isinstance(node, ast.ClassDef):
                    for method in _methods(Class(node, frame)):
                        project.methods.setdefault(method.name.rpartition(".")[2], []).append(method)
        return project

    def imported(self, frame: Frame, full_name: str) -> Thing:
        """What an import brings: a module of the project, something in it, or something foreign."""
        dots = len(full_name) - len(full_name.lstrip("."))
        dotted = full_name.lstrip(".")
        if dots:
            is_package = frame.module.path.name == "__init__.py"
            parts = frame.name.split(".")
            above = parts[: len(parts) - dots + (1 if is_package else 0)]
            dotted = ".".join([*above, dotted])
        if dotted in self.frames:
            return Module(self.frames[dotted])
        head, _, name = dotted.rpartition(".")
        if head not in self.frames or dotted in self._followed:
            return Foreign(dotted)
        self._followed.add(dotted)
        found = self.frames[head].lookup(name)
        self._followed.discard(dotted)
        return found.thing if found is not None and found.thing is not None else Foreign(dotted)


def _dotted_names(path: Path, import_path: tuple[Path, ...]) -> Iterator[str]:
    stem = path.parent if path.name == "__init__.py" else path.with_suffix("")
    for folder in import_path:
        if stem != folder and stem.is_relative_to(folder):
            yield ".".join(stem.relative_to(folder).parts)
    yield stem.name


def _methods(owner: Class) -> Iterator[Function]:
    for node in owner.node.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{owner.frame.name}.{owner.node.name}.{node.name}"
            yield Function(node, owner.frame, name, Object(owner))


def method(owner: Class, name: str, depth: int = 0) -> Function | None:
    """A method of a class or of its bases in the project."""
    for found in _methods(owner):
        if found.name.endswith(f".{name}"):
            return found
    for base in owner.node.bases if depth < _DEPTH else ():
        above = thing_of(base, owner.frame)
        inherited = method(above, name, depth + 1) if isinstance(above, Class) else None
        if inherited is not None:
            return inherited
    return None


def thing_of(node: ast.expr, frame: Frame, depth: int = 0) -> Thing | None:
    """What an expression stands for, None when that is not known."""
    if depth > _DEPTH:
        return None
    if isinstance(node, ast.Name):
        bound = frame.lookup(node.id)
        return bound.thing if bound is not None else None
    if isinstance(node, ast.Attribute):
        return _attribute(thing_of(node.value, frame, depth + 1), node.attr)
    if isinstance(node, ast.Lambda):
        return Function(node, frame, f"{frame.name}.<lambda>")
    if isinstance(node, ast.Call):
        return _made(node, frame, depth)
    return None


def _attribute(owner: Thing | None, name: str) -> Thing | None:
    if isinstance(owner, Module):
        found = owner.frame.lookup(name)
        below = f"{owner.frame.name}.{name}"
        if found is None and below in owner.frame.project.frames:
            return Module(owner.frame.project.frames[below])
        return found.thing if found is not None else None
    if isinstance(owner, Foreign):
        return Foreign(f"{owner.name}.{name}")
    if isinstance(owner, Object):
        return method(owner.of, name)
    return method(owner, name) if isinstance(owner, Class) else None


def _made(node: ast.Call, frame: Frame, depth: int) -> Thing | None:
    """What a call gives: an object, or something of a library."""
    callee = thing_of(node.func, frame, depth + 1)
    if isinstance(callee, Class):
        return Object(callee)
    if isinstance(callee, Foreign) and callee.name == "functools.partial" and node.args:
        return thing_of(node.args[0], frame, depth + 1)
    return callee if isinstance(callee, Foreign) else None


def bound_to(node: ast.expr, frame: Frame) -> Bound:
    """What a name becomes that is bound to an expression."""
    value, literal = value_of(node, frame)
    return Bound(thing_of(node, frame), value, literal)


def value_of(node: ast.expr, frame: Frame) -> tuple[Value[object] | FromCommand, bool]:
    """The value of an expression, and whether it is written out in the code."""
    span = node_span(frame.module.source, node)
    if isinstance(node, ast.Name):
        bound = frame.lookup(node.id)
        return (bound.value, bound.literal) if bound is not None else (Unknown("it is computed", span), False)
    if isinstance(node, ast.Attribute):
        owner = thing_of(node.value, frame)
        if isinstance(owner, Foreign) and owner.name.endswith(_PARSES):
            return FromCommand(node.attr, span), False
        return Unknown("it is computed", span), False
    try:
        return Known(ast.literal_eval(node), span), True
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Unknown("it is computed", span), False


def called_name(node: ast.expr, frame: Frame) -> str:
    """The dotted name of what is called; what is not known is named as the code names it."""
    thing = thing_of(node, frame)
    if isinstance(thing, Foreign | Function):
        return thing.name
    if isinstance(thing, Class):
        return f"{thing.frame.name}.{thing.node.name}"
    parts = dotted_parts(node)
    if parts:
        return ".".join(parts)
    return f"?.{node.attr}" if isinstance(node, ast.Attribute) else "?"


def parameters(function: FunctionNode) -> list[str]:
    """The names of a function's parameters in order."""
    given = function.args
    return [entry.arg for entry in (*given.posonlyargs, *given.args)]


Keywords = Mapping[str, ast.expr]
