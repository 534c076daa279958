"""A value and the attribute or index that is asked of it in, what it holds there out."""

from __future__ import annotations

import ast
import re
from collections.abc import Hashable
from pathlib import Path, PurePosixPath

from trainlint.parse.python.launching.conditions import identity
from trainlint.parse.python.launching.containers import forget, forget_all
from trainlint.parse.python.launching.frame import Frame
from trainlint.parse.python.launching.notes import shown_code
from trainlint.parse.python.launching.objects import class_attribute, instance_attribute
from trainlint.parse.python.launching.texts import located, part
from trainlint.parse.python.launching.values import (
    Blueprint,
    FilePath,
    Instance,
    Items,
    Library,
    Method,
    Modelled,
    NotKnownError,
    Opaque,
    Plain,
    Rest,
    Table,
    Value,
    key_of,
    type_name,
)
from trainlint.parse.python.launching.wording import a_kind
from trainlint.parse.shell.state import Text

#: So many entries of a table are tried for a key that only the run knows.
_MOST_ENTRIES = 64
_TYPES: dict[str, type] = {
    "str": str,
    "list": list,
    "dict": dict,
    "tuple": tuple,
    "set": set,
    "int": int,
    "float": float,
    "bool": bool,
    "NoneType": type(None),
    "PosixPath": Path,
    "bytes": bytes,
    "complex": complex,
}
_CONSTANTS = {
    "sys.executable": "python",
    "os.sep": "/",
    "os.path.sep": "/",
    "os.pathsep": ":",
    "os.linesep": "\n",
}


def attribute(owner: Value, node: ast.Attribute, frame: Frame) -> Value:
    """`owner.name`."""
    if isinstance(owner, Library):
        return _of_library(f"{owner.name}.{node.attr}", node, frame)
    if isinstance(owner, Opaque):
        key = ("attribute", owner.key, node.attr)
        reason = owner.unknown.reason.rpartition("` ")[2] if owner.free else "is only known at run time"
        return frame.opaque(node, reason, key, owner.free)
    if isinstance(owner, Modelled):
        return _parsed(owner, node, frame)
    if isinstance(owner, Instance):
        return instance_attribute(owner, node, frame)
    if isinstance(owner, Blueprint):
        return class_attribute(owner, node, frame)
    if isinstance(owner, FilePath):
        found = _of_path(owner, node)
        if found is not None:
            return found
    return _method(owner, node, frame)


def _method(owner: Value, node: ast.Attribute, frame: Frame) -> Value:
    kind = type_name(owner)
    if kind is None or hasattr(_TYPES[kind], node.attr):
        return Method(owner, node.attr, frame.place(node)) if kind is not None else frame.opaque(node)
    called = any(callable(getattr(other, node.attr, None)) for other in _TYPES.values())
    use = f"`.{node.attr}()` is called" if called else f"`.{node.attr}` is read"
    message = f"is {a_kind(kind)} where {use}"
    runtime = f"AttributeError: '{kind}' object has no attribute '{node.attr}'"
    raise frame.run.raised("AttributeError", message, owner.span, runtime, shown_code(node.value))


def item(owner: Value, index: Value, node: ast.Subscript, frame: Frame) -> Value:
    """`owner[index]`."""
    if isinstance(owner, Table):
        return frame.run.resolved(_entry(owner, index, node, frame))
    if isinstance(owner, Items):
        return frame.run.resolved(_element(owner, index, node, frame))
    if isinstance(owner, Text) and isinstance(index, Plain):
        known, place = owner.known, index.constant
        if known is not None and isinstance(place, int) and -len(known) <= place < len(known):
            return part(owner, place % len(known), place % len(known) + 1)
    if isinstance(owner, Opaque):
        key = ("item", owner.key, identity(index))
        return frame.opaque(node, key=key, free=owner.free)
    return frame.opaque(node)


def _entry(table: Table, index: Value, node: ast.Subscript, frame: Frame) -> Value:
    try:
        key = key_of(index)
    except NotKnownError:
        return chosen_entry(table, index, node, frame)
    if key in table.entries:
        return entered(table, key, frame)
    if table is frame.run.environment:
        reason = "is an environment variable that is only known at run time"
        return frame.opaque(node, reason, ("environment", key), free=True)
    if table.open is not None:
        return frame.opaque(node, key=("entry", frame.run.number(table), key))
    message = f"has no key `{key}`, which the launcher reads"
    subject = shown_code(node.value)
    raise frame.run.raised("KeyError", message, table.span, f"KeyError: {key!r}", subject)


def entered(table: Table, key: Hashable, frame: Frame) -> Value:
    """The value under a key; that of a table with a name is what the program now works on."""
    found = frame.run.resolved(table.entries[key][1])
    if isinstance(found, Items | Table | Instance) and table.name is not None:
        frame.run.choose_entry(table.entry_span(key))
    return found


def chosen_entry(
    table: Table, index: Value, node: ast.AST, frame: Frame, absent: Value | None = None
) -> Value:
    """The value under a key that only the run knows: each entry on a way of its own, then `absent`."""
    keys = _candidates(table, index)
    if table.open is not None or not 0 < len(keys) <= _MOST_ENTRIES:
        return frame.opaque(node)
    count = len(keys) + (absent is not None)
    chosen = frame.run.route.choose(("entry", frame.run.number(table), identity(index)), count, cost=0)
    if chosen == len(keys):
        assert absent is not None
        return absent
    key = keys[chosen]
    shown, value = table.entries[key]
    if isinstance(index, Opaque):
        frame.run.bound[index.key] = shown
    frame.run.choose_entry(table.entry_span(key))
    return value


