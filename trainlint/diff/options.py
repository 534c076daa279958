"""What a script reads from its users in: arguments, globals that the command line overrides, config keys."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from trainlint.chain.arguments.override_ways import last_say, takes_files, ways_to_set
from trainlint.chain.config_values import plain
from trainlint.chain.evaluation import Evaluation
from trainlint.chain.resolving import Resolve
from trainlint.diff.ways import ways_of
from trainlint.facts.arguments import (
    ANY_NUMBER,
    OPTIONAL,
    REMAINDER,
    Argument,
    ArgumentAction,
    CommandLineFacts,
    CommandLineReading,
    Merge,
    Overrides,
    ParserKind,
)
from trainlint.facts.behaviour import Access, Behaviour, Read
from trainlint.facts.config import ConfigMap, ConfigNode, Key
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Setting
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import record
from trainlint.source import Span

#: How options are given.
EQUALS, VALUE, FLAG, POSITIONAL, KEY = "--name=value", "--name value", "--name", "name", "key=value"
_FLAGS = (ArgumentAction.FLAG, ArgumentAction.BOOLEAN, ArgumentAction.COUNT)
#: What a word without a name is called where it is the name of a settings file.
_FILE = "settings file"
_ENDING = (ArgumentAction.HELP, ArgumentAction.VERSION)


@record
class Declared:
    """Something that a user can set.

    `name` is its name in the program, `spellings` how it is typed. `default` is None where it must be given,
    and Unknown where only a run knows it. `read` says whether the code that was followed uses it. `argument`
    is what its parser knows of it; a global and a config key have none. `ways` are all ways to type it, with
    `value` for its value, none where they are not known; `told` is the place that makes it an option.
    """

    name: str
    default: Value[object] | None
    form: str
    span: Span
    read: bool
    spellings: tuple[str, ...] = ()
    argument: Argument | None = None
    ways: tuple[str, ...] = ()
    told: Span | None = None


def argument_options(
    reading: CommandLineReading | None, script: ModuleFacts, behaviour: Behaviour, defaults: Evaluation
) -> tuple[Declared, ...]:
    """The options of a script that reads its arguments itself, each name once."""
    read = _names_read(behaviour)
    fields = _fields(behaviour)
    found: dict[str, Declared] = {}
    for use in reading.uses if reading is not None else ():
        overrides = use.parser.overrides
        options = (
            _globals(overrides, script, use.span) if overrides is not None else _arguments(use.parser, read)
        )
        for option in options:
            if option.name in fields and option.argument is not None and option.argument.suppressed:
                setting, place = fields[option.name]
                option = replace(option, default=defaults.value(setting), span=place)
            found.setdefault(option.name, option)
    return tuple(found.values())


def _fields(behaviour: Behaviour) -> dict[str, tuple[Setting, Span]]:
    """The arguments that are put into objects of classes with defaults of their own, and where those are."""
    reads = (event.setting for event in behaviour.events if isinstance(event, Read))
    return {
        setting.path[0]: (setting, setting.field.span)
        for setting in reads
        if len(setting.path) == 1 and setting.field is not None
    }


def merges_of(reading: CommandLineReading | None) -> tuple[Merge, ...]:
    """Where settings of the command line and of files are put together, and which have the last say."""
    found = list(reading.merges) if reading is not None else []
    for use in reading.uses if reading is not None else ():
        last = last_say(use.parser.overrides) if use.parser.overrides is not None else None
        if last is not None:
            found.append(Merge(last, use.span, certain=True))
    return tuple(found)


def config_options(root: ConfigMap, resolve: Resolve, behaviour: Behaviour) -> tuple[Declared, ...]:
    """The keys of a composed config that hold values."""
    read = [event.setting.path for event in behaviour.events if isinstance(event, Read)]
    return tuple(
        Declared(
            ".".join(map(str, path)),
            plain(node, path, resolve),
            KEY,
            node.origin.key_span,
            any(_covers(known, path) for known in read),
            ways=(f"{'.'.join(map(str, path))}=value",),
        )
        for path, node in _leaves(root, ())
    )


def without_value(reading: CommandLineReading) -> Mapping[str, Unknown]:
    """Why arguments have no value where none is given: those that must be given, and that some runs lack."""
    return {
        argument.dest: Unknown(f"`{argument.display}` must be given", argument.span)
        for use in reading.uses
        for argument in all_arguments(use.parser)
        if _is_needed(argument)
    }


def below_commands(reading: CommandLineReading) -> Mapping[str, Value[object]]:
    """The values of arguments that commands have, where all commands that have one agree."""
    found: dict[str, Value[object]] = {}
    for use in reading.uses:
        for argument in _of_commands(use.parser):
            default = _default(argument)
            other = found.get(argument.dest, default)
            same = isinstance(other, Known) and isinstance(default, Known) and other.value == default.value
            reason = f"`{argument.display}` is another one with each command"
            found[argument.dest] = default if same else Unknown(reason, argument.span)
    return found


def _of_commands(parser: CommandLineFacts) -> Iterator[Argument]:
    for _, below in parser.subcommands.parsers if parser.subcommands is not None else ():
        yield from all_arguments(below)


def _default(argument: Argument) -> Value[object]:
    """What the program gets where nothing is given."""
    unknown = Unknown(f"the default of `{argument.display}` is not known", argument.span)
    return argument.default or argument.initial or unknown


def _is_needed(argument: Argument) -> bool:
    """Whether a run without the argument does not start, or may not."""
    empty = not argument.is_option and argument.nargs in (OPTIONAL, ANY_NUMBER, REMAINDER)
    return argument.required is not False and not empty


def all_arguments(parser: CommandLineFacts) -> Iterator[Argument]:
    """The arguments of a parser and of the commands below it."""
    yield from parser.options
    yield from parser.positionals
    yield from _of_commands(parser)


def _arguments(parser: CommandLineFacts, read: frozenset[str] | None) -> Iterator[Declared]:
    made = Counter(argument.span for argument in all_arguments(parser))
    for argument in all_arguments(parser):
        # What the library itself takes stands nowhere in the script.
        if argument.action in _ENDING or (parser.kind is ParserKind.ABSL and argument.span == parser.span):
            continue
        yield Declared(
            argument.dest,
            None if _is_needed(argument) else _default(argument),
            _form(argument),
            _place(argument) if made[argument.span] > 1 else argument.span,
            read is None or argument.dest in read,
            argument.names,
            argument,
            ways_of(parser, argument),
            argument.span,
        )


def _place(argument: Argument) -> Span:
    """Where one of the arguments that a loop makes is stated: its default tells it from the others."""
    default = argument.default
    return default.span if isinstance(default, Known) else argument.span


def _form(argument: Argument) -> str:
    if not argument.is_option:
        return POSITIONAL
    return FLAG if argument.action in _FLAGS else VALUE


def _globals(overrides: Overrides, script: ModuleFacts, told: Span) -> Iterator[Declared]:
    """The globals that take the place of arguments: numbers, texts and truth values."""
    loaded = {
        node.id for node in script.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    for name, value in overrides.names.items():
        place = overrides.places.get(name)
        if place is None or name.startswith("_"):
            continue
        if isinstance(value, Known) and isinstance(value.value, (bool, int, float, str)):
            default: Value[object] = Unknown("it is computed", place) if name in overrides.typed else value
            ways = ways_to_set(overrides, name)
            yield Declared(name, default, EQUALS, place, name in loaded, (f"--{name}",), ways=ways, told=told)
    if takes_files(overrides):
        yield Declared(_FILE, None, POSITIONAL, told, True, ways=("value",), told=told)


def _names_read(behaviour: Behaviour) -> frozenset[str] | None:
    """The arguments that code asks for; None where it hands them on as a whole."""
    reads = [event for event in behaviour.events if isinstance(event, Read)]
    if any(not event.setting.path and event.access is Access.WHOLE for event in reads):
        return None
    return frozenset(event.setting.path[0] for event in reads if event.setting.path)


def _covers(known: tuple[str, ...], path: tuple[Key, ...]) -> bool:
    """Whether reading one path reads another: the same, or a part that holds it."""
    return len(known) <= len(path) and all(
        step in ("*", str(key)) for step, key in zip(known, path, strict=False)
    )


def _leaves(node: ConfigNode, path: tuple[Key, ...]) -> Iterable[tuple[tuple[Key, ...], ConfigNode]]:
    if isinstance(node, ConfigMap) and node.children:
        for key, child in node.children.items():
            yield from _leaves(child, (*path, key))
    elif path:
        yield path, node
