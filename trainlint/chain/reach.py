"""A script and what it loads in, the first-party functions and classes that starting it may run out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field

from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.names import Bound
from trainlint.chain.startup import Loaded
from trainlint.facts.module import DefinitionKind, ModuleFacts
from trainlint.parse.python.module import is_main_guard
from trainlint.parse.python.references import references
from trainlint.record import state

_LIMIT = 5000
_CODE = (DefinitionKind.FUNCTION, DefinitionKind.CLASS)


@state
class Reached:
    """Definitions that running code refers to; a reference counts as a call."""

    nodes: set[ast.AST] = field(default_factory=set)

    def runs(self, function: ast.AST | None) -> bool:
        """Whether a function may run; code at module level always does."""
        return function is None or function in self.nodes


def reached_code(lookup: ModuleLookup, loaded: list[Loaded]) -> Reached:
    """Everything that the module-level code of the loaded modules leads to, by name."""
    reached = Reached()
    pending: list[tuple[ModuleFacts, ast.AST]] = []
    for index, entry in enumerate(loaded):
        pending += [(entry.facts, node) for node in _top_level(entry.facts, is_script=index == 0)]
    while pending and len(reached.nodes) < _LIMIT:
        module, node = pending.pop()
        found = lookup.resolver.library.references(node)
        reached.nodes |= found.nested
        for dotted in found.names:
            bound = lookup.named(module, dotted) if _may_be_own(module, dotted) else None
            if not isinstance(bound, Bound) or bound.definition.kind not in _CODE:
                continue
            if bound.definition.node not in reached.nodes and bound.module.place.is_own:
                reached.nodes.add(bound.definition.node)
                pending.append((bound.facts, bound.definition.node))
    return reached


def direct_names(script: ModuleFacts) -> set[str]:
    """The names that the script's own top level reads: what it calls itself needs no further look."""
    return {name for node in _top_level(script, is_script=True) for name in references(node).names}


def _may_be_own(module: ModuleFacts, dotted: str) -> bool:
    """Whether a name is one of the module's at all, not a local variable or a builtin."""
    head = dotted.partition(".")[0]
    return head in module.definitions or head in module.aliases or "*" in module.aliases


def _top_level(module: ModuleFacts, *, is_script: bool) -> Iterator[ast.AST]:
    """What runs when a module is loaded: its statements, of definitions only the decorators and defaults."""
    for node in module.tree.body:
        if isinstance(node, ast.If) and is_main_guard(node.test) and not is_script:
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from node.decorator_list
        elif not isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef)):
            yield node