def _candidates(table: Table, index: Value) -> list[Hashable]:
    """The keys that a value, of which some may be known, can be."""
    if not isinstance(index, Text):
        return list(table.entries)
    pattern = re.compile(
        "".join(re.escape(part) if isinstance(part, str) else ".*" for part in index.parts), re.DOTALL
    )
    return [key for key in table.entries if isinstance(key, str) and pattern.fullmatch(key)]


def _element(items: Items, index: Value, node: ast.Subscript, frame: Frame) -> Value:
    if isinstance(index, Text):
        shown = shown_code(node.slice)
        message = f"is {a_kind(items.kind)} where `[{shown}]` is read"
        runtime = f"TypeError: {items.kind} indices must be integers or slices, not str"
        raise frame.run.raised("TypeError", message, items.span, runtime, shown_code(node.value))
    known = items.known
    if isinstance(index, Plain) and isinstance(index.constant, int):
        first = next((i for i, element in enumerate(items.elements) if isinstance(element, Rest)), None)
        if first is not None and 0 <= index.constant < first:
            found = items.elements[index.constant]
            return found if not isinstance(found, Rest) else frame.opaque(node)
        if known is not None and -len(known) <= index.constant < len(known):
            return known[index.constant]
    if isinstance(index, Opaque) and known is not None and 0 < len(known) <= _MOST_ENTRIES:
        chosen = frame.run.route.choose(("element", frame.run.number(items), index.key), len(known), cost=0)
        frame.run.bound[index.key] = Plain(chosen, index.span)
        frame.run.choose_entry(known[chosen].span)
        return known[chosen]
    return frame.opaque(node)


def store(target: ast.Attribute | ast.Subscript, value: Value, frame: Frame) -> None:
    """`owner.name = value` and `owner[index] = value`."""
    owner = frame.run.machine.value(target.value, frame)
    if isinstance(owner, Instance | Modelled) and isinstance(target, ast.Attribute):
        owner.attributes[target.attr] = value
        if isinstance(owner, Instance):
            frame.run.changed.append(owner)
    elif isinstance(target, ast.Subscript) and isinstance(owner, Table):
        _store_entry(owner, target, value, frame)
    elif isinstance(target, ast.Subscript) and isinstance(owner, Items):
        _store_element(owner, target, value, frame)


def _store_entry(table: Table, target: ast.Subscript, value: Value, frame: Frame) -> None:
    shown = frame.run.machine.value(target.slice, frame)
    frame.run.changed.append(table)
    try:
        table.entries[key_of(shown)] = (shown, value)
    except NotKnownError:
        forget(table, target, frame)


def _store_element(items: Items, target: ast.Subscript, value: Value, frame: Frame) -> None:
    frame.run.changed.append(items)
    index = None if isinstance(target.slice, ast.Slice) else frame.run.machine.value(target.slice, frame)
    place = index.constant if isinstance(index, Plain) else None
    if isinstance(place, int) and items.known is not None and -len(items.known) <= place < len(items.known):
        items.elements[place] = value
    else:
        items.elements[:] = []
        forget_all(items, target, frame)


def _of_library(name: str, node: ast.AST, frame: Frame) -> Value:
    if name in _CONSTANTS:
        return Text((_CONSTANTS[name],), (frame.place(node),))
    if name == "os.environ":
        return frame.run.environment
    if name == "sys.argv":
        unknown = frame.opaque(node, "holds the arguments of the launcher", ("sys.argv",)).unknown
        return Items([Rest(unknown)], "list", frame.place(node))
    return Library(name, frame.place(node))


def _parsed(owner: Modelled, node: ast.Attribute, frame: Frame) -> Value:
    if node.attr not in owner.attributes:
        found = owner.read(node.attr)
        if found is None:
            found = frame.opaque(
                node,
                "is given on the launcher's command line",
                ("option", frame.run.number(owner), node.attr),
                True,
            )
        owner.attributes[node.attr] = found
    return frame.run.resolved(owner.attributes[node.attr])


def _of_path(path: FilePath, node: ast.Attribute) -> Value | None:
    known = path.text.known
    if known is None:
        return None
    made = PurePosixPath(known)
    if node.attr == "parent":
        parent = str(made.parent)
        return FilePath(
            located(path.text, parent, 0) if known.startswith(parent) else Text((parent,), (path.span,))
        )
    if node.attr == "name":
        return located(path.text, made.name, len(known) - len(made.name))
    if node.attr == "stem":
        return located(path.text, made.stem, len(known) - len(made.name))
    if node.attr == "suffix":
        return located(path.text, made.suffix, len(known) - len(made.suffix))
    if node.attr == "parts":
        return Items([Text((piece,), (path.span,)) for piece in made.parts], "tuple", path.span)
    if node.attr == "parents":
        return Items(
            [FilePath(Text((str(above),), (path.span,))) for above in made.parents], "tuple", path.span
        )
    return None
