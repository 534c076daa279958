"""A parser and one of its arguments in, all ways to type it out: `--name value`, `--no-name`, `value`."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.arguments import (
    ANY_NUMBER,
    OPTIONAL,
    Argument,
    ArgumentAction,
    CommandLineFacts,
    ParserKind,
)
from trainlint.facts.value import Unknown

_BARE = (ArgumentAction.FLAG, ArgumentAction.BOOLEAN, ArgumentAction.COUNT)
_VALUED = (ArgumentAction.STORE, ArgumentAction.APPEND, ArgumentAction.EXTEND)
#: Parsers whose flags may be told a truth value: `--flag=true`.
_TOLD = (ParserKind.ABSL, ParserKind.FIRE, ParserKind.JSONARGPARSE)


def ways_of(parser: CommandLineFacts, argument: Argument) -> tuple[str, ...]:
    """Each way with `value` where one is given; none where it is not known how it is taken."""
    if argument.unknown is not None or not argument.certain or isinstance(argument.nargs, Unknown):
        return ()
    if not argument.is_option:
        return ("value",)
    found = (way for name in argument.names for way in _of_name(parser, argument, name))
    return tuple(dict.fromkeys(found))


def _of_name(parser: CommandLineFacts, argument: Argument, name: str) -> Iterator[str]:
    spellings = [name]
    if parser.folds_dashes:
        stem = name.lstrip("-")
        head = name[: len(name) - len(stem)]
        spellings += [head + stem.replace("_", "-"), head + stem.replace("-", "_")]
    for spelled in spellings:
        if argument.action in _BARE:
            yield spelled
            if parser.kind in _TOLD:
                yield f"{spelled}=value"
        elif argument.action in _VALUED:
            yield from _with_value(parser, argument, spelled)


def _with_value(parser: CommandLineFacts, argument: Argument, name: str) -> Iterator[str]:
    if argument.nargs == 0:
        yield name
        return
    many = argument.nargs if isinstance(argument.nargs, int) else 1
    yield f"{name}{' value' * many}"
    if many == 1 and (name.startswith("--") or parser.kind is ParserKind.ARGPARSE):
        yield f"{name}=value"
    if argument.nargs in (OPTIONAL, ANY_NUMBER):
        yield name
