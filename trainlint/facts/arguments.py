"""Facts of a script's command line: what its argument parser accepts and what it says of a launch."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from trainlint.facts.launch import Word
from trainlint.facts.module import ModuleFacts
from trainlint.facts.value import Unknown, Value
from trainlint.record import record
from trainlint.source import Span


class ParserKind(Enum):
    """The library that reads the command line, as people call it."""

    ARGPARSE = "argparse"
    HF = "HfArgumentParser"
    TRL = "TrlParser"
    CLICK = "click"
    TYPER = "typer"
    TYRO = "tyro"
    JSONARGPARSE = "jsonargparse"
    SIMPLE_PARSING = "simple_parsing"
    DRACCUS = "draccus"
    PYRALLIS = "pyrallis"
    FIRE = "fire"
    ABSL = "absl"
    GLOBALS = "overrides of globals"


class ValueKind(Enum):
    """What texts a type takes; ANY is a type of which that is not known, WORDS takes its `words` only."""

    TEXT = "text"
    INT = "int"
    FLOAT = "float"
    WORDS = "words"
    LITERAL = "literal"
    ANY = "any"


@record
class ValueType:
    """What one value of an argument must look like.

    `name` is what the parser calls the type ("int", "str2bool"). `words` are all texts that a WORDS type
    takes, in lower case when `folds_case`, and those that a number may be beside numbers ("None"). `minimum`
    and `maximum` bound a number, both ends allowed. `message` is what a type of the project's own says itself
    when it refuses.
    """

    kind: ValueKind
    name: str
    words: tuple[str, ...] = ()
    folds_case: bool = False
    minimum: float | None = None
    maximum: float | None = None
    message: str | None = None


TEXT = ValueType(ValueKind.TEXT, "str")


class ArgumentAction(Enum):
    """What a parser does when it meets an argument; CUSTOM is code of the project's own."""

    STORE = "store"
    FLAG = "flag"
    BOOLEAN = "flag with a --no- form"
    COUNT = "count"
    APPEND = "append"
    EXTEND = "extend"
    HELP = "help"
    VERSION = "version"
    CUSTOM = "custom"


#: `nargs` in argparse's words: None is one value, a number that many, and these.
OPTIONAL, ANY_NUMBER, ONE_OR_MORE, REMAINDER, COMMAND = "?", "*", "+", "...", "A..."


@record
class Argument:
    """One option or positional argument, with the place that defines it.

    `names` are all spellings of an option as typed ("--lr", "-l", "--no-lr"), empty for a positional.
    `nargs` is in argparse's words, 0 for a flag, Unknown when it is computed. `choices` is None when any
    value of the type will do; they are compared after conversion to the type. `required` is None when
    only a run knows. `certain` is False when some runs do not have the argument. `display` is how the
    parser names it in its errors ("--lr/-l"). `unknown` says why its values are not checked. `initial` is
    what the program gets where nothing is given and no `default` is stated; when it is `suppressed`, the
    program gets no such argument at all then.
    """

    names: tuple[str, ...]
    dest: str
    span: Span
    display: str
    action: ArgumentAction = ArgumentAction.STORE
    nargs: int | str | Unknown | None = None
    type: ValueType = TEXT
    choices: tuple[object, ...] | Unknown | None = None
    required: bool | None = False
    default: Value[object] | None = field(default=None, compare=False)
    certain: bool = True
    unknown: Unknown | None = None
    initial: Value[object] | None = field(default=None, compare=False)
    suppressed: bool = field(default=False, compare=False)

    @property
    def is_option(self) -> bool:
        """Whether it is given by name."""
        return bool(self.names)


@record
class ExclusiveGroup:
    """Arguments (by `Argument`) of which only one may be given; one must be when `required`."""

    members: tuple[Argument, ...]
    required: bool | None
    certain: bool = True


@record
class Subcommands:
    """The commands that a positional argument chooses from; `open` says why there may be more.

    `parsers` maps each name and alias to what follows it. `display` is how the parser names the choice.
    """

    dest: str | None
    display: str
    required: bool | None
    parsers: tuple[tuple[str, CommandLineFacts], ...]
    span: Span
    open: Unknown | None = None
    certain: bool = True


@record
class Overrides:
    """Code that a script executes over its own globals to read its arguments.

    `names` are the globals at that point with their values, `places` where they are set. `more` says why
    there may be others. `read` are all names that the script mentions. Of names in `typed` only the type is
    known, and their value is one of that type. `loop` is the code where it stands in the script itself.
    """

    code: ModuleFacts = field(compare=False, repr=False)
    names: Mapping[str, Value[object]] = field(compare=False, repr=False)
    places: Mapping[str, Span] = field(compare=False, repr=False)
    read: frozenset[str]
    more: Unknown | None = None
    typed: frozenset[str] = frozenset()
    loop: ast.stmt | None = field(default=None, compare=False, repr=False)


