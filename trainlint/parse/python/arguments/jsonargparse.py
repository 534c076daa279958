"""The leaves of a function's parameters in, the arguments that jsonargparse makes of them out."""

from __future__ import annotations

from dataclasses import replace

from trainlint.facts.arguments import (
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

_ANY = ValueType(ValueKind.ANY, "value")
_TYPES = {
    TypeKind.INT: ValueType(ValueKind.INT, "int"),
    TypeKind.FLOAT: ValueType(ValueKind.FLOAT, "float"),
    TypeKind.STR: TEXT,
    TypeKind.BOOL: ValueType(
        ValueKind.WORDS, "bool", ("true", "false", "yes", "no", "on", "off"), folds_case=True
    ),
}
#: Types of which what they take is known, if not which values.
_VALUES = (TypeKind.LIST, TypeKind.TUPLE, TypeKind.DICT, TypeKind.UNION, TypeKind.ENUM, TypeKind.PATH)


def jsonargparse_parser(leaves: Flat, span: Span, *, positional: bool) -> CommandLineFacts:
    """What the CLI of a function accepts: parameters without a default stand in order, without a name."""
    options: list[Argument] = []
    placed: list[Argument] = []
    opened = leaves.open
    for leaf in leaves.leaves:
        made = _argument(leaf)
        if made is None:
            opened = opened or Unknown(f"what `{leaf.dotted}` takes is chosen at run time", leaf.entry.span)
        elif leaf.required and positional and len(leaf.path) == 1:
            placed.append(replace(made, names=(), display=leaf.dotted))
        else:
            options.append(made)
    groups = dict.fromkeys(leaf.path[:size] for leaf in leaves.leaves for size in range(1, len(leaf.path)))
    options += [_whole(".".join(path), span) for path in groups]
    ending = (("--help", "-h"), ("--print_config",))
    ends = tuple(Argument(names, names[0], span, names[0], ArgumentAction.HELP, "?") for names in ending)
    return CommandLineFacts(
        ParserKind.JSONARGPARSE,
        span,
        options=(*options, _whole("config", span), *ends),
        positionals=tuple(placed),
        open=opened,
        config_options=("--config",),
    )


def _argument(leaf: Leaf) -> Argument | None:
    """One option with one value; None for a type that brings options of its own."""
    type_ = leaf.entry.type
    plain = Argument(
        (f"--{leaf.dotted}",),
        leaf.dotted,
        leaf.entry.span,
        f"--{leaf.dotted}",
        required=leaf.required,
    )
    if type_.kind is TypeKind.LITERAL and not type_.optional:
        return replace(plain, choices=tuple(str(choice) for choice in type_.choices) or None)
    if type_.kind in _TYPES:
        return replace(plain, type=_ANY if type_.optional else _TYPES[type_.kind])
    if type_.kind in _VALUES and all(_is_value(entry.kind) for entry in type_.arguments):
        return replace(plain, type=_ANY)
    return replace(plain, type=_ANY) if type_.kind in (TypeKind.LITERAL, TypeKind.NONE) else None


def _is_value(kind: TypeKind) -> bool:
    return kind in _TYPES or kind in _VALUES or kind in (TypeKind.LITERAL, TypeKind.NONE)


def _whole(name: str, span: Span) -> Argument:
    return Argument((f"--{name}",), name, span, f"--{name}", type=_ANY)
