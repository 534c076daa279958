"""Import statements in, what their names stand for out: modules of the project are read, never run."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from trainlint.facts.module import DefinitionKind, ModuleFacts
from trainlint.parse.python.launching.frame import Frame, Run
from trainlint.parse.python.launching.values import Blueprint, Code, Items, Library, Modelled, Table, Value
from trainlint.parse.python.module import read_module
from trainlint.source import Files, SourceFile

_MOST_MODULES = 30


@dataclass
class Modules:
    """The modules beside a launcher, each read once; `roots` are where its imports are looked for."""

    files: Files
    roots: tuple[Path, ...]
    _read: dict[Path, ModuleFacts | None] = field(default_factory=dict)
    _found: dict[tuple[str, Path | None], ModuleFacts | None] = field(default_factory=dict)

    def find(self, dotted: str, importer: ModuleFacts) -> ModuleFacts | None:
        """The module that a name with its leading dots means."""
        key = (dotted, importer.path if dotted.startswith(".") else None)
        if key not in self._found:
            self._found[key] = self._look(dotted, importer)
        return self._found[key]

    def _look(self, dotted: str, importer: ModuleFacts) -> ModuleFacts | None:
        level = len(dotted) - len(dotted.lstrip("."))
        parts = [part for part in dotted.split(".") if part]
        roots = (importer.path.parents[level - 1],) if level else self.roots
        for root in roots:
            base = root.joinpath(*parts)
            for path in (
                (base / "__init__.py", base.with_name(base.name + ".py"))
                if parts
                else (base / "__init__.py",)
            ):
                if self.files.is_file(path):
                    return self._module(path)
        return None

    def _module(self, path: Path) -> ModuleFacts | None:
        if path not in self._read:
            source = self.files.peek(path) if len(self._read) < _MOST_MODULES else None
            self._read[path] = read_module(source) if isinstance(source, SourceFile) else None
        return self._read[path]


def bind_imports(node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
    """Bind the names of an import statement."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            frame.variables[alias.asname or name] = _module_value(name, node, frame)
        elif alias.name != "*":
            module = "." * node.level + (node.module or "")
            frame.variables[alias.asname or alias.name] = _imported(module, alias.name, node, frame)


def _module_value(name: str, node: ast.AST, frame: Frame) -> Value:
    """A module of the project or of others."""
    inner = frame.run.module_named(name, frame.module)
    if inner is None:
        return Library(name, frame.place(node))
    return Modelled(lambda attribute: inner.find(attribute), lambda: (), frame.place(node))


def _imported(module: str, name: str, node: ast.AST, frame: Frame) -> Value:
    inner = frame.run.module_named(module, frame.module)
    if inner is not None:
        found = inner.find(name)
        if found is not None:
            return found
    below = frame.run.module_named(
        f"{module.rstrip('.')}.{name}" if module.strip(".") else module + name, frame.module
    )
    if below is not None:
        return Modelled(lambda attribute: below.find(attribute), lambda: (), frame.place(node))
    if inner is not None or module.startswith("."):
        return frame.opaque(node, key=("imported", module, name))
    return Library(f"{module}.{name}", frame.place(node))


def module_frames(run: Callable[[], Run], modules: Modules) -> Callable[[str, ModuleFacts], Frame | None]:
    """What finds the frame of a module; its names are looked up when they are asked for."""
    frames: dict[Path, Frame] = {}

    def named(dotted: str, importer: ModuleFacts) -> Frame | None:
        facts = modules.find(dotted, importer)
        if facts is None or facts.problem is not None:
            return None
        if facts.path not in frames:
            frames[facts.path] = _module_frame(facts, run())
        return frames[facts.path]

    return named


def _module_frame(facts: ModuleFacts, run: Run) -> Frame:
    frame = Frame(run, facts)
    busy: set[str] = set()

    def lookup(name: str) -> Value | None:
        if name in busy:
            return None
        busy.add(name)
        try:
            return _defined(facts, name, frame)
        finally:
            busy.discard(name)

    frame.lookup = lookup
    return frame


def _defined(facts: ModuleFacts, name: str, frame: Frame) -> Value | None:
    """What a module-level name means; None when it is not plain."""
    definition = facts.definitions.get(name)
    if definition is None or definition.others:
        return None
    node = definition.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Code(node, frame)
    if isinstance(node, ast.ClassDef):
        return Blueprint(node, frame)
    if isinstance(node, ast.Import | ast.ImportFrom):
        bind_imports(node, frame)
        return frame.variables.get(name)
    if definition.kind is not DefinitionKind.VARIABLE or definition.conditional:
        return None
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if not all(isinstance(target, ast.Name) for target in targets):
        return None
    found = frame.run.machine.value(node.value, frame)
    if isinstance(found, Table | Items) and found.name is None:
        found.name = name
        frame.run.named.append(found)
    return found
