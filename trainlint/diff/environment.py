"""The modules of a script in, the environment variables that its code asks for out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import qualified
from trainlint.record import record
from trainlint.source import Span

_CALLS = ("os.environ.get", "os.getenv", "os.environ.setdefault", "os.environ.pop")


@record
class Variable:
    """A place where code asks for an environment variable; `default` is None where there is none."""

    name: str
    default: ast.expr | None
    module: ModuleFacts
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


def variables_read(modules: tuple[ModuleFacts, ...]) -> tuple[Variable, ...]:
    """Every such place, in the order of the text."""
    asking = (
        module for module in modules if "environ" in module.source.text or "getenv" in module.source.text
    )
    return tuple(found for module in asking for found in _in(module))


def _in(module: ModuleFacts) -> Iterator[Variable]:
    for node in ast.walk(module.tree):
        asked = _asked(module, node)
        if asked is not None:
            yield Variable(asked[0], asked[1], module, node_span(module.source, node))


def _asked(module: ModuleFacts, node: ast.AST) -> tuple[str, ast.expr | None] | None:
    """The variable and the default that a piece of code asks for."""
    if isinstance(node, ast.Call) and node.args and qualified(module, node.func) in _CALLS:
        name = _constant(node.args[0])
        default = node.args[1] if len(node.args) > 1 else None
        named = next((keyword.value for keyword in node.keywords if keyword.arg == "default"), None)
        return (name, default or named) if name is not None else None
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        name = _constant(node.slice)
        if name is not None and qualified(module, node.value) == "os.environ":
            return name, None
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        name = _constant(node.left)
        if name is not None and qualified(module, node.comparators[0]) == "os.environ":
            return name, None
    return None


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
