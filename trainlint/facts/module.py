"""Facts of one Python module, read from its syntax tree and never imported."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import SourceFile, Span

N = TypeVar("N", bound=ast.AST)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Guard(Enum):
    """What stands between the start of the program and an import."""

    NONE = "runs when the module is loaded"
    TRY = "under try/except ImportError"
    TYPE_CHECKING = "under TYPE_CHECKING"
    MAIN = "under the main guard"
    CONDITION = "under a condition"
    FUNCTION = "inside a function"


@record
class ImportFacts:
    """One imported name: `import a.b as c` has `name` None; `from m import n as k` has all three.

    `level` counts the leading dots; `bound` is the name it defines in the module; `name` is "*" for star
    imports. `span` is where the name stands, `statement` the whole statement.
    """

    module: str
    level: int
    name: str | None
    bound: str
    guard: Guard
    span: Span
    statement: Span | None = None

    @property
    def full_name(self) -> str:
        """The dotted name that `bound` stands for, with leading dots when it is relative."""
        if self.name is None:
            return self.module if self.bound != self.module.partition(".")[0] else self.bound
        return "." * self.level + ".".join(part for part in (self.module, self.name) if part)


class DefinitionKind(Enum):
    """What a module-level name is bound to."""

    CLASS = "class"
    FUNCTION = "function"
    VARIABLE = "variable"
    IMPORT = "import"


@record
class Definition:
    """A name that a module defines; `node` is for readers of this tree only.

    `conditional` says that it stands under `if`, `try`, a loop or a `global` statement; `others` are the
    definitions of the same name that may win instead of this one.
    """

    name: str
    kind: DefinitionKind
    span: Span
    node: ast.AST = field(compare=False, repr=False)
    conditional: bool = False
    others: tuple[Definition, ...] = ()


@record
class PythonProblem:
    """A module that cannot be parsed.

    `newer_syntax` says that the text looks like a newer Python than the running one: no error of its own.
    """

    message: str
    span: Span
    newer_syntax: bool = False


@dataclass(frozen=True)
class ModuleFacts:
    """A module's names and imports; `dynamic` tells why its names may not be all (`__getattr__`, exec).

    A module with a `problem` has an empty tree. `unread` are parts of a notebook that are no Python.
    """

    path: Path
    display: str
    source: SourceFile = field(compare=False, repr=False)
    tree: ast.Module = field(compare=False, repr=False)
    definitions: Mapping[str, Definition]
    imports: tuple[ImportFacts, ...]
    exported: tuple[str, ...] | None
    dynamic: str | None
    has_main_guard: bool
    problem: PythonProblem | None = None
    unread: tuple[Unknown, ...] = ()

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All of its syntax tree, as `nodes_of` gives it: many ask, and it is walked once."""
        return tuple(nodes_of(self.tree))

    def each(self, kind: type[N]) -> Sequence[N]:
        """The nodes of exactly this kind, in the order of `nodes`."""
        return cast("Sequence[N]", self._by_kind.get(kind, ()))

    @cached_property
    def functions(self) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, ...]:
        """All that are in it, those around others before them."""
        return tuple(node for node in self.nodes if isinstance(node, _FUNCTIONS))

    @cached_property
    def _by_kind(self) -> Mapping[type[ast.AST], Sequence[ast.AST]]:
        found: dict[type[ast.AST], list[ast.AST]] = {}
        for node in self.nodes:
            found.setdefault(node.__class__, []).append(node)
        return found

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """What each imported name, and each module-level alias of one, stands for (`h` for `hydra`)."""
        names: dict[str, str] = {}
        for imported in self.imports:
            names.setdefault(imported.bound, imported.full_name)
        for name, definition in self.definitions.items():
            if definition.kind is DefinitionKind.VARIABLE and isinstance(definition.node, ast.Assign):
                head, *rest = dotted_parts(definition.node.value) or [""]
                if head in names and isinstance(definition.node.targets[0], ast.Name):
                    names[name] = ".".join([names[head], *rest])
            elif definition.kind is not DefinitionKind.IMPORT:
                names.pop(name, None)
        return names


def dotted_parts(node: ast.AST) -> list[str]:
    """`a.b.c` as its parts, empty for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []


def nodes_of(tree: ast.AST) -> list[ast.AST]:
    """A part of a syntax tree with all that is in it, in the order of `ast.walk`, in half the time.

    What only says that a name is read or set (`ast.Load`, `ast.Store`) is left out.
    """
    found = [tree]
    for node in found:
        found += parts_of(node)
    return found


def parts_of(node: ast.AST) -> list[ast.AST]:
    """What `ast.iter_child_nodes` gives, without what only says that a name is read or set."""
    found: list[ast.AST] = []
    for name in _PARTS[node.__class__]:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [part for part in value if isinstance(part, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


#: Fields that hold a text, a number or a flag in whatever node has them, and what says how a name is used.
_PLAIN = {"id", "attr", "arg", "asname", "level", "module", "conversion", "is_async", "simple", "kind", "ctx"}


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """For each kind of node the fields in which other nodes may stand."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        plain = _PLAIN | ({"value"} if kind is ast.Constant else set())
        self[kind] = tuple(name for name in kind._fields if name not in plain)
        return self[kind]


_PARTS = _Fields()
