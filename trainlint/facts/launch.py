"""Facts of a job and of the launch it makes: words, launchers, environment, script, arguments."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from trainlint.facts.launcher_config import LauncherConfig
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import record
from trainlint.source import Span


class Marker(Enum):
    """The state a job list gives a job."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@record
class Swallowed:
    """Characters of a word that the shell acts on before the program sees them (glob, brace, comment)."""

    text: str
    effect: str
    span: Span


#: What the shell does with swallowed characters: the values of `Swallowed.effect`.
BRACES = "brace expansion"
GLOB_MATCH = "file name expansion"
GLOB_NO_MATCH = "file name pattern that matches nothing"
COMMENT = "comment"
OPERATOR = "operator"


@record
class Placeholder(Unknown):
    """A value that the writer left to be filled in: `<path_to_x>`."""

    text: str


#: So many quotes and backslashes may stand between two parts that are written side by side.
_QUOTES = 3


def _follows(before: Span, span: Span) -> bool:
    gap = span.column - before.end_column
    return (before.file, before.end_line) == (span.file, span.line) and 0 <= gap <= _QUOTES


def _inside(inner: Span, outer: Span) -> bool:
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    ends = (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    return inner.file == outer.file and starts and ends


@record
class Word:
    """One word of a command after the shell has removed its quotes.

    `parts` alternates literal text and what only the environment knows. `spans` holds, for each part,
    where it is written; inside a literal part that needed no unquoting, characters map one to one.
    `splits` says that an unquoted unknown part may make this any number of words, none included.
    """

    raw: str
    span: Span
    parts: tuple[str | Unknown, ...]
    spans: tuple[Span, ...]
    swallowed: tuple[Swallowed, ...] = ()
    splits: bool = False

    @property
    def text(self) -> Value[str]:
        """The word as the program receives it, when nothing in it is unknown."""
        if len(self.parts) == 1:
            only = self.parts[0]
            return Known(only, self.span) if isinstance(only, str) else only
        for part in self.parts:
            if isinstance(part, Unknown):
                return part
        return Known("".join(part for part in self.parts if isinstance(part, str)), self.span)

    @property
    def literal_prefix(self) -> str:
        """The literal text before the first unknown part."""
        prefix = ""
        for part in self.parts:
            if isinstance(part, Unknown):
                break
            prefix += part
        return prefix

    def span_of(self, start: int, end: int) -> Span:
        """Where characters `start` to `end` of the unquoted text are written (the whole word if unclear)."""
        whole = self._place(start, end)
        if whole is not None:
            return whole
        first, last = self._place(start, start + 1), self._place(end - 1, end)
        if first is None or last is None or not self._side_by_side(start, end):
            return self.span
        return Span(first.file, first.line, first.column, last.end_line, last.end_column)

    def _side_by_side(self, start: int, end: int) -> bool:
        """Whether the parts that hold these characters stand in one place, and not in several assignments."""
        position, before = 0, None
        for part, span in zip(self.parts, self.spans, strict=True):
            length = len(part) if isinstance(part, str) else 0
            if position < end and start < position + length:
                if before is not None and not (
                    _follows(before, span) or (_inside(before, self.span) and _inside(span, self.span))
                ):
                    return False
                before = span
            position += length
        return True

    def _place(self, start: int, end: int) -> Span | None:
        """The place of characters that stand side by side in one part, each written as itself."""
        position = 0
        for part, span in zip(self.parts, self.spans, strict=True):
            if isinstance(part, Unknown):
                return None
            if position <= start and end <= position + len(part):
                if span.line != span.end_line or span.end_column - span.column != len(part):
                    return None
                column = span.column + start - position
                return Span(span.file, span.line, column, span.line, column + end - start)
            position += len(part)
        return None


@record
class TextProblem:
    """A place where a job list or command cannot be read as one (unbalanced quote, stray marker)."""

    message: str
    span: Span


@record
class Command:
    """One simple command: words in order, assignments in front of it kept as words too."""

    words: tuple[Word, ...]
    span: Span


class Form(Enum):
    """The kind of text that a launch is written down in."""

    COMMAND = "command"
    JOB_LIST = "job list"
    SHELL = "shell script"
    MARKDOWN = "Markdown"
    MAKEFILE = "Makefile"
    JUSTFILE = "justfile"
    WORKFLOW = "workflow"
    TASK = "task file"
    DOCKERFILE = "Dockerfile"
    PYTHON = "Python launcher"
    RST = "reStructuredText"


@record
class ShellSyntaxError:
    """A stretch of a shell text that bash cannot read."""

    message: str
    span: Span


@record
class UndefinedVariable:
    """A variable that no path of the text sets before this use and that no environment is known to set."""

    name: str
    nearest: str | None
    span: Span


class Cut(Enum):
    """What ends a command before its writer meant it to end."""

    BLANK_AFTER_BACKSLASH = "blank after backslash"
    COMMENT = "comment"
    EMPTY_LINE = "empty line"
    NO_BACKSLASH = "no backslash"


@record
class CutCommand:
    """A command that ends early; `lost` are the arguments below that it never gets, as written."""

    cut: Cut
    lost: tuple[str, ...]
    span: Span


@record
class TableEntryError:
    """An entry of a Python launcher's table that the launcher's own code cannot work with.

    `message` completes "entry `x` of `TABLE`: …" and `runtime` is what Python says. `certain` is False
    when something that depends on the entry may keep the code from getting there.
    """

    table: str
    entry: str
    message: str
    runtime: str
    certain: bool
    span: Span


#: Faults that the launches of a text have in common, or that keep a launch from being made.
ShellProblem = ShellSyntaxError | UndefinedVariable | CutCommand | TableEntryError


@record
class JobFacts:
    """One job of a job list, one command of a text or one raw command, and what the shell makes of it.

    `span` is where the command is written and `directory` the folder it starts in (after `cd x &&`),
    Unknown when only the run knows it. `via` are the places that lead to it, outermost first: the job
    that starts the script in which the command stands. `started_in` is the folder that the text was
    taken to be started in, None when the command's own folder does not depend on it. `written` are files
    that commands before this one write, and with `fetches` they may have brought any. `program` is which
    of the programs that its command text starts (`bash -c "a; b"`) this is, None where that is not settled.
    """

    span: Span
    text: str
    marker: Marker | None
    pid: int | None
    command: Command
    directory: Value[Path]
    exported: Mapping[str, Value[str]]
    problems: tuple[TextProblem, ...] = ()
    form: Form = Form.JOB_LIST
    via: tuple[Span, ...] = ()
    started_in: Path | None = None
    written: frozenset[Path] = frozenset()
    fetches: bool = False
    program: int | None = None


@record
class LaunchText:
    """A text that holds launches: the jobs in order and what could not be read.

    `shell_problems` are faults of the text that its shell would stumble over or act on in silence,
    `unverified` what of it was not read and why.
    """

    file: str
    jobs: tuple[JobFacts, ...]
    problems: tuple[TextProblem, ...]
    comments: tuple[Span, ...] = ()
    form: Form = Form.JOB_LIST
    shell_problems: tuple[ShellProblem, ...] = ()
    unverified: tuple[Unknown, ...] = ()


@record
class LauncherOption:
    """An option given to a launcher; `name` without a value is a switch."""

    launcher: str
    name: str
    value: Value[str] | None
    span: Span


@record
class UnknownOption:
    """An option that this launcher does not have; `nearest` is the one probably meant.

    `certain` is False when another version of the launcher, or a plugin, may have the option.
    """

    launcher: str
    option: str
    nearest: str | None
    span: Span
    certain: bool = True


@record
class InvalidOptionValue:
    """A value that this launcher refuses; `expected` completes "expected …"."""

    launcher: str
    option: str
    value: str
    expected: str
    span: Span


@record
class OptionAfterScript:
    """A launcher's option written behind the script, where the script would get it."""

    launcher: str
    option: str
    script: str
    span: Span


LauncherProblem = UnknownOption | InvalidOptionValue | OptionAfterScript


@record
class LauncherUse:
    """One launcher of a possibly nested series, outermost first."""

    name: str
    options: tuple[LauncherOption, ...]
    span: Span


class ScriptKind(Enum):
    """How the program is named; a shell script is one only as long as it is not found."""

    FILE = "file"
    MODULE = "module"
    SHELL = "shell script"


@record
class ScriptReference:
    """What the innermost launcher starts: `script.py` or `-m module`.

    `path` is the file when it is there, `searched` the places looked at, as shown to people, and
    `neighbours` the Python files that stand where it was looked for, written as `text` would be; of a
    script that is there, only those whose names its own name begins with.
    """

    kind: ScriptKind
    text: Value[str]
    path: Path | None
    searched: tuple[str, ...]
    neighbours: tuple[str, ...]
    span: Span


@record
class ShellCall:
    """A shell script that a launch ends in, and its arguments; `copied` says that slurm runs a copy of it."""

    path: Path
    arguments: tuple[Word, ...]
    copied: bool
    span: Span


@record
class LaunchFacts:
    """A launch, whatever text it came from.

    `directory` is where the process runs; `import_path` is the first-party part of `sys.path` at start
    (the script's folder or, for `-m`, the working directory, then PYTHONPATH). `script` is None for a
    command that starts no Python program. `configs` are the files that launchers read beside their options.
    `shell` is the script of a shell that is started in place of a Python program. `idle` says that the
    command surely launches nothing (`uv sync`, `srun hostname`, `python -c`). `programs` is how many programs
    a command text starts, of which this launch is one.
    """

    job: JobFacts
    launchers: tuple[LauncherUse, ...]
    environment: Mapping[str, Value[str]]
    directory: Value[Path]
    import_path: tuple[Path, ...]
    script: ScriptReference | None
    arguments: tuple[Word, ...]
    world_size: Value[int]
    problems: tuple[LauncherProblem, ...] = ()
    unverified: tuple[Unknown, ...] = ()
    shell: ShellCall | None = None
    configs: tuple[LauncherConfig, ...] = ()
    idle: bool = False
    programs: int = 1
