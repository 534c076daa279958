"""Facts of one Python module, read from its syntax tree and never imported."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from trainlint.source import SourceFile, Span


class Guard(Enum):
    """What stands between the start of the program and an import."""

    NONE = "runs when the module is loaded"
    TRY = "under try/except ImportError"
    TYPE_CHECKING = "under TYPE_CHECKING"
    MAIN = "under the main guard"
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


@dataclass(frozen=True, slots=True)
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

    A module with a `problem` has an empty tree.
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
