"""Functions and classes of the project in, whether running them may have to do with the command line out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.names import Bound
from trainlint.facts.module import ModuleFacts, dotted_parts

HINT = re.compile(
    r"ArgumentParser|\badd_argument|\bparse_(known_)?(intermixed_)?args|\badd_subparsers|\bargv\b|"
    r"\badd_mutually_exclusive_group|ArgParser|parse_args_into_dataclasses"
)
#: Texts of which one stands in whatever the hint finds: looked for a hundred times faster.
_SURE = ("ArgumentParser", "add_argument", "parse_", "add_subparsers", "argv", "add_mutually", "ArgParser")
_CODE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SMALL = 12
#: The fields in which statements have other statements, or handlers and cases that have some.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def speaks_of_parsers(module: ModuleFacts) -> bool:
    """Whether the text of a module holds a word that has to do with argument parsers."""
    text = module.source.text
    return any(sure in text for sure in _SURE) and HINT.search(text) is not None


@dataclass
class Concern:
    """Remembers what was found of each definition."""

    lookup: ModuleLookup
    _known: dict[ast.AST, bool] = field(default_factory=dict)
    _silent: dict[Path, bool] = field(default_factory=dict)
    _named: dict[ast.AST, list[tuple[ModuleFacts, ast.AST]]] = field(default_factory=dict)

    def of(self, module: ModuleFacts, node: ast.AST) -> bool:
        """Whether code, or anything of the project that it names, speaks of parsers or `sys.argv`."""
        if node not in self._known:
            came_from: dict[ast.AST, ast.AST | None] = {node: None}
            end = self._leads_to(module, node, came_from)
            if end is None:
                self._known |= dict.fromkeys(came_from, False)
            while end is not None:
                self._known[end], end = True, came_from[end]
        return self._known[node]

    def _leads_to(
        self, module: ModuleFacts, node: ast.AST, came_from: dict[ast.AST, ast.AST | None]
    ) -> ast.AST | None:
        """The code that speaks of parsers and that is reached; notes which code each was named by."""
        pending = [(module, node)]
        while pending:
            module, node = pending.pop()
            known = self._known.get(node)
            if known or (known is None and self.speaks(module, node)):
                return node
            for found in self._names(module, node) if known is None else ():
                if found[1] not in came_from:
                    came_from[found[1]] = node
                    pending.append(found)
        return None

    def speaks(self, module: ModuleFacts, node: ast.AST) -> bool:
        """Whether the text of a definition speaks of parsers; most modules never do."""
        if module.path not in self._silent:
            self._silent[module.path] = not speaks_of_parsers(module)
        return not self._silent[module.path] and HINT.search(text_of(module, node)) is not None

    def _names(self, module: ModuleFacts, node: ast.AST) -> list[tuple[ModuleFacts, ast.AST]]:
        """The functions and classes of the project that code names."""
        if node not in self._named:
            dotted = {
                ".".join(parts)
                for child in ast.walk(node)
                if isinstance(child, (ast.Name, ast.Attribute)) and (parts := dotted_parts(child))
            }
            found = [self._definition(module, name) for name in sorted(dotted)]
            self._named[node] = [entry for entry in found if entry is not None]
        return self._named[node]

    def _definition(self, module: ModuleFacts, dotted: str) -> tuple[ModuleFacts, ast.AST] | None:
        head = dotted.partition(".")[0]
        if head not in module.definitions and head not in module.aliases and "*" not in module.aliases:
            return None
        found = self.lookup.named(module, dotted)
        if not isinstance(found, Bound) or not found.module.place.is_own:
            return None
        code = found.definition.node
        return (found.facts, code) if isinstance(code, _CODE) else None


def text_of(module: ModuleFacts, node: ast.AST) -> str:
    """The lines that a definition stands in."""
    starts, end = module.source.line_starts, getattr(node, "end_lineno", None) or 1
    first = starts[getattr(node, "lineno", 1) - 1]
    return module.source.text[first : starts[end] if end < len(starts) else None]


def is_small(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    """Whether a function is so short that looking into it costs nothing."""
    if isinstance(node, ast.Lambda):
        return True
    more = islice(_statements(node), _SMALL, None)
    return next(more, None) is None


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and those inside it; expressions have none."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.stmt):
            yield part
        for name in _BLOCKS:
            waiting += getattr(part, name, ())
