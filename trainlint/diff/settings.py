"""A side in, all that can be set of it out: options, variables of the environment, fields and globals."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from trainlint.diff.launched import as_number
from trainlint.diff.sides import Side
from trainlint.diff.terms import Terms
from trainlint.facts.effects import ENVIRONMENT, FIELD, GLOBAL, Option
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Constant, Symbol
from trainlint.facts.terms import Term
from trainlint.facts.value import Known, Value
from trainlint.parse.python.places import node_span


def settings_of(side: Side, terms: Terms) -> tuple[Option, ...]:
    """Every option of a side by its name; what a user can set comes before what only code sets."""
    found: dict[tuple[str, str], Option] = {}
    for script in side.scripts:
        for declared in script.options:
            default = _default(declared.default, terms)
            option = Option(
                declared.name,
                default,
                declared.form,
                declared.span,
                declared.read,
                declared.ways,
                declared.told,
            )
            found.setdefault((option.name, "option"), option)
        for variable in script.variables:
            default = _stated(variable.default, terms)
            option = Option(variable.name, default, ENVIRONMENT, variable.span, True)
            found.setdefault((option.name, ENVIRONMENT), option)
    modules = {module.path: module for script in side.scripts for module in script.facts.loaded}
    for module in modules.values():
        for name, form, value, node in _constants(module):
            if (name, "option") not in found:
                option = Option(name, _written(value, terms), form, node_span(module.source, node), True)
                found.setdefault((name, FIELD), option)
    return tuple(found.values())


def _default(value: Value[object] | None, terms: Terms) -> Term:
    if value is None:
        return terms.nothing
    return terms.constant(value.value) if isinstance(value, Known) else terms.unknown(value.reason)


def _stated(symbol: Symbol | None, terms: Terms) -> Term:
    """What a variable of the environment is taken for where it is not set."""
    if symbol is None:
        return terms.nothing
    if isinstance(symbol, Constant):
        return as_number(terms, terms.constant(symbol.value))
    return terms.unknown("it is computed")


def _written(node: ast.expr, terms: Terms) -> Term:
    try:
        return terms.constant(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return terms.unknown("it is computed")


def _constants(module: ModuleFacts) -> Iterator[tuple[str, str, ast.expr, ast.stmt]]:
    """The globals of a module and the fields of its classes that a constant is given to."""
    yield from _assigned(module.tree.body, GLOBAL)
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef):
            yield from _assigned(node.body, FIELD)


def _assigned(body: Iterable[ast.stmt], form: str) -> Iterator[tuple[str, str, ast.expr, ast.stmt]]:
    for node in body:
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            target: ast.expr = node.target
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
        else:
            continue
        if isinstance(target, ast.Name) and isinstance(node.value, (ast.Constant, ast.UnaryOp, ast.BinOp)):
            yield target.id, form, node.value, node
