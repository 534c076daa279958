"""Functions over paths, the environment and shell text in, what they give for known arguments out."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable

from trainlint.facts.value import Unknown
from trainlint.parse.python.launching.arguments_of import Function, elements, first, none
from trainlint.parse.python.launching.commandline import environment_variable
from trainlint.parse.python.launching.conditions import identity
from trainlint.parse.python.launching.operations import path_joined, path_of
from trainlint.parse.python.launching.shelltext import quoted, split_words
from trainlint.parse.python.launching.starting import entered_folder
from trainlint.parse.python.launching.texts import as_text, joined, located
from trainlint.parse.python.launching.values import (
    Call,
    FilePath,
    Items,
    NotKnownError,
    Opaque,
    Rest,
    Value,
    python_of,
    type_name,
    value_of,
)
from trainlint.parse.python.launching.wording import a_kind
from trainlint.parse.shell.state import Text


def _join_paths(call: Call) -> Value | None:
    texts = [as_text(value) for value in call.values if isinstance(value, Text | FilePath | Opaque)]
    return path_joined(texts, call.span) if len(texts) == len(call.values) and texts else None


def _path(call: Call) -> Value | None:
    if not call.values:
        return path_of(Text((".",), (call.span,)))
    texts = [as_text(value) for value in call.values if isinstance(value, Text | FilePath | Opaque)]
    if len(texts) != len(call.values):
        return None
    return (
        path_of(texts[0])
        if len(texts) == 1
        else FilePath(path_joined([path_of(t).text for t in texts], call.span))
    )


def _path_part(function: Callable[[str], str], from_end: bool) -> Function:
    def cut(call: Call) -> Value | None:
        given = first(call)
        if not isinstance(given, Text | FilePath):
            return None
        text = as_text(given)
        known = text.known
        if known is None:
            return None
        made = function(known)
        start = len(known) - len(made) if from_end else 0
        return (
            located(text, made, start)
            if known[start : start + len(made)] == made
            else Text((made,), (text.span,))
        )

    return cut


def _absolute(call: Call) -> Value | None:
    given, folder = first(call), call.frame.run.folder
    if not isinstance(given, Text | FilePath) or isinstance(folder, Unknown):
        return None
    text = as_text(given)
    if text.known is None:
        return None
    made = posixpath.normpath(posixpath.join(str(folder.value), text.known))
    return text if made == text.known else Text((made,), (text.span,))


def _expanded(call: Call) -> Value | None:
    given = first(call)
    if isinstance(given, Text) and isinstance(given.parts[0], str) and not given.parts[0].startswith("~"):
        return given
    return None


def _splitext(call: Call) -> Value | None:
    given = first(call)
    if not isinstance(given, Text) or given.known is None:
        return None
    stem, extension = posixpath.splitext(given.known)
    parts = [located(given, stem, 0), located(given, extension, len(stem))]
    return Items(list(parts), "tuple", given.span)


def _there(call: Call) -> Value | None:
    given = first(call)
    if given is None:
        return None
    return call.frame.opaque(call.node, key=("there", call.name, identity(given)), free=True)


def _directory(call: Call) -> Value | None:
    folder = call.frame.run.folder
    if isinstance(folder, Unknown):
        return None
    text = Text((str(folder.value),), (call.span,))
    return FilePath(text) if "Path" in call.name else text


def _change_directory(call: Call) -> Value | None:
    given = first(call)
    text = as_text(given).value if given is not None else call.unknown().unknown
    call.frame.run.folder = entered_folder(text, call.frame.run)
    return none(call)


def _getenv(call: Call) -> Value | None:
    key, run = first(call), call.frame.run
    known = key.known if isinstance(key, Text) else None
    if known is not None and known in run.environment.entries:
        return run.environment.entries[known][1]
    return environment_variable(call, known)


def _free(call: Call) -> Value | None:
    """What the machine or the user decides, the same each time it is asked."""
    given = tuple(identity(value) for value in call.values if not isinstance(value, Rest))
    return call.frame.opaque(call.node, key=(call.name, given), free=True)


def _shell_text(element: Value | Rest, call: Call) -> Text:
    if isinstance(element, Rest):
        return Text((element.unknown,), (element.span,))
    kind = None if isinstance(element, Text) else type_name(element)
    if kind is not None:
        message = f"is {a_kind(kind)} where a text is quoted"
        runtime = f"TypeError: expected string or bytes-like object, got '{kind}'"
        raise call.frame.run.raised("TypeError", message, element.span, runtime)
    return quoted(as_text(element))


def _shell_join(call: Call) -> Value | None:
    texts = [_shell_text(element, call) for element in elements(call)]
    return joined(Text((" ",), (call.span,)), texts, call.span)


def _shell_quote(call: Call) -> Value | None:
    given = first(call)
    return _shell_text(given, call) if given is not None else None


def _shell_split(call: Call) -> Value | None:
    given = first(call)
    if not isinstance(given, Text):
        return None
    words = split_words(given)
    return Items(list(words) if words is not None else [Rest(call.unknown().unknown)], "list", call.span)


def _dumps(call: Call) -> Value | None:
    given = first(call)
    if given is None or call.words:
        return None
    try:
        return value_of(json.dumps(python_of(given)), given.span)
    except (NotKnownError, TypeError, ValueError):
        return None


SYSTEM_FUNCTIONS: dict[str, Function] = {
    "os.path.join": _join_paths,
    "os.path.dirname": _path_part(posixpath.dirname, from_end=False),
    "os.path.basename": _path_part(posixpath.basename, from_end=True),
    "os.path.normpath": _path_part(posixpath.normpath, from_end=False),
    "os.path.abspath": _absolute,
    "os.path.realpath": _absolute,
    "os.path.expanduser": _expanded,
    "os.path.splitext": _splitext,
    **{f"os.path.{name}": _there for name in ("exists", "isfile", "isdir", "lexists")},
    "shutil.which": _there,
    "os.getcwd": _directory,
    "pathlib.Path.cwd": _directory,
    "os.chdir": _change_directory,
    "os.getenv": _getenv,
    **{f"pathlib.{name}": _path for name in ("Path", "PurePath", "PosixPath", "PurePosixPath")},
    **dict.fromkeys(("torch.cuda.is_available", "torch.cuda.device_count", "input", "os.cpu_count"), _free),
    "shlex.join": _shell_join,
    "shlex.quote": _shell_quote,
    "shlex.split": _shell_split,
    "json.dumps": _dumps,
}
