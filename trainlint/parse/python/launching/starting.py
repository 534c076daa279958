"""Calls that start a program in, the start with its words, folder and environment out."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from trainlint.facts.value import Known, Unknown
from trainlint.facts.value import Value as Leaf
from trainlint.parse.python.launching.containers import elements_of
from trainlint.parse.python.launching.frame import Raised, Run, Start
from trainlint.parse.python.launching.texts import as_text
from trainlint.parse.python.launching.values import (
    Call,
    FilePath,
    Items,
    Library,
    Opaque,
    Plain,
    Rest,
    Table,
    Value,
    type_name,
)
from trainlint.parse.python.launching.wording import a_kind
from trainlint.parse.shell.state import Text

Starter = Callable[[Call], Value]


def _words(values: Sequence[Value | Rest], call: Call) -> tuple[Text | Rest, ...] | None:
    """The arguments as the program gets them; None when they are not followed."""
    found: list[Text | Rest] = []
    for value in values:
        if isinstance(value, Rest | Text):
            found.append(value)
        elif isinstance(value, FilePath | Opaque | Library):
            found.append(as_text(value))
        else:
            kind = type_name(value)
            if kind is None:
                return None
            message = f"is {a_kind(kind)} in a command, where each argument must be a text"
            runtime = f"TypeError: expected str, bytes or os.PathLike object, not {kind}"
            raise call.frame.run.raised("TypeError", message, value.span, runtime)
    return tuple(found)


def _start(call: Call, words: tuple[Text | Rest, ...], shell: bool, given: Value | None = None) -> None:
    directory = _directory(call)
    environment = given if given is not None else call.argument("env")
    call.frame.run.starts.append(Start(words, shell, call.span, directory, _exported(environment, call)))


def _directory(call: Call) -> Leaf[Path]:
    run, given = call.frame.run, call.argument("cwd")
    if given is None or (isinstance(given, Plain) and given.constant is None):
        return run.folder
    return entered_folder(as_text(given).value, run)


def entered_folder(text: Leaf[str], run: Run) -> Leaf[Path]:
    """The folder that a path leads to; one that is not there may be made by the run."""
    if isinstance(text, Unknown):
        return text
    if isinstance(run.folder, Unknown) and not os.path.isabs(text.value):
        return run.folder
    base = run.folder.value if isinstance(run.folder, Known) else Path("/")
    path = run.files.absolute(base / text.value)
    if not run.files.is_dir(path):
        return Unknown(f"the folder `{text.value}` is not on this machine", text.span)
    return Known(path, text.span)


def _exported(given: Value | None, call: Call) -> dict[str, Leaf[str]]:
    """The variables that the launcher sets for the program."""
    if given is None or (isinstance(given, Plain) and given.constant is None):
        given = call.frame.run.environment
    if not isinstance(given, Table):
        return {}
    return {key: as_text(value).value for key, (_, value) in given.entries.items() if isinstance(key, str)}


def _run(call: Call) -> Value:
    """`subprocess.run(args, shell=…)` and its relatives."""
    command, shell = call.argument("args", 0), call.argument("shell")
    if command is None:
        return call.unknown()
    if shell is not None and not isinstance(shell, Plain):
        return call.unknown()
    uses_shell = isinstance(shell, Plain) and bool(shell.constant)
    if isinstance(command, Text | FilePath):
        _start(call, (as_text(command),), uses_shell)
    elif isinstance(command, Items):
        words = _words(command.elements, call)
        if words is not None:
            _start(call, words[:1] if uses_shell else words, uses_shell)
    return call.unknown()


def _shell(call: Call) -> Value:
    """`os.system(text)`."""
    command = call.argument("command", 0) or call.argument("cmd")
    if isinstance(command, Text):
        _start(call, (command,), True)
    return call.unknown()


def _async_exec(call: Call) -> Value:
    words = _words(call.values, call)
    if words:
        _start(call, words, False)
    return call.unknown()


def _exec(position: int, listed: bool, environment: bool, ends: bool) -> Starter:
    """`os.exec*` and `os.spawn*`: the file stands at a position, the program's own name behind it."""

    def start(call: Call) -> Value:
        values = list(call.values[position:])
        if not values or isinstance(values[0], Rest):
            return call.unknown()
        given: Value | None = None
        if environment and len(values) > 2:
            last = values.pop()
            given = last if not isinstance(last, Rest) else None
        arguments = values[1:]
        if listed:
            first = arguments[0] if arguments else None
            if first is None or isinstance(first, Rest):
                return call.unknown()
            arguments = elements_of(first, call.node, call.frame)
        words = _words([values[0], *arguments[1:]], call)
        if words is not None and not (arguments and isinstance(arguments[0], Rest)):
            _start(call, words, False, given)
        if ends:
            raise Raised("SystemExit")
        return call.unknown()

    return start


def _torchrun(*words: str) -> Starter:
    """`torch.distributed.run.main(args)`."""

    def start(call: Call) -> Value:
        given = call.argument("args", 0)
        elements = elements_of(given, call.node, call.frame) if isinstance(given, Items) else None
        arguments = _words(elements, call) if elements is not None else None
        if arguments is not None:
            place = call.frame.place(call.node.func)
            _start(call, (*(Text((word,), (place,)) for word in words), *arguments), False)
        return call.unknown()

    return start


def _command_function(call: Call) -> Value:
    """`submitit.helpers.CommandFunction(command)`."""
    command = call.argument("command", 0)
    words = _words(command.elements, call) if isinstance(command, Items) else None
    if words is not None:
        _start(call, words, False)
    return call.unknown()


def _parsed(call: Call) -> Value | None:
    """`torch.distributed.run.parse_args(args)` is as good as its arguments."""
    return call.argument("args", 0)


STARTERS: dict[str, Callable[[Call], Value | None]] = {
    **{f"subprocess.{name}": _run for name in ("run", "call", "check_call", "check_output", "Popen")},
    **{f"subprocess.{name}": _shell for name in ("getoutput", "getstatusoutput")},
    "os.system": _shell,
    "os.popen": _shell,
    "asyncio.create_subprocess_shell": _shell,
    "asyncio.create_subprocess_exec": _async_exec,
    **{
        f"os.exec{kind}": _exec(0, kind.startswith("v"), kind.endswith("e"), ends=True)
        for kind in ("l", "lp", "le", "lpe", "v", "vp", "ve", "vpe")
    },
    **{
        f"os.spawn{kind}": _exec(1, kind.startswith("v"), kind.endswith("e"), ends=False)
        for kind in ("l", "lp", "le", "lpe", "v", "vp", "ve", "vpe")
    },
    "os.posix_spawn": _exec(0, True, True, ends=False),
    "os.posix_spawnp": _exec(0, True, True, ends=False),
    "torch.distributed.run.main": _torchrun("torchrun"),
    "torch.distributed.run.parse_args": _parsed,
    "torch.distributed.run.run": _torchrun("torchrun"),
    "torch.distributed.launch.main": _torchrun("python", "-m", "torch.distributed.launch"),
    "submitit.helpers.CommandFunction": _command_function,
}
