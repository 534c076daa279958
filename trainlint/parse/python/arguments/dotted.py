"""The leaves of nested dataclasses in, the options that tyro, pyrallis and draccus make of them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

from trainlint.facts.arguments import (
    ANY_NUMBER,
    TEXT,
    Argument,
    ArgumentAction,
    CommandLineFacts,
    ParserKind,
    ValueKind,
    ValueType,
)
from trainlint.facts.schema import TypeFacts, TypeKind
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.arguments.nested import Flat, Leaf
from trainlint.source import Span

_ANY = ValueType(ValueKind.ANY, "value")
_INT, _FLOAT = ValueType(ValueKind.INT, "int"), ValueType(ValueKind.FLOAT, "float")
_PYTHON_BOOL = ValueType(ValueKind.WORDS, "bool", ("True", "False"))
_YAML_BOOL = ValueType(ValueKind.WORDS, "bool", ("true", "false", "yes", "no", "on", "off"), folds_case=True)
#: More underscores than this are spelled in two ways only.
_SPELLED = 5
#: Words in an annotation of tyro's with which it changes what is accepted.
_MARKS = ("conf.", "arg(", "subcommand(")


def tyro_parser(leaves: Flat, span: Span) -> CommandLineFacts:
    """What `tyro.cli` accepts for a class."""
    marked = [leaf for leaf in leaves.leaves if any(mark in leaf.entry.type.text for mark in _MARKS)]
    opened = leaves.open
    if marked:
        opened = Unknown(f"`{marked[0].dotted}` is marked in a way that is not read", marked[0].entry.span)
    options = tuple(made for leaf in leaves.leaves for made in _tyro(leaf))
    return CommandLineFacts(
        ParserKind.TYRO, span, options=(*options, _help(span)), open=opened, abbreviates=False
    )


def _tyro(leaf: Leaf) -> Iterator[Argument]:
    plain = _plain(leaf, _folded(leaf.path))
    type_ = leaf.entry.type
    if type_.kind is TypeKind.BOOL and not type_.optional:
        if leaf.required is False:
            off = _folded((*leaf.path[:-1], f"no-{leaf.path[-1]}"))
            yield replace(plain, names=(*plain.names, *off), action=ArgumentAction.FLAG, nargs=0)
        elif leaf.required:
            yield replace(plain, type=_PYTHON_BOOL)
        else:
            yield replace(plain, nargs=Unknown("whether it takes a value", plain.span), type=_ANY)
        return
    yield _tyro_typed(plain, type_)


def _tyro_typed(plain: Argument, type_: TypeFacts) -> Argument:
    if type_.optional and type_.kind in (TypeKind.INT, TypeKind.FLOAT, TypeKind.STR, TypeKind.PATH):
        known = _tyro_type(type_.kind)
        return replace(plain, type=replace(known, words=("None",)) if known is not TEXT else known)
    if type_.optional or type_.kind is TypeKind.UNION:
        count = Unknown("how many values it takes", plain.span) if _may_hold_many(type_) else None
        return replace(plain, nargs=count, type=_ANY)
    if type_.kind in (TypeKind.LIST, TypeKind.DICT):
        inner = type_.arguments[0].kind if type_.kind is TypeKind.LIST and type_.arguments else TypeKind.ANY
        return replace(plain, nargs=ANY_NUMBER, type=_tyro_type(inner))
    if type_.kind is TypeKind.TUPLE:
        many = not type_.arguments or any(entry.text == "..." for entry in type_.arguments)
        kinds = {entry.kind for entry in type_.arguments}
        nested = kinds & {TypeKind.TUPLE, TypeKind.LIST, TypeKind.SCHEMA, TypeKind.UNION, TypeKind.UNKNOWN}
        if nested:
            return replace(plain, nargs=Unknown("how many values it takes", plain.span), type=_ANY)
        kind = _tyro_type(kinds.pop()) if len(kinds) == 1 else _ANY
        return replace(plain, nargs=ANY_NUMBER if many else len(type_.arguments), type=_ANY if many else kind)
    if type_.kind in (TypeKind.LITERAL, TypeKind.ENUM):
        return replace(plain, choices=tuple(str(choice) for choice in type_.choices) or None)
    if type_.kind in (TypeKind.UNKNOWN, TypeKind.ANY, TypeKind.SCHEMA, TypeKind.NONE):
        return replace(plain, nargs=Unknown("how many values it takes", plain.span), type=_ANY)
    return replace(plain, type=_tyro_type(type_.kind))


def _may_hold_many(type_: TypeFacts) -> bool:
    many = (TypeKind.LIST, TypeKind.TUPLE, TypeKind.DICT, TypeKind.UNKNOWN, TypeKind.ANY, TypeKind.SCHEMA)
    return type_.kind in many or any(_may_hold_many(entry) for entry in type_.arguments)


def _tyro_type(kind: TypeKind) -> ValueType:
    known = {TypeKind.INT: _INT, TypeKind.FLOAT: _FLOAT, TypeKind.BOOL: _PYTHON_BOOL}
    return known.get(kind, TEXT if kind in (TypeKind.STR, TypeKind.PATH) else _ANY)


def _folded(path: tuple[str, ...]) -> tuple[str, ...]:
    """The spellings of an option whose `_` may be `-`, as typed."""
    text = ".".join(path)
    body = text.lstrip("_")
    parts = body.rstrip("_").replace("-", "_").split("_")
    tail = body[len(body.rstrip("_")) :]
    if len(parts) > _SPELLED:
        joined = {separator.join(parts) for separator in "-_"}
    else:
        joined = {
            "".join(part + mark for part, mark in zip(parts, (*marks, ""), strict=True))
            for marks in product("-_", repeat=len(parts) - 1)
        }
    return tuple(sorted(f"--{name}{tail}" for name in joined))


def pyrallis_parser(leaves: Flat, span: Span) -> CommandLineFacts:
    """What pyrallis accepts: each option takes one text, which is read as YAML."""
    kinds = {TypeKind.FLOAT: _FLOAT, TypeKind.STR: TEXT, TypeKind.PATH: TEXT}
    return _yaml_parser(ParserKind.PYRALLIS, leaves, span, lambda leaf: kinds.get(leaf.entry.type.kind, _ANY))


def draccus_parser(leaves: Flat, span: Span) -> CommandLineFacts:
    """What draccus accepts: as pyrallis, stricter with types, and nothing cut short."""
    kinds = {TypeKind.INT: _INT, TypeKind.FLOAT: _FLOAT, TypeKind.BOOL: _YAML_BOOL, TypeKind.STR: TEXT}
    facts = _yaml_parser(ParserKind.DRACCUS, leaves, span, lambda leaf: kinds.get(leaf.entry.type.kind, _ANY))
    groups = dict.fromkeys(leaf.path[:size] for leaf in leaves.leaves for size in range(1, len(leaf.path)))
    whole = tuple(
        Argument((f"--{'.'.join(path)}",), ".".join(path), span, f"--{'.'.join(path)}", type=_ANY)
        for path in groups
    )
    return replace(facts, options=(*facts.options, *whole), abbreviates=False)


def _yaml_parser(
    kind: ParserKind, leaves: Flat, span: Span, type_of: Callable[[Leaf], ValueType]
) -> CommandLineFacts:
    options = []
    for leaf in leaves.leaves:
        plain = _plain(leaf, (f"--{leaf.dotted}",))
        type_ = type_of(leaf) if not leaf.entry.type.optional else _ANY
        count = Unknown("its number of values", plain.span) if "nargs" in leaf.entry.extra else None
        options.append(replace(plain, type=type_, nargs=count))
    config = Argument(("--config_path",), "config_path", span, "--config_path")
    return CommandLineFacts(
        kind,
        span,
        options=(*options, config, _help(span)),
        open=leaves.open,
        config_options=("--config_path",),
    )


def _plain(leaf: Leaf, names: tuple[str, ...]) -> Argument:
    display = next((name for name in names if "_" not in name), names[0]) if len(names) > 1 else names[0]
    default = leaf.entry.default
    return Argument(
        names,
        leaf.dotted,
        leaf.entry.span,
        display,
        required=leaf.required,
        default=default if isinstance(default, Known) else None,
    )


def _help(span: Span) -> Argument:
    return Argument(("--help", "-h"), "help", span, "--help", ArgumentAction.HELP, 0)
