"""Classes of the project in, their objects and attributes out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.parse.python.launching.frame import Frame
from trainlint.parse.python.launching.values import Blueprint, Call, Code, Instance, Opaque, Value
from trainlint.parse.python.scope import Function, qualified

_RECORD_BASES = ("BaseModel", "NamedTuple", "typing.NamedTuple", "pydantic.BaseModel")
_ENUMS = ("Enum", "StrEnum", "IntEnum", "Flag")


def family(blueprint: Blueprint) -> Iterator[Blueprint]:
    """A class and its bases in the project, nearest first."""
    pending, seen = [blueprint], {blueprint.node}
    while pending:
        current = pending.pop(0)
        yield current
        for base in current.node.bases:
            found = current.frame.find(base.id) if isinstance(base, ast.Name) else None
            if isinstance(found, Blueprint) and found.node not in seen:
                seen.add(found.node)
                pending.append(found)


def method_of(blueprint: Blueprint, name: str, bound: Value | None) -> Code | None:
    """A method by its name, bound to an object unless it is static."""
    for current in family(blueprint):
        for statement in current.node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == name:
                decorators = [ast.unparse(decorator) for decorator in statement.decorator_list]
                owner = (
                    None
                    if "staticmethod" in decorators
                    else current
                    if "classmethod" in decorators
                    else bound
                )
                return Code(statement, current.frame, owner)
    return None


def instance_attribute(owner: Instance, node: ast.Attribute, frame: Frame) -> Value:
    """`object.name`."""
    if node.attr in owner.attributes:
        return frame.run.resolved(owner.attributes[node.attr])
    method = method_of(owner.blueprint, node.attr, owner)
    if method is not None:
        if isinstance(method.node, Function) and any(
            ast.unparse(decorator).endswith("property") for decorator in method.node.decorator_list
        ):
            call = ast.copy_location(ast.Call(node, [], []), node)
            return frame.run.machine.call(method, Call(call, frame, "", (), {}, None, frame.place(node)))
        return method
    found = _class_variable(owner.blueprint, node.attr)
    if found is not None:
        return found
    return frame.opaque(node, key=("attribute", id(owner), node.attr))


def class_attribute(owner: Blueprint, node: ast.Attribute, frame: Frame) -> Value:
    """`Class.name`."""
    if is_enum(owner):
        return frame.opaque(node, key=("member", owner.node, node.attr))
    method = method_of(owner, node.attr, None)
    if method is not None:
        return method
    found = _class_variable(owner, node.attr)
    return found if found is not None else frame.opaque(node, key=("class", owner.node, node.attr))


def is_enum(blueprint: Blueprint) -> bool:
    """Whether a class is an enumeration."""
    return any(ast.unparse(base).rpartition(".")[2] in _ENUMS for base in blueprint.node.bases)


def is_dataclass(blueprint: Blueprint) -> bool:
    """Whether `__init__` is made from the fields."""
    bases = {qualified(blueprint.frame.module, base) for base in blueprint.node.bases}
    decorators = [ast.unparse(decorator) for decorator in blueprint.node.decorator_list]
    return any("dataclass" in name for name in decorators) or bool(bases & set(_RECORD_BASES))


def fields_of(blueprint: Blueprint) -> dict[str, tuple[ast.expr | None, Blueprint]]:
    """The fields of a dataclass in order, with their defaults."""
    found: dict[str, tuple[ast.expr | None, Blueprint]] = {}
    for current in reversed(list(family(blueprint))):
        for statement in current.node.body:
            if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
                continue
            if "ClassVar" not in ast.unparse(statement.annotation):
                found[statement.target.id] = (statement.value, current)
    return found


def fill_fields(made: Instance, call: Call) -> None:
    """Give the object of a dataclass the attributes that a call names, and the defaults."""
    fields = fields_of(made.blueprint)
    for index, (name, (default, owner)) in enumerate(fields.items()):
        given = call.argument(name, index)
        if given is None and call.more is not None:
            given = Opaque(call.more, ("fresh", call.frame.run.fresh()))
        if given is None:
            given = _default(default, owner, call)
        made.attributes[name] = given
    for name, value in call.words.items():
        made.attributes.setdefault(name, value)


def _default(node: ast.expr | None, owner: Blueprint, call: Call) -> Value:
    frame = owner.frame
    machine = frame.run.machine
    if node is None:
        return call.unknown()
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("field", "Field"):
        given = {word.arg: word.value for word in node.keywords}
        if "default_factory" in given:
            factory = machine.value(given["default_factory"], frame)
            return machine.call(
                factory, Call(node, frame, getattr(factory, "name", ""), (), {}, None, frame.place(node))
            )
        default = given.get("default") or (node.args[0] if node.args else None)
        return machine.value(default, frame) if default is not None else call.unknown()
    return machine.value(node, frame)


def _class_variable(blueprint: Blueprint, name: str) -> Value | None:
    for current in family(blueprint):
        for statement in reversed(current.node.body):
            target, value = _assigned(statement)
            if target == name and value is not None:
                return current.frame.run.machine.value(value, current.frame)
    return None


def _assigned(statement: ast.stmt) -> tuple[str | None, ast.expr | None]:
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id, statement.value
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, statement.value
    return None, None
