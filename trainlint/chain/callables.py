"""A definition in, whether it can be called out: yes, no and what it is instead, or not to be told."""

from __future__ import annotations

import ast

from trainlint.facts.module import Definition, DefinitionKind
from trainlint.record import record

_PROPERTIES = {"property", "cached_property"}
_DISPLAYS = {
    ast.List: ("a list", "list"),
    ast.Tuple: ("a tuple", "tuple"),
    ast.Dict: ("a dictionary", "dict"),
    ast.Set: ("a set", "set"),
    ast.ListComp: ("a list", "list"),
    ast.DictComp: ("a dictionary", "dict"),
    ast.SetComp: ("a set", "set"),
    ast.JoinedStr: ("a string", "str"),
}
_CONSTANTS = {
    bool: "a truth value",
    int: "a number",
    float: "a number",
    complex: "a number",
    str: "a string",
    bytes: "a byte string",
    type(None): "None",
}


@record
class Uncallable:
    """Something that surely cannot be called: in words, and its type's name."""

    words: str
    type_name: str


@record
class Unclear:
    """Something of which the text does not tell; `reason` completes "not checked: …"."""

    reason: str


def callability(definition: Definition, wants: str) -> Uncallable | Unclear | None:
    """What speaks against calling a definition, None when nothing does.

    `wants` is "class" where functions are refused too, and "anything" where everything is accepted.
    """
    node = definition.node
    if wants == "anything" or isinstance(node, ast.ClassDef):
        return None
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return _function(node, wants)
    if definition.conditional or definition.kind is not DefinitionKind.VARIABLE:
        return Unclear(f"`{definition.name}` is bound in more than one way")
    value = _value(node)
    return _expression(value, definition.name) if value is not None else _made_at_run_time(definition.name)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, wants: str) -> Uncallable | Unclear | None:
    decorators = [ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list]
    if _PROPERTIES.intersection(decorators):
        return Uncallable("a property", "property")
    if wants != "class":
        return None
    if decorators:
        return Unclear(f"`{node.name}` is changed by a decorator")
    return Uncallable("a function", "function")


def _value(node: ast.AST) -> ast.expr | None:
    """The right side of a plain assignment to one name."""
    if isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets):
        return node.value
    return node.value if isinstance(node, ast.AnnAssign) else None


def _expression(value: ast.expr, name: str) -> Uncallable | Unclear | None:
    if isinstance(value, ast.Constant):
        words = _CONSTANTS.get(type(value.value))
        return Uncallable(words, type(value.value).__name__) if words else _made_at_run_time(name)
    if isinstance(value, ast.Lambda):
        return None
    if isinstance(value, ast.Call) and ast.unparse(value.func) in ("partial", "functools.partial"):
        return None
    found = _DISPLAYS.get(type(value))
    return Uncallable(*found) if found else _made_at_run_time(name)


def _made_at_run_time(name: str) -> Unclear:
    return Unclear(f"what `{name}` is bound to is made at run time")
