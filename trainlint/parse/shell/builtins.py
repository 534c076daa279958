"""The words of a builtin that changes the shell itself in, the state changed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.shell.arithmetic import evaluate
from trainlint.parse.shell.printf import formatted
from trainlint.parse.shell.state import Array, Shell, Text, text_of
from trainlint.regex import regex
from trainlint.source import Files

#: Commands that can create the folder that a later `cd` enters.
_CREATING = frozenset(("git", "mkdir", "tar", "unzip", "cp", "mv", "rsync", "install", "ln", "wget", "curl"))
_NAME = regex(r"[A-Za-z_]\w*\Z", re.ASCII)
_GLOBBING = frozenset(("nullglob", "failglob", "dotglob", "nocaseglob", "globstar", "extglob"))
_ELEMENT = regex(r"([A-Za-z_]\w*)\[(.+)\]\Z", re.ASCII | re.DOTALL)


def apply_builtin(shell: Shell, words: Sequence[Word]) -> bool:
    """Whether the command is a builtin that changes the shell itself; if so, it has been done."""
    name = words[0].text
    if isinstance(name, Unknown):
        return False
    shell.creates |= name.value in _CREATING
    if name.value == "printf" and not (len(words) > 1 and words[1].raw == "-v"):
        return False
    builtin = _BUILTINS.get(name.value)
    if builtin is None:
        return False
    builtin(shell, words)
    return True


def _cd(shell: Shell, words: Sequence[Word]) -> None:
    targets = [word for word in words[1:] if word.raw not in ("-L", "-P", "-e", "-@", "--")]
    enter(shell, _entered(shell, words[0], targets))


def enter(shell: Shell, directory: Value[Path]) -> None:
    """Go to a folder; the one that is left is where `cd -` leads to."""
    before = shell.directory
    value = Known(str(before.value), directory.span) if isinstance(before, Known) else before
    shell.variables["OLDPWD"] = Text.of(value)
    shell.directory = directory


def _popd(shell: Shell, words: Sequence[Word]) -> None:
    enter(shell, Unknown("`popd` goes to a folder that is not followed", words[0].span))


def _entered(shell: Shell, cd: Word, targets: Sequence[Word]) -> Value[Path]:
    """The folder after `cd`; one that is not there is left to the machine that runs the job."""
    previous = shell.variables.get("OLDPWD")
    if targets and targets[0].raw == "-" and isinstance(previous, Text) and previous.known is not None:
        return entered(shell.directory, previous.known, targets[0], shell.files, shell.creates)
    if not targets or targets[0].raw == "-":
        return Unknown(f"`{cd.raw}` goes to a folder that only the run knows", cd.span)
    target = targets[0].text
    if isinstance(target, Unknown):
        return target
    return entered(shell.directory, target.value, targets[0], shell.files, shell.creates)


def entered(
    directory: Value[Path], target: str, word: Word, files: Files, may_create: bool = False
) -> Value[Path]:
    """The folder that a relative or absolute path leads to from another one."""
    if isinstance(directory, Unknown) and not os.path.isabs(target):
        return directory
    base = directory.value if isinstance(directory, Known) else Path("/")
    path = files.absolute(base / target)
    if not files.is_dir(path) and (os.path.isabs(target) or may_create):
        return Unknown(f"the folder `{target}` is not on this machine", word.span)
    return Known(path, word.span)


def _unset(shell: Shell, words: Sequence[Word]) -> None:
    if any(word.raw == "-f" for word in words[1:]):
        return
    for word in words[1:]:
        text = word.text
        if isinstance(text, Unknown):
            continue
        element = _ELEMENT.match(text.value)
        if element is None:
            shell.remove(text.value)
        elif element[2] in ("@", "*"):
            shell.remove(element[1])
        else:
            _unset_element(shell, element[1], element[2], word)


def _unset_element(shell: Shell, name: str, raw: str, word: Word) -> None:
    array = shell.variables.get(name)
    if not isinstance(array, Array) or isinstance(array.elements, Unknown):
        return
    number = None if array.associative else evaluate(raw, shell)
    key = raw if array.associative else str(number)
    splits = any(text.splits for text in array.elements.values())
    if not array.associative and (number is None or number < 0 or splits):
        unknown = Unknown(f"which element of `{name}` is unset is not known", word.span)
        shell.variables[name] = Array(unknown)
        return
    elements = {other: text for other, text in array.elements.items() if other != key}
    shell.variables[name] = Array(elements, array.associative)


def _read(shell: Shell, words: Sequence[Word]) -> None:
    """Input is known only when the job runs; so are all variables that it goes to."""
    reads_array = False
    names = 0
    for before, word in pairwise(words):
        takes = re.match(r"-\w*[dinNptu]\Z", before.raw)
        reads_array |= bool(re.match(r"-\w*a\Z", word.raw))
        name = word.literal_prefix
        if takes or name.startswith("-") or not _NAME.match(name):
            continue
        names += 1
        unknown = Unknown(f"`{name}` is read from input", word.span)
        shell.variables[name] = Array(unknown) if reads_array else Text.of(unknown)
    if not names:
        shell.variables["REPLY"] = Text.of(Unknown("`REPLY` is read from input", words[0].span))


def _mapfile(shell: Shell, words: Sequence[Word]) -> None:
    name = words[-1].literal_prefix
    if not _NAME.match(name) or len(words) == 1:
        name = "MAPFILE"
    shell.variables[name] = Array(Unknown(f"`{name}` is read from input", words[0].span))


def _printf(shell: Shell, words: Sequence[Word]) -> None:
    if len(words) < 3:
        return
    name = words[2].literal_prefix
    found = formatted(words[3:], words[2].span)
    shell.assign(name, found or Text.of(Unknown(f"`{name}` is printed by a command", words[2].span)))


def _let(shell: Shell, words: Sequence[Word]) -> None:
    for word in words[1:]:
        text = word.text
        if isinstance(text, Known):
            evaluate(text.value, shell)
        else:
            name = re.match(r"[A-Za-z_]\w*", word.literal_prefix, re.ASCII)
            if name:
                shell.assign(name.group(), Text.of(text))


def _shift(shell: Shell, words: Sequence[Word]) -> None:
    count: int | None = 1
    if len(words) > 1:
        text = words[1].text
        count = evaluate(text.value, shell) if isinstance(text, Known) else None
    arguments = shell.positional
    if isinstance(arguments, Unknown):
        return
    if count is None or any(text.splits for text in arguments[:count]):
        shell.positional = Unknown("the arguments after `shift` are not known", words[0].span)
    elif 0 <= count <= len(arguments):
        shell.positional = arguments[count:]


def _set(shell: Shell, words: Sequence[Word]) -> None:
    """`set -- a b` replaces the arguments; `set -e` does not."""
    for option, following in pairwise([*words[1:], words[0]]):
        if re.match(r"[-+][A-Za-z]*f", option.raw) or (option.raw[1:] == "o" and following.raw == "noglob"):
            shell.globs = option.raw.startswith("+")
    for index, word in enumerate(words[1:], 1):
        if word.raw in ("--", "-") or not word.literal_prefix.startswith(("-", "+")):
            rest = words[index + (word.raw in ("--", "-")) :]
            if rest or word.raw == "--":
                shell.positional = tuple(
                    Text(text.parts, text.spans, word.splits)
                    for word, text in ((word, text_of(word)) for word in rest)
                )
            return
        if "o" in word.raw:  # the name of an option follows: `-euo pipefail`, also `-eou pipefail`
            _set(shell, words[index + 1 :])
            return


def _shopt(shell: Shell, words: Sequence[Word]) -> None:
    """Some options change what patterns match, or what becomes of those that match nothing."""
    options = {word.literal_prefix for word in words[1:]}
    if options & _GLOBBING and "-s" in options:
        shell.globs = None


_BUILTINS: dict[str, Callable[[Shell, Sequence[Word]], None]] = {
    "cd": _cd,
    "pushd": _cd,
    "popd": _popd,
    "unset": _unset,
    "read": _read,
    "mapfile": _mapfile,
    "readarray": _mapfile,
    "printf": _printf,
    "let": _let,
    "shift": _shift,
    "set": _set,
    "shopt": _shopt,
}
