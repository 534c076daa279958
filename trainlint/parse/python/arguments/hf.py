"""The fields of dataclasses in, the arguments that transformers' HfArgumentParser makes of them out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from trainlint.facts.arguments import (
    ONE_OR_MORE,
    OPTIONAL,
    TEXT,
    Argument,
    ArgumentAction,
    CommandLineFacts,
    ParserKind,
    ValueKind,
    ValueType,
)
from trainlint.facts.schema import TypeFacts, TypeKind
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.arguments.fields import DataField, FieldSet
from trainlint.source import Span

_TRUTHY = ("yes", "true", "t", "y", "1", "no", "false", "f", "n", "0")
_SWITCH = ValueType(ValueKind.WORDS, "string_to_bool", _TRUTHY, folds_case=True)
_PLAIN = {
    TypeKind.INT: ValueType(ValueKind.INT, "int"),
    TypeKind.FLOAT: ValueType(ValueKind.FLOAT, "float"),
    TypeKind.STR: TEXT,
    TypeKind.PATH: ValueType(ValueKind.TEXT, "Path"),
}
_ANY = ValueType(ValueKind.ANY, "value")
_SAID = frozenset(("help", "aliases", "choices", "nargs", "required", "metavar", "const"))


def hf_parser(sets: tuple[FieldSet, ...], span: Span, kind: ParserKind = ParserKind.HF) -> CommandLineFacts:
    """What the parser of some dataclasses accepts."""
    arguments = [entry for fields in sets for entry in _arguments(fields)]
    return CommandLineFacts(
        kind,
        span,
        options=tuple(arguments),
        open=next((fields.open for fields in sets if fields.open is not None), None),
    )


def _arguments(fields: FieldSet) -> Iterator[Argument]:
    for entry in fields.fields:
        made = replace(_argument(entry), certain=not fields.outside)
        yield made
        if _is_switch(entry.type) and isinstance(entry.default, Known) and entry.default.value is True:
            names = _spellings(f"no_{entry.name}")
            display = "/".join(names)
            yield Argument(
                names, entry.name, entry.span, display, ArgumentAction.FLAG, 0, certain=made.certain
            )


def _argument(entry: DataField) -> Argument:
    names = (*_spellings(entry.name), *_aliases(entry.metadata))
    plain = Argument(
        names,
        entry.name,
        entry.span,
        "/".join(names),
        required=None if isinstance(entry.default, Unknown) else entry.default is None,
        default=entry.default,
    )
    typed = _typed(plain, entry)
    if entry.metadata is None or not _SAID.issuperset(entry.metadata):
        return replace(typed, unknown=Unknown(f"how `{entry.name}` is defined is not known", entry.span))
    return _as_said(typed, entry.metadata)


def _spellings(name: str) -> tuple[str, ...]:
    dashed = name.replace("_", "-")
    return (f"--{name}",) if dashed == name else (f"--{name}", f"--{dashed}")


def _aliases(metadata: Mapping[str, Value[object]] | None) -> tuple[str, ...]:
    given = (metadata or {}).get("aliases")
    value = given.value if isinstance(given, Known) else ()
    if isinstance(value, str):
        return (value,)
    return tuple(str(name) for name in value) if isinstance(value, (list, tuple)) else ()


def _is_switch(type_: TypeFacts) -> bool:
    return type_.kind is TypeKind.BOOL


def _typed(plain: Argument, entry: DataField) -> Argument:
    """The argument with what its annotation makes of it."""
    type_ = _chosen(entry) if entry.type.kind is TypeKind.UNION else entry.type
    if _is_switch(type_):
        return _switch(plain, replace(entry, type=type_))
    if type_.kind in (TypeKind.LITERAL, TypeKind.ENUM):
        values = type_.choices if type_.kind is TypeKind.LITERAL else type_.values
        if not values:
            return replace(plain, type=_ANY)
        return replace(plain, choices=tuple(str(value) for value in values if value is not None))
    if type_.kind is TypeKind.LIST:
        inner = type_.arguments[0].kind if type_.arguments else TypeKind.ANY
        return replace(plain, type=_PLAIN.get(inner, _ANY), nargs=ONE_OR_MORE)
    return replace(plain, type=_PLAIN.get(type_.kind, _ANY))


def _chosen(entry: DataField) -> TypeFacts:
    """The one type of a union that the parser goes on with: the second, or the first beside None or str."""
    arms = list(_arms(entry.annotation)) if entry.annotation is not None else []
    named = [arm for arm in arms if arm != "None"]
    if len(named) != len(entry.type.arguments) or "str" not in named or len(arms) < 2:
        return TypeFacts(TypeKind.UNKNOWN, entry.type.text)
    if "None" in arms and "bool" in arms:
        return TypeFacts(TypeKind.UNKNOWN, entry.type.text)
    beside = "None" if "None" in arms else "str"
    arm = arms[0] if arms[1] == beside else arms[1]
    return entry.type.arguments[named.index(arm)] if arm in named else entry.type


def _arms(node: ast.expr) -> Iterator[str]:
    """The types of a union in order, as written."""
    if isinstance(node, ast.BinOp):
        yield from _arms(node.left)
        yield from _arms(node.right)
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value).rpartition(".")[2] in (
        "Union",
        "Optional",
    ):
        for item in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
            yield from _arms(item)
        if ast.unparse(node.value).endswith("Optional"):
            yield "None"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            yield from _arms(ast.parse(node.value.strip(), mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    else:
        yield ast.unparse(node)


def _switch(plain: Argument, entry: DataField) -> Argument:
    """A bool takes a value or none; one that may be None and has no default must have a value."""
    known = not isinstance(entry.default, Unknown)
    none = entry.type.optional and (entry.default is None or _is_none(entry.default))
    if not known and entry.type.optional:
        reason = Unknown(f"the default of `{entry.name}` is not known", entry.span)
        return replace(plain, type=_SWITCH, nargs=reason, required=False)
    return replace(plain, type=_SWITCH, nargs=None if none else OPTIONAL, required=False)


def _is_none(value: Value[object]) -> bool:
    return isinstance(value, Known) and value.value is None


def _as_said(plain: Argument, metadata: Mapping[str, Value[object]]) -> Argument:
    """What the metadata of the field hands on to `add_argument`."""
    choices, count, required = (metadata.get(key) for key in ("choices", "nargs", "required"))
    if choices is not None and plain.choices is None:
        value = choices.value if isinstance(choices, Known) else None
        known = tuple(value) if isinstance(value, (list, tuple)) else None
        plain = replace(plain, choices=known if known is not None else Unknown("its choices", plain.span))
    if count is not None:
        value = count.value if isinstance(count, Known) else None
        if not isinstance(value, (int, str)):
            return replace(plain, nargs=Unknown("its number of values", plain.span))
        plain = replace(plain, nargs=value)
    if required is not None:
        plain = replace(plain, required=bool(required.value) if isinstance(required, Known) else None)
    return plain
