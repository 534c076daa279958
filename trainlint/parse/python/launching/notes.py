"""What is found out about the nodes of a program once, for every way through it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.generators import yields
from trainlint.parse.python.launching.inert import is_inert, stored_names, touched_names
from trainlint.parse.python.launching.literals import literal_parts
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import Function
from trainlint.source import Span

_SHOWN = 60


@dataclass
class Notes:
    """Nodes with their places, their code, the stretches of literals, and which functions are generators."""

    _places: dict[ast.AST, Span] = field(default_factory=dict)
    _shown: dict[ast.AST, str] = field(default_factory=dict)
    _literals: dict[ast.AST, list[tuple[str | None, Span]]] = field(default_factory=dict)
    _names: dict[ast.AST, tuple[list[str], list[str]]] = field(default_factory=dict)
    _inert: dict[ast.AST, bool] = field(default_factory=dict)
    _generators: dict[ast.AST, bool] = field(default_factory=dict)

    def place(self, module: ModuleFacts, node: ast.AST) -> Span:
        """Where a node is written."""
        found = self._places.get(node)
        if found is None:
            found = self._places[node] = node_span(module.source, node)
        return found

    def shown(self, node: ast.AST) -> str:
        """The code of a node, shortened."""
        found = self._shown.get(node)
        if found is None:
            found = self._shown[node] = shown_code(node)
        return found

    def literal(
        self, module: ModuleFacts, node: ast.Constant | ast.JoinedStr
    ) -> list[tuple[str | None, Span]]:
        """The stretches of a string literal."""
        found = self._literals.get(node)
        if found is None:
            found = self._literals[node] = literal_parts(module.source, node)
        return found

    def names(self, node: ast.AST) -> tuple[list[str], list[str]]:
        """The names that a statement may bind, and those whose values it may change."""
        found = self._names.get(node)
        if found is None:
            found = self._names[node] = (stored_names(node), touched_names(node))
        return found

    def is_inert(self, node: ast.If) -> bool:
        """Whether neither branch of a condition can matter."""
        found = self._inert.get(node)
        if found is None:
            found = self._inert[node] = is_inert(node.body) and is_inert(node.orelse)
        return found

    def is_generator(self, node: Function) -> bool:
        """Whether a function yields."""
        found = self._generators.get(node)
        if found is None:
            found = self._generators[node] = yields(node)
        return found


def shown_code(node: ast.AST) -> str:
    """The code of a node, shortened."""
    try:
        text = " ".join(ast.unparse(node).split())
    except (RecursionError, ValueError):
        return "..."
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
