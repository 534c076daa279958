"""Facts of one Python module, read from its syntax tree and never imported."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from trainlint.source import Span


class Guard(Enum):
    """What stands between the start of the program and an import."""

    NONE = "runs when the module is loaded"
    TRY = "under try/except ImportError"
    TYPE_CHECKING = "under TYPE_CHECKING"
    CONDITION = "under a condition"
    FUNCTION = "inside a function"


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """One imported name: `import a.b as c` has `name` None; `from m import n as k` has all three.

    `level` counts the leading dots; `bound` is the name it defines in the module; `name` is "*" for star
    imports.
    """

    module: str
    level: int
    name: str | None
    bound: str
    guard: Guard
    span: Span


class DefinitionKind(Enum):
    """What a module-level name is bound to."""

    CLASS = "class"
    FUNCTION = "function"
    VARIABLE = "variable"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that a module defines; `node` is for readers of this tree only."""

    name: str
    kind: DefinitionKind
    span: Span
    node: ast.AST = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PythonProblem:
    """A module that cannot be parsed."""

    message: str
    span: Span


@dataclass(frozen=True)
class ModuleFacts:
    """A module's names and imports; `dynamic` tells why its names may not be all (`__getattr__`, exec)."""

    path: Path
    display: str
    tree: ast.Module = field(compare=False, repr=False)
    definitions: Mapping[str, Definition]
    imports: tuple[ImportFacts, ...]
    exported: tuple[str, ...] | None
    dynamic: str | None
    has_main_guard: bool
    problem: PythonProblem | None = None
