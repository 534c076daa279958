"""A dataclass in, its fields with those of the dataclasses inside it under dotted names out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.facts.schema import TypeFacts, TypeKind
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.arguments.fields import DataField, FieldReader, FieldSet
from trainlint.record import record

_DEPTH = 12


@record
class Leaf:
    """A field that holds a value; `path` are the names that lead to it, `required` as in Argument."""

    path: tuple[str, ...]
    entry: DataField
    required: bool | None

    @property
    def dotted(self) -> str:
        """The path as one writes it."""
        return ".".join(self.path)


@record
class Flat:
    """All leaves in order; `open` says why there may be others, `outside` which packages they come from."""

    leaves: tuple[Leaf, ...]
    open: Unknown | None
    outside: frozenset[str]


def flat(reader: FieldReader, fields: FieldSet, *, given: bool = False) -> Flat:
    """The leaves of a class; `given` says that an object stands in for what is not said."""
    opened: list[Unknown] = []
    outside: set[str] = set()
    leaves = tuple(_leaves(reader, fields, (), given, opened, outside, 0))
    return Flat(leaves, opened[0] if opened else None, frozenset(outside))


def _leaves(
    reader: FieldReader,
    fields: FieldSet,
    path: tuple[str, ...],
    given: bool,
    opened: list[Unknown],
    outside: set[str],
    depth: int,
) -> Iterator[Leaf]:
    outside |= fields.outside
    opened += [fields.open] if fields.open is not None else []
    for entry in fields.fields:
        inner = inner_class(reader, entry)
        name = (*path, entry.name)
        if inner is None:
            yield Leaf(name, entry, _required(entry, given))
        elif depth > _DEPTH or _is_alternative(entry.type):
            opened.append(Unknown(f"what `{'.'.join(name)}` takes depends on a choice", entry.span))
        else:
            yield from _leaves(reader, inner, name, given or _is_made(entry), opened, outside, depth + 1)


def inner_class(reader: FieldReader, entry: DataField) -> FieldSet | None:
    """The dataclass that a field holds, None for a field that holds a value."""
    if entry.module is None or entry.annotation is None:
        return None
    for node in _classes(entry.annotation):
        found = reader.named(entry.module, node)
        if found is not None:
            return found
    return None


def _classes(node: ast.expr) -> Iterator[ast.expr]:
    """The names in an annotation, those of lists and dicts left out: their items are values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            yield from _classes(ast.parse(node.value.strip(), mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    elif isinstance(node, (ast.Name, ast.Attribute)):
        yield node
    elif isinstance(node, ast.BinOp):
        yield from _classes(node.left)
        yield from _classes(node.right)
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value).rpartition(".")[2] in (
        *("Optional", "Union", "Annotated", "Final"),
    ):
        for item in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
            yield from _classes(item)


def _is_alternative(type_: TypeFacts) -> bool:
    """`Optional[Inner]`, `A | B`: which one it is has to be chosen."""
    return type_.optional or type_.kind is TypeKind.UNION


def _is_made(entry: DataField) -> bool:
    """Whether an object stands there by default: then its own default values do not count."""
    return isinstance(entry.default, Unknown)


def _required(entry: DataField, given: bool) -> bool | None:
    if isinstance(entry.default, Known):
        return False
    if given:
        return False
    return True if entry.default is None else None
