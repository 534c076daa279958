"""An expression and the module it stands in, the dotted name it means with import aliases resolved out."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from trainlint.facts.module import Definition, ModuleFacts, dotted_parts
from trainlint.record import record
from trainlint.source import Files

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Lookup(Protocol):
    """What readers of one module may ask about other modules."""

    @property
    def files(self) -> Files:
        """The reader of the user's disk."""

    def definition(self, module: ModuleFacts, dotted: str) -> tuple[ModuleFacts, Definition] | None:
        """The definition that a dotted name means in a module, None when it cannot be followed."""

    def major_version(self, package: str) -> int | None:
        """The major version of an installed package, None when it is not found."""


@record
class Scope:
    """Where an expression is evaluated: a module, the assignments of a function, the working directory."""

    module: ModuleFacts
    lookup: Lookup
    locals: Mapping[str, ast.expr | None] = field(default_factory=dict)
    directory: Path | None = None


def qualified(module: ModuleFacts, node: ast.AST) -> str:
    """The full dotted name that an expression means (`h.main` is `hydra.main`), empty when it is no name.

    A name that the module defines itself stays as it is written.
    """
    parts = dotted_parts(node)
    if not parts:
        return ""
    head = module.aliases.get(parts[0], parts[0])
    return ".".join([head, *parts[1:]])


def local_assignments(function: Function) -> dict[str, ast.expr | None]:
    """The names a function binds: those assigned once map to their value, all others to None."""
    bound: dict[str, ast.expr | None] = {argument.arg: None for argument in all_arguments(function)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound[node.id] = None
    seen: set[str] = set()
    for node in ast.walk(function):
        for name, value in _assigned(node):
            bound[name] = value if name not in seen else None
            seen.add(name)
    return bound


def all_arguments(function: Function | ast.Lambda) -> list[ast.arg]:
    """Every parameter in order, with `*args` and `**kwargs`."""
    arguments = function.args
    extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]


def _assigned(node: ast.AST) -> list[tuple[str, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        value = node.value if len(node.targets) == 1 else None
        return [(target.id, value) for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, (ast.AnnAssign, ast.AugAssign)) and isinstance(node.target, ast.Name):
        return [(node.target.id, node.value if isinstance(node, ast.AnnAssign) else None)]
    return []