@record
class RefusedArgument:
    """An argument at which code of the script's own stops; `reason` completes "the script …"."""

    argument: str
    reason: str
    span: Span
    runtime: str
    nearest: str | None = None
    defined: Span | None = None
    certain: bool = True


@record
class CommandLineFacts:
    """What one parser accepts.

    `open` says why there may be more options, or more to options, than are known: then nothing that is
    not known is refused. `keeps_unknown` holds for parsers that leave what they do not know to others
    (`parse_known_args`). `abbreviates` is whether a unique beginning of a long option will do.
    `interspersed` is False when the first positional ends the options. `folds_dashes` is for parsers to
    which `-` and `_` within names are one. `from_file` are the characters that make a word the name of a
    file of arguments. `borrowed` is what may take more arguments: an installed package of whose classes
    some are, of which another version may be meant. `lone_file` are the endings of a file that may stand
    in the place of all arguments, and `config_options` the options that name a file with values by the
    names of the arguments. `overrides` is the code that reads the arguments where no parser does.
    """

    kind: ParserKind
    span: Span
    options: tuple[Argument, ...] = ()
    positionals: tuple[Argument, ...] = ()
    exclusive: tuple[ExclusiveGroup, ...] = ()
    subcommands: Subcommands | None = None
    open: Unknown | None = None
    prefix_chars: str = "-"
    from_file: str = ""
    abbreviates: bool | None = True
    keeps_unknown: bool = False
    intermixed: bool = False
    interspersed: bool = True
    folds_dashes: bool = False
    borrowed: str | None = None
    lone_file: tuple[str, ...] = ()
    config_options: tuple[str, ...] = ()
    overrides: Overrides | None = None


@record
class ParserUse:
    """One parse of the command line as the script runs.

    `skip` arguments in front are not given to the parser. `after` is the index of the use whose leftovers
    it is given, None when it is the command line itself. `certain` is False when some runs do not parse.
    `drops` says that the script does nothing with what a parser that keeps unknown arguments leaves.
    """

    parser: CommandLineFacts
    span: Span
    skip: int = 0
    after: int | None = None
    certain: bool = True
    drops: bool = False


#: Where settings come from that are put together.
COMMAND_LINE, FILE, LATER = "the command line", "the file", "what comes later"


@record
class Merge:
    """A place that puts settings of the command line and of a file together; `last` holds over the other.

    `certain` says that every run does it.
    """

    last: str
    span: Span
    certain: bool


@record
class CommandLineReading:
    """How a script reads its command line: parses in the order of the run, and what was not followed."""

    uses: tuple[ParserUse, ...]
    unverified: tuple[Unknown, ...] = ()
    merges: tuple[Merge, ...] = ()


@record
class UnknownArgument:
    """An argument that the parser does not have: an option, or a positional too many.

    `runtime` is what the parser says, here and below. `certain` is False when another version of the
    parser, or a path of the code that could not be excluded, takes the argument, or drops it in silence.
    """

    argument: str
    nearest: str | None
    span: Span
    runtime: str
    certain: bool = True


@record
class MissingArgument:
    """An argument that the parser insists on; `name` is as the parser says it, `defined` where it is made."""

    name: str
    span: Span
    runtime: str
    defined: Span | None = None
    certain: bool = True


@record
class InvalidArgument:
    """A value that the parser refuses for an argument; `expected` completes "expects …".

    `value` is None when no value, or too few, are given.
    """

    argument: str
    value: str | None
    expected: str
    span: Span
    runtime: str
    defined: Span | None = None
    nearest: str | None = None
    certain: bool = True


@record
class ConflictingArgument:
    """An argument that cannot stand beside another that is given too."""

    argument: str
    other: str
    span: Span
    runtime: str
    defined: Span | None = None
    certain: bool = True


ArgumentProblem = UnknownArgument | MissingArgument | InvalidArgument | ConflictingArgument | RefusedArgument


@record
class GivenArgument:
    """An argument with the words of the command that are its values; `word` is where it was named."""

    argument: Argument
    word: Word
    values: tuple[Word, ...]


@record
class CommandLineCheck:
    """A launch's arguments held against what its script accepts.

    `unverified` says what could not be held against anything: when it is empty and there are no
    problems, the parser accepts the command line. `given` is what was recognised, in order. `values` are
    the values that arguments have in this launch, by their names in the program, None where that was not
    found out; `more` says why there may be others.
    """

    reading: CommandLineReading
    problems: tuple[ArgumentProblem, ...]
    unverified: tuple[Unknown, ...]
    given: tuple[GivenArgument, ...] = ()
    values: Mapping[str, Value[object]] | None = field(default=None, compare=False)
    more: Unknown | None = None
