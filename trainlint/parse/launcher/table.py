"""The form of a launcher's option table: data that says what each option takes and means to a launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from trainlint.record import record


class Meaning(Enum):
    """What an option does to the launch, beside what it does to the launcher."""

    NOTHING = "nothing"
    MODULE = "the program is a module: the option's value, or for a switch the next word"
    CODE = "the value is Python code"
    TEXT = "the value is a command line that a shell reads again"
    NO_PYTHON = "the next word is a program of its own, not a Python script"
    DIRECTORY = "the value is the folder to run in"
    SET = "the value NAME=VALUE goes to the environment"
    SET_LIST = "the value NAME=VALUE,… goes to the environment"
    CONTAINER = "the program runs inside a container image"
    UNSET = "the variable that the value names leaves the environment"
    NODES = "number of machines"
    PROCESSES = "number of processes in all"
    PER_NODE = "number of processes on each machine"
    NO_PROGRAM = "the launcher then starts no program that we read"


class Kind(Enum):
    """Which values a launcher accepts; the text completes "expected …"."""

    TEXT = "any text"
    INTEGER = "an integer"
    NUMBER = "a number"
    NODES = "a number of machines, or a range of two such as `1:4`"
    WORKERS = "an integer, `auto`, `cpu`, `gpu` or `xpu`"
    CHOICE = "one of a list"


@record
class Option:
    """One option with every spelling, the canonical one first; `takes` is how many words follow it.

    `distinct` marks options that hardly any script has itself.
    """

    names: tuple[str, ...]
    takes: int = 1
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    meaning: Meaning = Meaning.NOTHING
    distinct: bool = False


class Starts(Enum):
    """What stands behind a launcher's options."""

    COMMAND = "a command of its own"
    SCRIPT = "a Python script or module"
    SHELL = "a shell script"
    NOTHING = "nothing that we read"


@dataclass(frozen=True)
class Launcher:
    """One launcher.

    `subcommands` must follow the name (`ray job submit`); `positionals` is how many words of its own
    stand before the command; `assignments` says that NAME=VALUE words may stand there too. With
    `complete`, an option that is not in the table is certainly wrong; otherwise only near misses are.
    `abbreviations` says that a long option may be cut short, `single_dash` that it may be written with
    one dash, `refuses_dashes` that no value may begin with a dash (Python's argparse). A launcher with
    `processes` decides how many processes run: `nodes` and `per_node` are what it takes when its
    options do not say, None when only the machine knows.
    """

    name: str
    options: tuple[Option, ...]
    starts: Starts = Starts.COMMAND
    subcommands: tuple[str, ...] = ()
    positionals: int = 0
    assignments: bool = False
    complete: bool = False
    abbreviations: bool = False
    single_dash: bool = False
    refuses_dashes: bool = False
    processes: bool = False
    nodes: int | None = None
    per_node: int | None = None

    @cached_property
    def by_name(self) -> Mapping[str, Option]:
        """Every spelling of every option; without dashes when one dash is as good as two."""
        return {self.key(name): option for option in self.options for name in option.names}

    @cached_property
    def distinct(self) -> frozenset[str]:
        """The spellings of options that hardly any script has itself."""
        return frozenset(name for option in self.options if option.distinct for name in option.names)

    def key(self, name: str) -> str:
        """The form in which a spelling is looked up."""
        return name.lstrip("-") if self.single_dash and len(name) > 1 else name


def options(
    text: str,
    takes: int = 0,
    kind: Kind = Kind.TEXT,
    meaning: Meaning = Meaning.NOTHING,
    choices: tuple[str, ...] = (),
    distinct: bool = False,
) -> tuple[Option, ...]:
    """Options of one kind, separated by blanks, each with its spellings separated by `|`."""
    return tuple(
        Option(tuple(names.split("|")), takes, kind, choices, meaning, distinct) for names in text.split()
    )


def either_dash(table: tuple[Option, ...]) -> tuple[Option, ...]:
    """The options with a twin `--a-b` for each `--a_b`."""
    return tuple(
        Option(
            _twins(option.names), option.takes, option.kind, option.choices, option.meaning, option.distinct
        )
        for option in table
    )


def _twins(names: tuple[str, ...]) -> tuple[str, ...]:
    twins = tuple(name.replace("_", "-") for name in names if "_" in name)
    return (*names, *twins)
