"""The leaves of a dataclass in, the options that simple_parsing makes of them out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from trainlint.facts.arguments import (
    ANY_NUMBER,
    OPTIONAL,
    TEXT,
    Argument,
    ArgumentAction,
    CommandLineFacts,
    ParserKind,
    ValueKind,
    ValueType,
)
from trainlint.facts.schema import TypeKind
from trainlint.facts.value import Unknown
from trainlint.parse.python.arguments.nested import Flat, Leaf
from trainlint.source import Span

_PLAIN = frozenset(("default", "default_factory", "init", "repr", "hash", "compare", "kw_only"))
_ANY = ValueType(ValueKind.ANY, "value")
_BOOL = ValueType(
    ValueKind.WORDS,
    "bool",
    ("yes", "true", "t", "y", "1", "no", "false", "f", "n", "0"),
    folds_case=True,
)
_TYPES = {
    TypeKind.INT: ValueType(ValueKind.INT, "int"),
    TypeKind.FLOAT: ValueType(ValueKind.FLOAT, "float"),
    TypeKind.STR: TEXT,
    TypeKind.PATH: TEXT,
}
_KNOWN = (*_TYPES, TypeKind.BOOL, TypeKind.LIST, TypeKind.TUPLE, TypeKind.LITERAL, TypeKind.ENUM)


def simple_parser(leaves: Flat, span: Span) -> CommandLineFacts:
    """What `simple_parsing.parse` accepts: fields of nested classes stand beside those of the outer one."""
    names = Counter(leaf.path[-1] for leaf in leaves.leaves)
    opened = leaves.open
    doubtful = next((leaf for leaf in leaves.leaves if names[leaf.path[-1]] > 1 or _is_special(leaf)), None)
    if doubtful is not None:
        reason = f"how `{doubtful.dotted}` is called is not read"
        opened = opened or Unknown(reason, doubtful.entry.span)
    options = [made for leaf in leaves.leaves for made in _arguments(leaf)]
    options.append(Argument(("--help", "-h"), "help", span, "--help", ArgumentAction.HELP, 0))
    return CommandLineFacts(ParserKind.SIMPLE_PARSING, span, options=tuple(options), open=opened)


def _is_special(leaf: Leaf) -> bool:
    """Whether how many values it takes is not known, or the field says more than those of dataclasses do."""
    type_ = leaf.entry.type
    if type_.kind not in _KNOWN or (type_.optional and type_.kind not in _TYPES):
        return True
    endless = type_.kind is TypeKind.TUPLE and any(entry.text == "..." for entry in type_.arguments)
    return endless or leaf.entry.metadata is None or bool(leaf.entry.extra.keys() - _PLAIN)


def _arguments(leaf: Leaf) -> list[Argument]:
    name = leaf.path[-1]
    plain = Argument((f"--{name}",), leaf.dotted, leaf.entry.span, f"--{name}", required=leaf.required)
    type_ = leaf.entry.type
    if type_.kind is TypeKind.BOOL and not type_.optional:
        display = f"--{name}/--no{name}"
        off = Argument((f"--no{name}",), leaf.dotted, plain.span, display, ArgumentAction.FLAG, 0)
        return [replace(plain, nargs=OPTIONAL, type=_BOOL, display=display), off]
    if type_.optional:
        return [replace(plain, nargs=OPTIONAL, type=_TYPES.get(type_.kind, _ANY))]
    if type_.kind is TypeKind.TUPLE:
        kinds = {_TYPES.get(entry.kind, _ANY) for entry in type_.arguments}
        return [replace(plain, nargs=len(type_.arguments), type=kinds.pop() if len(kinds) == 1 else _ANY)]
    if type_.kind is TypeKind.LIST:
        inner = type_.arguments[0].kind if type_.arguments else TypeKind.ANY
        return [replace(plain, nargs=ANY_NUMBER, type=_TYPES.get(inner, _ANY))]
    if type_.kind is TypeKind.LITERAL:
        return [replace(plain, choices=tuple(str(choice) for choice in type_.choices) or None)]
    return [replace(plain, type=_TYPES.get(type_.kind, _ANY))]
